using RouterOS.Abstractions.Crypto;
using RouterOS.Ike.Wire;

namespace RouterOS.Ike.Control.State;

/// <summary>A phase 1 SA as it survives the process.</summary>
internal sealed class IkeSaState
{
    public uint Index { get; init; }

    public string Gateway { get; init; } = string.Empty;

    /// <summary>Fingerprint of the gateway's policy: an SA of another policy is not restored.</summary>
    public string Fingerprint { get; init; } = string.Empty;

    /// <summary>Made by aggressive mode.</summary>
    public bool IsAggressive { get; init; }

    public bool IsInitiator { get; init; }

    public ulong InitiatorCookie { get; init; }

    public ulong ResponderCookie { get; init; }

    /// <summary>Routing instance of both ends.</summary>
    public uint Instance { get; init; }

    public PeerAddress Local { get; init; }

    public ushort LocalPort { get; init; } = PeerEndpoints.Port;

    public PeerAddress Remote { get; set; }

    public ushort RemotePort { get; set; }

    /// <summary>Encapsulation mode of tunnels inside UDP where a NAT was found; 0: none was, or NAT traversal was not agreed.</summary>
    public EncapsulationMode UdpTunnel { get; init; }

    public bool IsLocalBehindNat { get; init; }

    /// <summary>The peer's address and port are its NAT's: they may change.</summary>
    public bool IsRemoteBehindNat { get; init; }

    public CipherAlgorithm Cipher { get; init; }

    public int CipherKeyBytes { get; init; }

    public MacAlgorithm Hash { get; init; }

    public int Group { get; init; }

    /// <summary>How both sides proved who they are.</summary>
    public Phase1Authentication Method { get; init; } = Phase1Authentication.PreSharedKey;

    public byte[] SkeyIdD { get; init; } = [];

    public byte[] SkeyIdA { get; init; } = [];

    public byte[] CipherKey { get; init; } = [];

    /// <summary>Last cipher block of phase 1, from which exchanges derive their IV.</summary>
    public byte[] LastBlock { get; init; } = [];

    public DateTimeOffset Created { get; init; }

    public DateTimeOffset Soft { get; set; }

    public DateTimeOffset Hard { get; set; }

    public uint LifetimeSeconds { get; set; }

    public bool PeerAnswersProbes { get; init; }

    /// <summary>Long messages may go to the peer in fragments.</summary>
    public bool PeerTakesFragments { get; init; }

    /// <summary>Of SAs that both sides began at once, the peer ends the same one as we do.</summary>
    public bool PeerSettlesCrossings { get; init; }

    public string PeerIdentity { get; init; } = string.Empty;

    /// <summary>The identification payload's body.</summary>
    public byte[] PeerIdentityBody { get; init; } = [];

    /// <summary>Which of the many peers of its gateway it is with; empty where there is one.</summary>
    public string Peer { get; init; } = string.Empty;

    /// <summary>Extended authentication is not over: nothing may be negotiated under it yet.</summary>
    public bool AwaitsUser { get; set; }

    /// <summary>The peer asks for our user, in place of us for its own.</summary>
    public bool IsClient { get; init; }

    /// <summary>The user that has logged in; empty where none is asked for.</summary>
    public string User { get; set; } = string.Empty;

    /// <summary>The address that the user has been given; 0: none.</summary>
    public uint Assigned { get; set; }

    /// <summary>Name servers that we were given.</summary>
    public List<uint> AssignedDns { get; init; } = [];

    /// <summary>Message IDs of quick modes: none is accepted twice.</summary>
    public List<uint> UsedIds { get; init; } = [];

    /// <summary>No probe above it has been sent: numbering goes on from here after a crash.</summary>
    public uint ProbeCeiling { get; set; }

    /// <summary>Where messages go and come from.</summary>
    public PeerEndpoints Endpoints() => new(Local, LocalPort, Remote, RemotePort) { Instance = Instance };
}
