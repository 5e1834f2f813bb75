using System.Runtime.InteropServices;

namespace RouterOS.Crypto.Native;

/// <summary>The host's OpenSSL libcrypto (3.x or 1.1), bound at run time: the one that .NET itself needs.</summary>
/// <remarks>
/// DES and the hashes are called below EVP, where neither the legacy provider nor the host's policy matters: which algorithms run is
/// the router's configuration's decision. AES goes through EVP, which picks the processor's instructions.
/// </remarks>
internal sealed unsafe class Libcrypto
{
    /// <summary>Bytes of one DES key schedule (DES_key_schedule).</summary>
    public const int DesScheduleBytes = 128;

    private static readonly Lazy<Libcrypto?> s_loaded = new(TryLoad);

    private Libcrypto(nint library)
    {
        BnNew = (delegate* unmanaged<nint>)Export(library, "BN_new");
        BnClearFree = (delegate* unmanaged<nint, void>)Export(library, "BN_clear_free");
        BnFromBytes = (delegate* unmanaged<byte*, int, nint, nint>)Export(library, "BN_bin2bn");
        BnToBytesPadded = (delegate* unmanaged<nint, byte*, int, int>)Export(library, "BN_bn2binpad");
        BnContextNew = (delegate* unmanaged<nint>)Export(library, "BN_CTX_new");
        BnContextFree = (delegate* unmanaged<nint, void>)Export(library, "BN_CTX_free");
        BnMontgomeryNew = (delegate* unmanaged<nint>)Export(library, "BN_MONT_CTX_new");
        BnMontgomerySet = (delegate* unmanaged<nint, nint, nint, int>)Export(library, "BN_MONT_CTX_set");
        BnModExp = (delegate* unmanaged<nint, nint, nint, nint, nint, nint, int>)Export(library, "BN_mod_exp_mont_consttime");
        PrivateKeyFromDer = (delegate* unmanaged<nint, byte**, nint, nint>)Export(library, "d2i_AutoPrivateKey");
        KeyFree = (delegate* unmanaged<nint, void>)Export(library, "EVP_PKEY_free");
        KeyContextNew = (delegate* unmanaged<nint, nint, nint>)Export(library, "EVP_PKEY_CTX_new");
        KeyContextFree = (delegate* unmanaged<nint, void>)Export(library, "EVP_PKEY_CTX_free");
        SignInit = (delegate* unmanaged<nint, int>)Export(library, "EVP_PKEY_sign_init");
        Sign = (delegate* unmanaged<nint, byte*, nuint*, byte*, nuint, int>)Export(library, "EVP_PKEY_sign");
        CipherContextNew = (delegate* unmanaged<nint>)Export(library, "EVP_CIPHER_CTX_new");
        CipherContextFree = (delegate* unmanaged<nint, void>)Export(library, "EVP_CIPHER_CTX_free");
        CipherInit = (delegate* unmanaged<nint, nint, nint, byte*, byte*, int, int>)Export(library, "EVP_CipherInit_ex");
        CipherSetPadding = (delegate* unmanaged<nint, int, int>)Export(library, "EVP_CIPHER_CTX_set_padding");
        CipherUpdate = (delegate* unmanaged<nint, byte*, int*, byte*, int, int>)Export(library, "EVP_CipherUpdate");
        Aes128Cbc = Static(library, "EVP_aes_128_cbc");
        Aes192Cbc = Static(library, "EVP_aes_192_cbc");
        Aes256Cbc = Static(library, "EVP_aes_256_cbc");
        Aes128Gcm = Static(library, "EVP_aes_128_gcm");
        Aes192Gcm = Static(library, "EVP_aes_192_gcm");
        Aes256Gcm = Static(library, "EVP_aes_256_gcm");
        CipherFinal = (delegate* unmanaged<nint, byte*, int*, int>)Export(library, "EVP_CipherFinal_ex");
        CipherControl = (delegate* unmanaged<nint, int, int, void*, int>)Export(library, "EVP_CIPHER_CTX_ctrl");
        DesSetKey = (delegate* unmanaged<byte*, byte*, void>)Export(library, "DES_set_key_unchecked");
        DesCbc = (delegate* unmanaged<byte*, byte*, nint, byte*, byte*, int, void>)Export(library, "DES_ncbc_encrypt");
        TripleDesCbc = (delegate* unmanaged<byte*, byte*, nint, byte*, byte*, byte*, byte*, int, void>)
            Export(library, "DES_ede3_cbc_encrypt");
        Md5Init = (delegate* unmanaged<byte*, int>)Export(library, "MD5_Init");
        Md5Update = (delegate* unmanaged<byte*, byte*, nuint, int>)Export(library, "MD5_Update");
        Md5Final = (delegate* unmanaged<byte*, byte*, int>)Export(library, "MD5_Final");
        Sha1Init = (delegate* unmanaged<byte*, int>)Export(library, "SHA1_Init");
        Sha1Update = (delegate* unmanaged<byte*, byte*, nuint, int>)Export(library, "SHA1_Update");
        Sha1Final = (delegate* unmanaged<byte*, byte*, int>)Export(library, "SHA1_Final");
        Sha256Init = (delegate* unmanaged<byte*, int>)Export(library, "SHA256_Init");
        Sha256Update = (delegate* unmanaged<byte*, byte*, nuint, int>)Export(library, "SHA256_Update");
        Sha256Final = (delegate* unmanaged<byte*, byte*, int>)Export(library, "SHA256_Final");
        var version = (delegate* unmanaged<int, byte*>)Export(library, "OpenSSL_version");
        // "OpenSSL 3.0.19 27 Jan 2026": the second word is the number.
        string text = Marshal.PtrToStringUTF8((nint)version(0)) ?? string.Empty;
        string[] words = text.Split(' ');
        Version = words.Length > 1 ? words[1] : text;
    }

