namespace RouterOS.Abstractions.Control;

/// <summary>RSA as IKEv1 signs: PKCS #1 padding around the bytes themselves, without a hash's object identifier (RFC 2409 section 5.1).</summary>
public interface IRsa
{
    /// <summary>Signs; slow (some 0.5 ms), so never on a strand.</summary>
    /// <param name="privateKey">The key, PKCS #8 in DER.</param>
    /// <param name="data">What is signed: a hash, which is not hashed again.</param>
    byte[] Sign(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> data);

    /// <summary>True when <paramref name="signature"/> is the key's over <paramref name="data"/>.</summary>
    /// <param name="publicKey">The key, SubjectPublicKeyInfo in DER.</param>
    /// <param name="data">What was signed.</param>
    /// <param name="signature">The peer's bytes, of any length.</param>
    bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature);
}
