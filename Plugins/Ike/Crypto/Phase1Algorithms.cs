using RouterOS.Abstractions.Crypto;

namespace RouterOS.Ike.Crypto;

/// <summary>What a phase 1 negotiation agreed on, apart from the lifetime.</summary>
/// <param name="Cipher">Encryption of the control messages.</param>
/// <param name="CipherKeyBytes">Length of its key.</param>
/// <param name="Hash">Hash; the pseudo random function is its HMAC.</param>
/// <param name="Group">Diffie-Hellman group.</param>
internal sealed record Phase1Algorithms(CipherAlgorithm Cipher, int CipherKeyBytes, MacAlgorithm Hash, int Group)
{
    /// <summary>Bytes of a cipher block, which is also the IV's length.</summary>
    public int BlockBytes => Cipher == CipherAlgorithm.AesCbc ? 16 : 8;
}
