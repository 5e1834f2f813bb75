namespace RouterOS.Abstractions.Crypto;

/// <summary>Direction of a bulk key.</summary>
public enum CryptoDirection : byte
{
    /// <summary>Encrypt, then authenticate.</summary>
    Encrypt,

    /// <summary>Authenticate, then decrypt.</summary>
    Decrypt,
}
