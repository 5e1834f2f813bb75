using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto.Native;

namespace RouterOS.Crypto;

/// <summary>Bulk cryptography by libIPSec_MB: many packets at once in the lanes of the vector unit.</summary>
/// <remarks>
/// Owned by one worker's thread; every instance has managers of its own. AES-CBC with HMAC-SHA goes through the library's bursts, GCM
/// straight through, the rest (DES, HMAC-MD5) through its job calls. Jobs of one submission may finish only in <see cref="Drain"/>; jobs
/// of one key finish in order.
/// </remarks>
public sealed unsafe class IpsecMbEngine : ICryptoEngine, ICryptoCounters
{
    // GCM is done packet by packet: as many as keep the processor's pipeline full.
    private const int GcmFill = 8;

    // Bursts take jobs over while these are in the first-level cache, and run by themselves when they are full.
    private const int BurstFill = 32;

    private readonly IpsecMb _library;
    private readonly List<(CryptoSuite Suite, CryptoDirection Direction)> _kinds = [];
    private readonly SuiteCounters _counters = new();
    private IpsecMbBurst[] _bursts = [];
    private IpsecMbJobQueue? _jobs;

    private IpsecMbEngine(IpsecMb library) => _library = library;

    /// <inheritdoc/>
    public string Name => $"ipsec-mb {_library.Version}";

    /// <summary>Makes an engine, or returns null and one sentence why the library cannot be used.</summary>
    public static IpsecMbEngine? TryCreate(out string? problem) =>
        IpsecMb.TryCreate(out problem) is { } library ? new IpsecMbEngine(library) : null;

    /// <inheritdoc/>
    public bool Supports(CryptoSuite suite, CryptoDirection direction) =>
        SuiteRules.IsComplete(suite)
        // The library's DES without AVX-512 is constant-time C: over 2 ms for one packet.
        && (_library.HasAvx512 || suite.Cipher is CipherAlgorithm.AesCbc or CipherAlgorithm.AesGcm or CipherAlgorithm.Null);

    /// <inheritdoc/>
    public int FillOf(CryptoSuite suite, CryptoDirection direction) =>
        suite.Cipher == CipherAlgorithm.AesGcm ? GcmFill : IpsecMbBurst.Does(suite) ? BurstFill : ICryptoEngine.UsualFill;

    /// <inheritdoc/>
    public nint CreateKey(CryptoSuite suite, CryptoDirection direction, ReadOnlySpan<byte> cipherKey, ReadOnlySpan<byte> macKey)
    {
        SuiteRules.CheckKeys(suite, cipherKey, macKey);
        if (suite.Cipher != CipherAlgorithm.AesGcm && !IpsecMbBurst.Does(suite))
        {
            _jobs ??= new IpsecMbJobQueue(IpsecMb.TryCreate(out string? problem) ?? throw new NotSupportedException(problem));
        }

        // Safe: a fresh block of the size below; all places lie inside it, and spans are fixed while the library reads them.
        bool gcm = suite.Cipher == CipherAlgorithm.AesGcm;
        var key = (IpsecMbKey*)LockedMemory.Allocate(gcm ? IpsecMbKey.GcmBytes : IpsecMbKey.Bytes);
        bool encrypt = direction == CryptoDirection.Encrypt;
        key->Counts = _counters.Of(suite, direction);
        key->Direction = encrypt ? IpsecMb.Encrypt : IpsecMb.Decrypt;
        key->ChainOrder = encrypt ? IpsecMb.CipherThenHash : IpsecMb.HashThenCipher;
        key->KeyBytes = (ulong)cipherKey.Length;
        key->IvBytes = (ulong)suite.IvBytes;
        key->TagBytes = (ulong)suite.TagBytes;
        fixed (byte* raw = cipherKey)
        {
            if (gcm)
            {
                int bytes = cipherKey.Length - SuiteRules.GcmSaltBytes;
                _library.ExpandGcm(bytes)(raw, (byte*)key + IpsecMbKey.GcmTable);
                cipherKey[bytes..].CopyTo(new Span<byte>(key->Nonce, SuiteRules.GcmSaltBytes));
                key->Burst = -1;
                key->Gcm = (nint)_library.Gcm(bytes, encrypt);
                return (nint)key;
            }

            ExpandCipher(key, suite.Cipher, raw, cipherKey.Length);
        }

        fixed (byte* raw = macKey)
        {
            ExpandMac(key, suite.Mac, macKey);
        }

        key->Burst = RouteOf(suite, direction, key);
        return (nint)key;
    }

    /// <inheritdoc/>
    public void DestroyKey(nint key) =>
        LockedMemory.Free(key, ((IpsecMbKey*)key)->Gcm != 0 ? IpsecMbKey.GcmBytes : IpsecMbKey.Bytes);

    /// <inheritdoc/>
    public CryptoCounts CountsOf(CryptoSuite suite, CryptoDirection direction) => *_counters.Of(suite, direction);

