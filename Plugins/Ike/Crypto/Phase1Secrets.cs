using System.Security.Cryptography;

namespace RouterOS.Ike.Crypto;

/// <summary>Secrets of a phase 1 SA; they are never printed.</summary>
internal sealed class Phase1Secrets(byte[] skeyId, byte[] derivation, byte[] authentication, byte[] cipherKey)
{
    /// <summary>SKEYID: authenticates phase 1 itself. Empty after the SA is up.</summary>
    public byte[] SkeyId { get; } = skeyId;

    /// <summary>SKEYID_d: source of phase 2 keys.</summary>
    public byte[] Derivation { get; } = derivation;

    /// <summary>SKEYID_a: authenticates messages of phase 2.</summary>
    public byte[] Authentication { get; } = authentication;

    /// <summary>Key of the cipher, from SKEYID_e.</summary>
    public byte[] CipherKey { get; } = cipherKey;

    /// <summary>Overwrites every secret.</summary>
    public void Zero()
    {
        CryptographicOperations.ZeroMemory(SkeyId);
        CryptographicOperations.ZeroMemory(Derivation);
        CryptographicOperations.ZeroMemory(Authentication);
        CryptographicOperations.ZeroMemory(CipherKey);
    }

    /// <inheritdoc/>
    public override string ToString() => "redacted";
}
