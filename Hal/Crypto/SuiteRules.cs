using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto.Native;

namespace RouterOS.Crypto;

/// <summary>What every engine demands of a suite and its keys, and how a suite is called.</summary>
internal static class SuiteRules
{
    /// <summary>Bytes of the salt behind an AES-GCM key (RFC 4106 section 8.1).</summary>
    public const int GcmSaltBytes = 4;

    /// <summary>Bytes of AES-GCM's nonce: salt and explicit IV (RFC 4106 section 4).</summary>
    public const int GcmNonceBytes = 12;

    /// <summary>Every suite that ESP can name, NULL with no integrity left out (RFC 4303 section 3.2).</summary>
    public static IReadOnlyList<CryptoSuite> All { get; } =
    [
        .. from cipher in (CryptoSuite[])
           [
               new(CipherAlgorithm.Null, 0, MacAlgorithm.None),
               new(CipherAlgorithm.DesCbc, 8, MacAlgorithm.None),
               new(CipherAlgorithm.TripleDesCbc, 24, MacAlgorithm.None),
               new(CipherAlgorithm.AesCbc, 16, MacAlgorithm.None),
               new(CipherAlgorithm.AesCbc, 24, MacAlgorithm.None),
               new(CipherAlgorithm.AesCbc, 32, MacAlgorithm.None),
           ]
           from mac in Enum.GetValues<MacAlgorithm>()
           let suite = cipher with { Mac = mac }
           where IsComplete(suite)
           select suite,
        new(CipherAlgorithm.AesGcm, 16 + GcmSaltBytes, MacAlgorithm.None),
        new(CipherAlgorithm.AesGcm, 24 + GcmSaltBytes, MacAlgorithm.None),
        new(CipherAlgorithm.AesGcm, 32 + GcmSaltBytes, MacAlgorithm.None),
    ];

    /// <summary>True for a pair that exists, with a key of a length that its cipher has.</summary>
    public static bool IsComplete(CryptoSuite suite) =>
        suite.Mac is MacAlgorithm.None or MacAlgorithm.HmacMd5 or MacAlgorithm.HmacSha1 or MacAlgorithm.HmacSha256
        && suite.Cipher switch
        {
            CipherAlgorithm.Null => suite.CipherKeyBytes == 0 && suite.Mac != MacAlgorithm.None,
            CipherAlgorithm.AesGcm => suite.Mac == MacAlgorithm.None
                && CbcCipher.IsKeyLength(CipherAlgorithm.AesCbc, suite.CipherKeyBytes - GcmSaltBytes),
            _ => CbcCipher.IsKeyLength(suite.Cipher, suite.CipherKeyBytes),
        };

    /// <summary>Throws when a key does not have its suite's length.</summary>
    public static void CheckKeys(CryptoSuite suite, ReadOnlySpan<byte> cipherKey, ReadOnlySpan<byte> macKey)
    {
        if (!IsComplete(suite) || cipherKey.Length != suite.CipherKeyBytes || macKey.Length != suite.MacKeyBytes)
        {
            throw new ArgumentException(
                $"{Name(suite)} needs keys of {suite.CipherKeyBytes} and {suite.MacKeyBytes} bytes, not of "
                + $"{cipherKey.Length} and {macKey.Length}.", nameof(suite));
        }
    }

    /// <summary>The suite's name without the size of AES keys: <c>aes-cbc/hmac-sha1</c>.</summary>
    public static string Family(CryptoSuite suite) =>
        Name(suite).Replace("-128", string.Empty, StringComparison.Ordinal).Replace("-192", string.Empty, StringComparison.Ordinal)
            .Replace("-256", string.Empty, StringComparison.Ordinal);

    /// <summary>The suite's name for logs: <c>aes-128-cbc/hmac-sha1</c>.</summary>
    public static string Name(CryptoSuite suite)
    {
        string cipher = suite.Cipher switch
        {
            CipherAlgorithm.DesCbc => "des-cbc",
            CipherAlgorithm.TripleDesCbc => "3des-cbc",
            CipherAlgorithm.AesCbc => $"aes-{suite.CipherKeyBytes * 8}-cbc",
            CipherAlgorithm.AesGcm => $"aes-{(suite.CipherKeyBytes - GcmSaltBytes) * 8}-gcm",
            _ => "null",
        };
        if (suite.Cipher == CipherAlgorithm.AesGcm)
        {
            return cipher;
        }

        string mac = suite.Mac switch
        {
            MacAlgorithm.HmacMd5 => "hmac-md5",
            MacAlgorithm.HmacSha1 => "hmac-sha1",
            MacAlgorithm.HmacSha256 => "hmac-sha256",
            _ => "none",
        };
        return $"{cipher}/{mac}";
    }
}