    /// <inheritdoc/>
    public void Submit(Span<CryptoJob> jobs)
    {
        // Safe: the contract says that the span is over native memory and stays there until the jobs have completed.
        CryptoJob* next = (CryptoJob*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(jobs));
        CryptoJob* end = next + jobs.Length;
        for (; next < end; next++)
        {
            IpsecMbKey* key = (IpsecMbKey*)next->Key;
            if (key->Burst >= 0)
            {
                _bursts[key->Burst].Add(next, key);
            }
            else if (key->Gcm != 0)
            {
                RunGcm(next, key);
            }
            else
            {
                _jobs!.Submit(next);
            }
        }
    }

    /// <inheritdoc/>
    public void Drain()
    {
        foreach (IpsecMbBurst burst in _bursts)
        {
            burst.Run();
        }

        _jobs?.Drain();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IpsecMbBurst burst in _bursts)
        {
            burst.Dispose();
        }

        _jobs?.Dispose();
        _library.Dispose();
    }

    // GCM fills the vector unit with the blocks of one packet: there is nothing to gather. A packet takes a microsecond at most, so the
    // collector may wait for the call.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RunGcm(CryptoJob* job, IpsecMbKey* key)
    {
        *(ulong*)(key->Nonce + SuiteRules.GcmSaltBytes) = *(ulong*)job->Iv;
        ((delegate* unmanaged[SuppressGCTransition]<byte*, byte*, byte*, byte*, ulong, byte*, byte*, ulong, byte*, ulong, void>)key->Gcm)(
            (byte*)key + IpsecMbKey.GcmTable, key->GcmContext, (byte*)job->Cipher, (byte*)job->Cipher, (ulong)job->CipherBytes,
            key->Nonce, (byte*)job->Hash, (ulong)job->HashBytes, (byte*)job->Tag, key->TagBytes);
        key->Counts->Jobs++;
        key->Counts->Bytes += job->CipherBytes;
        job->Status = CryptoStatus.Completed;
    }

    // The burst that takes jobs of a key, made with the first key of its kind; -1 for the job queue.
    private int RouteOf(CryptoSuite suite, CryptoDirection direction, IpsecMbKey* key)
    {
        if (!IpsecMbBurst.Does(suite))
        {
            return -1;
        }

        int index = _kinds.IndexOf((suite, direction));
        if (index < 0)
        {
            index = _kinds.Count;
            _kinds.Add((suite, direction));
            _bursts = [.. _bursts, new IpsecMbBurst(_library, key)];
        }

        return index;
    }

    private void ExpandCipher(IpsecMbKey* key, CipherAlgorithm cipher, byte* raw, int bytes)
    {
        byte* expanded = key->Expanded;
        key->EncryptKeys = expanded;
        key->DecryptKeys = expanded;
        switch (cipher)
        {
            case CipherAlgorithm.AesCbc:
                key->CipherMode = IpsecMb.CipherCbc;
                key->DecryptKeys = expanded + 256;
                (bytes switch { 16 => _library.ExpandAes128, 24 => _library.ExpandAes192, _ => _library.ExpandAes256 })(
                    raw, expanded, expanded + 256);
                break;
            case CipherAlgorithm.DesCbc:
                key->CipherMode = IpsecMb.CipherDes;
                _ = _library.ExpandDes(expanded, raw);
                break;
            case CipherAlgorithm.TripleDesCbc:
                key->CipherMode = IpsecMb.CipherTripleDes;
                for (int i = 0; i < 3; i++)
                {
                    _ = _library.ExpandDes(expanded + (128 * i), raw + (8 * i));
                    key->Schedules[i] = (ulong)(expanded + (128 * i));
                }

                key->EncryptKeys = key->Schedules;
                key->DecryptKeys = key->Schedules;
                break;
            default:
                key->CipherMode = IpsecMb.CipherNull;
                break;
        }
    }

    private void ExpandMac(IpsecMbKey* key, MacAlgorithm mac, ReadOnlySpan<byte> raw)
    {
        if (mac == MacAlgorithm.None)
        {
            key->HashAlgorithm = IpsecMb.HashNull;
            return;
        }

        delegate* unmanaged<byte*, byte*, void> block = mac switch
        {
            MacAlgorithm.HmacMd5 => _library.Md5Block,
            MacAlgorithm.HmacSha1 => _library.Sha1Block,
            _ => _library.Sha256Block,
        };
        key->HashAlgorithm = mac switch
        {
            MacAlgorithm.HmacMd5 => IpsecMb.HashHmacMd5,
            MacAlgorithm.HmacSha1 => IpsecMb.HashHmacSha1,
            _ => IpsecMb.HashHmacSha256,
        };
        Span<byte> pad = stackalloc byte[64];
        HmacPad.Fill(pad, raw, HmacPad.Inner);
        fixed (byte* bytes = pad)
        {
            block(bytes, key->InnerPad);
            HmacPad.Fill(pad, raw, HmacPad.Outer);
            block(bytes, key->OuterPad);
        }

        CryptographicOperations.ZeroMemory(pad);
    }
}
