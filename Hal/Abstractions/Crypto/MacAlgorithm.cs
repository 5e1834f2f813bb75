namespace RouterOS.Abstractions.Crypto;

/// <summary>Keyed hashes of IKE and ESP; ESP truncates them as its RFC says.</summary>
public enum MacAlgorithm : byte
{
    /// <summary>No integrity check.</summary>
    None = 0,

    /// <summary>HMAC-MD5 (RFC 2104); ESP sends 12 bytes (RFC 2403).</summary>
    HmacMd5 = 1,

    /// <summary>HMAC-SHA-1; ESP sends 12 bytes (RFC 2404).</summary>
    HmacSha1 = 2,

    /// <summary>HMAC-SHA-256; ESP sends 16 bytes (RFC 4868).</summary>
    HmacSha256 = 3,
}
