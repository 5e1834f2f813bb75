namespace RouterOS.Ike.Control.Policy;

/// <summary>What of a <see cref="FailureKind"/> it is about; the numbers are those of the contract.</summary>
internal enum FailureAspect
{
    /// <summary>The kind says all.</summary>
    None = 0,

    /// <summary>The cipher or its key's length.</summary>
    Encryption = 1,

    /// <summary>The hash, or the keyed hash of phase 2.</summary>
    Hash = 2,

    /// <summary>The Diffie-Hellman group.</summary>
    Group = 3,

    /// <summary>How the ends prove who they are.</summary>
    AuthenticationMethod = 4,

    /// <summary>ESP or AH.</summary>
    Protocol = 5,

    /// <summary>Tunnel or transport, inside UDP or not.</summary>
    Encapsulation = 6,

    /// <summary>The kind of identity.</summary>
    IdentityType = 7,

    /// <summary>The identity itself.</summary>
    IdentityValue = 8,

    /// <summary>UDP port 500.</summary>
    Udp500 = 9,

    /// <summary>UDP port 4500.</summary>
    Udp4500 = 10,

    /// <summary>IP protocol 50.</summary>
    Esp = 11,

    /// <summary>A rule stands before one that would permit.</summary>
    Order = 12,

    /// <summary>What should be there is not.</summary>
    Missing = 13,

    /// <summary>The peer refused and did not say what it would take.</summary>
    RefusedByPeer = 14,

    /// <summary>Sequence numbers of 32 or 64 bits.</summary>
    SequenceNumbers = 15,

    /// <summary>IP protocol 51.</summary>
    Ah = 16,

    /// <summary>The peer says nothing where it should.</summary>
    NoAnswer = 60,

    /// <summary>The same has failed too often in a short time.</summary>
    TooOften = 61,

    /// <summary>No server that knows could be asked.</summary>
    NoServer = 62,

    /// <summary>A server says no.</summary>
    RefusedByServer = 63,
}