    /// <summary>The library, or null where it is missing or lacks a function.</summary>
    public static Libcrypto? Loaded => s_loaded.Value;

    /// <summary>The library's own version number.</summary>
    public string Version { get; }

    public delegate* unmanaged<nint> BnNew { get; }

    public delegate* unmanaged<nint, void> BnClearFree { get; }

    public delegate* unmanaged<byte*, int, nint, nint> BnFromBytes { get; }

    public delegate* unmanaged<nint, byte*, int, int> BnToBytesPadded { get; }

    public delegate* unmanaged<nint> BnContextNew { get; }

    public delegate* unmanaged<nint, void> BnContextFree { get; }

    public delegate* unmanaged<nint> BnMontgomeryNew { get; }

    /// <summary>(mont, modulus, context).</summary>
    public delegate* unmanaged<nint, nint, nint, int> BnMontgomerySet { get; }

    /// <summary>(result, base, exponent, modulus, context, mont).</summary>
    public delegate* unmanaged<nint, nint, nint, nint, nint, nint, int> BnModExp { get; }

    public delegate* unmanaged<nint, byte**, nint, nint> PrivateKeyFromDer { get; }

    public delegate* unmanaged<nint, void> KeyFree { get; }

    public delegate* unmanaged<nint, nint, nint> KeyContextNew { get; }

    public delegate* unmanaged<nint, void> KeyContextFree { get; }

    public delegate* unmanaged<nint, int> SignInit { get; }

    public delegate* unmanaged<nint, byte*, nuint*, byte*, nuint, int> Sign { get; }

    public delegate* unmanaged<nint> CipherContextNew { get; }

    public delegate* unmanaged<nint, void> CipherContextFree { get; }

    /// <summary>(context, cipher, engine, key, iv, encrypt or -1).</summary>
    public delegate* unmanaged<nint, nint, nint, byte*, byte*, int, int> CipherInit { get; }

    public delegate* unmanaged<nint, int, int> CipherSetPadding { get; }

    /// <summary>(context, destination, written, source, bytes).</summary>
    public delegate* unmanaged<nint, byte*, int*, byte*, int, int> CipherUpdate { get; }

    public nint Aes128Cbc { get; }

    public nint Aes192Cbc { get; }

    public nint Aes256Cbc { get; }

    public nint Aes128Gcm { get; }

    public nint Aes192Gcm { get; }

    public nint Aes256Gcm { get; }

    /// <summary>(context, destination, written).</summary>
    public delegate* unmanaged<nint, byte*, int*, int> CipherFinal { get; }

    /// <summary>(context, command, number, pointer).</summary>
    public delegate* unmanaged<nint, int, int, void*, int> CipherControl { get; }

    /// <summary>(key, schedule).</summary>
    public delegate* unmanaged<byte*, byte*, void> DesSetKey { get; }

    /// <summary>(source, destination, bytes, schedule, iv which is overwritten, encrypt).</summary>
    public delegate* unmanaged<byte*, byte*, nint, byte*, byte*, int, void> DesCbc { get; }

    /// <summary>(source, destination, bytes, schedule 1, 2, 3, iv which is overwritten, encrypt).</summary>
    public delegate* unmanaged<byte*, byte*, nint, byte*, byte*, byte*, byte*, int, void> TripleDesCbc { get; }

    public delegate* unmanaged<byte*, int> Md5Init { get; }

    public delegate* unmanaged<byte*, byte*, nuint, int> Md5Update { get; }

    public delegate* unmanaged<byte*, byte*, int> Md5Final { get; }

    public delegate* unmanaged<byte*, int> Sha1Init { get; }

    public delegate* unmanaged<byte*, byte*, nuint, int> Sha1Update { get; }

    public delegate* unmanaged<byte*, byte*, int> Sha1Final { get; }

    public delegate* unmanaged<byte*, int> Sha256Init { get; }

    public delegate* unmanaged<byte*, byte*, nuint, int> Sha256Update { get; }

    public delegate* unmanaged<byte*, byte*, int> Sha256Final { get; }

    /// <summary>The library, or an exception that says what to install.</summary>
    public static Libcrypto Require() =>
        Loaded ?? throw new PlatformNotSupportedException(
            "OpenSSL's libcrypto (libcrypto.so.3 or libcrypto.so.1.1) is missing or incomplete; install the package libssl3.");

    private static Libcrypto? TryLoad()
    {
        foreach (string name in (string[])["libcrypto.so.3", "libcrypto.so.1.1"])
        {
            if (NativeLibrary.TryLoad(name, out nint library))
            {
                try
                {
                    return new Libcrypto(library);
                }
                catch (EntryPointNotFoundException)
                {
                    // A build without the old algorithms: another version may still have them.
                    NativeLibrary.Free(library);
                }
            }
        }

        return null;
    }

    private static nint Export(nint library, string name) => NativeLibrary.GetExport(library, name);

    private static nint Static(nint library, string name) => ((delegate* unmanaged<nint>)Export(library, name))();
}
