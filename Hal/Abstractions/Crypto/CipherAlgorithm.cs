namespace RouterOS.Abstractions.Crypto;

/// <summary>Ciphers of IKE and ESP. The numbers are ours; each protocol's registry maps to them.</summary>
public enum CipherAlgorithm : byte
{
    /// <summary>No encryption (RFC 2410).</summary>
    Null = 0,

    /// <summary>DES-CBC, 8-byte key and IV (RFC 2405).</summary>
    DesCbc = 1,

    /// <summary>Triple DES-CBC, 24-byte key, 8-byte IV (RFC 2451).</summary>
    TripleDesCbc = 2,

    /// <summary>AES-CBC with a 16-, 24- or 32-byte key, 16-byte IV (RFC 3602).</summary>
    AesCbc = 3,

    /// <summary>
    /// AES-GCM with a 16-byte ICV, no separate hash (RFC 4106). Its key is the AES key of 16, 24 or 32 bytes followed by the 4-byte
    /// salt, as in the keying material (section 8.1); its IV on the wire has 8 bytes.
    /// </summary>
    AesGcm = 4,
}
