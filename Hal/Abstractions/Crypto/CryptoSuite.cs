namespace RouterOS.Abstractions.Crypto;

/// <summary>What one SA uses: a cipher with its key length and a keyed hash.</summary>
/// <param name="Cipher">The cipher.</param>
/// <param name="CipherKeyBytes">
/// Bytes of the cipher's key; 0 for <see cref="CipherAlgorithm.Null"/>; 20, 28 or 36 for <see cref="CipherAlgorithm.AesGcm"/>.
/// </param>
/// <param name="Mac">The keyed hash; <see cref="MacAlgorithm.None"/> for <see cref="CipherAlgorithm.AesGcm"/>, which makes its own tag.</param>
public readonly record struct CryptoSuite(CipherAlgorithm Cipher, int CipherKeyBytes, MacAlgorithm Mac)
{
    /// <summary>Bytes of the IV on the wire: 8 for DES, 3DES and AES-GCM, 16 for AES-CBC, 0 for NULL. CBC's block is as long.</summary>
    public int IvBytes => Cipher switch
    {
        CipherAlgorithm.DesCbc or CipherAlgorithm.TripleDesCbc or CipherAlgorithm.AesGcm => 8,
        CipherAlgorithm.AesCbc => 16,
        _ => 0,
    };

    /// <summary>Block that the payload is padded to: never less than 4 (RFC 4303 section 2.4), and 4 for AES-GCM (RFC 4106 section 3.2).</summary>
    public int PadBlockBytes => Cipher == CipherAlgorithm.AesGcm ? 4 : Math.Max(4, IvBytes);

    /// <summary>Bytes of the integrity check value on the wire (RFC 2403, 2404, 4868, 4106).</summary>
    public int TagBytes => Mac switch
    {
        MacAlgorithm.HmacMd5 or MacAlgorithm.HmacSha1 => 12,
        MacAlgorithm.HmacSha256 => 16,
        _ => Cipher == CipherAlgorithm.AesGcm ? 16 : 0,
    };

    /// <summary>Bytes of the keyed hash's key: the hash's own output length.</summary>
    public int MacKeyBytes => Mac switch
    {
        MacAlgorithm.HmacMd5 => 16,
        MacAlgorithm.HmacSha1 => 20,
        MacAlgorithm.HmacSha256 => 32,
        _ => 0,
    };
}
