namespace RouterOS.Ike.Control.Policy;

/// <summary>Why a negotiation failed; the numbers are those of the contract.</summary>
internal enum FailureKind
{
    /// <summary>No proposal in common.</summary>
    Proposal = 1,

    /// <summary>The preshared keys differ.</summary>
    Key = 2,

    /// <summary>The peer is somebody else than configured.</summary>
    Identity = 3,

    /// <summary>The peer is silent.</summary>
    NoResponse = 4,

    /// <summary>No route leads to the peer.</summary>
    NoRoute = 5,

    /// <summary>No tunnel carries the traffic that the peer asks for.</summary>
    ProxyIdentity = 6,

    /// <summary>Perfect forward secrecy differs.</summary>
    Pfs = 7,

    /// <summary>Dead peer detection gave the peer up.</summary>
    PeerDead = 8,

    /// <summary>The peer deleted the SA.</summary>
    PeerDeleted = 9,

    /// <summary>The peer sent what the protocol does not allow.</summary>
    Malformed = 10,

    /// <summary>Nobody is configured at that address.</summary>
    UnknownPeer = 11,

    /// <summary>A bound on concurrent negotiations is met.</summary>
    Limit = 12,

    /// <summary>The peer wants an exchange or version that is not supported.</summary>
    Mode = 13,

    /// <summary>The modules refused the SA.</summary>
    Install = 14,
}

/// <summary>A failure of a negotiation: a typed value with both sides' words and the configuration's line.</summary>
internal sealed record IkeFailure(FailureKind Kind, int Phase, string Message, ConfigSource Source)
{
    /// <summary>The message with the statement that it is about.</summary>
    public string Text => Source.Path.Length == 0 ? Message : $"{Message} ({Source.Path})";
}
