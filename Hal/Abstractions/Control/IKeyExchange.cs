namespace RouterOS.Abstractions.Control;

/// <summary>Diffie-Hellman over the MODP groups of RFC 2409 and RFC 3526.</summary>
public interface IKeyExchange
{
    /// <summary>True for a group number that <see cref="Generate"/> knows.</summary>
    bool Supports(int group);

    /// <summary>Bytes of a public value and of the shared secret: the prime's length.</summary>
    int PublicBytes(int group);

    /// <summary>Makes a private and a public value; the public value is left-padded to the prime's length.</summary>
    (byte[] Private, byte[] Public) Generate(int group, ISecureRandom random);

    /// <summary>Computes g^xy, left-padded to the prime's length, or null when the peer's value is not between 2 and p - 2.</summary>
    byte[]? Agree(int group, ReadOnlySpan<byte> privateValue, ReadOnlySpan<byte> peerPublic);
}
