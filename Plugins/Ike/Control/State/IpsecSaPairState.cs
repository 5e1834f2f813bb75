using RouterOS.Abstractions.Crypto;
using RouterOS.Ike.Control.Policy;

namespace RouterOS.Ike.Control.State;

/// <summary>A pair of phase 2 SAs as it survives the process.</summary>
internal sealed class IpsecSaPairState
{
    public string Vpn { get; init; } = string.Empty;

    /// <summary>Fingerprints of both policies: SAs of another policy are not restored.</summary>
    public string Fingerprint { get; init; } = string.Empty;

    /// <summary>Rises with every pair of the router: of two usable pairs the higher one is newer, or is preferred where both sides began at once.</summary>
    public ulong Order { get; set; }

    public uint Protection { get; init; }

    public string Gateway { get; init; } = string.Empty;

    /// <summary>Which of the many peers of its gateway it is with; empty where there is one.</summary>
    public string Peer { get; init; } = string.Empty;

    public bool IsInitiator { get; init; }

    public PeerAddress Local { get; init; }

    public PeerAddress Remote { get; set; }

    /// <summary>The peer's port of IKE, and of ESP where that goes inside UDP.</summary>
    public ushort RemotePort { get; set; }

    /// <summary>ESP goes inside UDP.</summary>
    public bool IsInsideUdp { get; init; }

    public bool IsLocalBehindNat { get; init; }

    /// <summary>The peer's address and port are its NAT's: they may change.</summary>
    public bool IsRemoteBehindNat { get; init; }

    public uint InboundSpi { get; init; }

    public uint OutboundSpi { get; init; }

    public CipherAlgorithm Cipher { get; init; }

    public int CipherKeyBytes { get; init; }

    public MacAlgorithm Mac { get; init; }

    /// <summary>Keyed hash of the AH around ESP; none where there is no bundle of both.</summary>
    public MacAlgorithm AroundMac { get; init; }

    public uint AroundInboundSpi { get; init; }

    public uint AroundOutboundSpi { get; init; }

    public byte[] AroundInboundKey { get; init; } = [];

    public byte[] AroundOutboundKey { get; init; } = [];

    /// <summary>AH in place of ESP.</summary>
    public bool IsAh { get; init; }

    /// <summary>Transport mode in place of tunnel mode.</summary>
    public bool IsTransport { get; init; }

    /// <summary>Transport mode inside UDP: the peer's own address as it says (NAT-OA); 0 where it says none.</summary>
    public uint OriginalRemote { get; init; }

    /// <summary>The same for our address as the peer knows it.</summary>
    public uint OriginalLocal { get; init; }

    /// <summary>The integrity check value is cut to 96 bits where its hash has 128.</summary>
    public bool IsTagShort { get; init; }

    public byte[] InboundCipherKey { get; init; } = [];

    public byte[] InboundMacKey { get; init; } = [];

    public byte[] OutboundCipherKey { get; init; } = [];

    public byte[] OutboundMacKey { get; init; } = [];

    public uint ReplayWindow { get; init; }

    /// <summary>Sequence numbers of 64 bits.</summary>
    public bool IsExtended { get; init; }

    public int PfsGroup { get; init; }

    public uint LifetimeSeconds { get; init; }

    public uint LifetimeKilobytes { get; init; }

    public ulong SoftBytes { get; init; }

    public ulong HardBytes { get; init; }

    /// <summary>When its quick mode began.</summary>
    public DateTimeOffset Started { get; init; }

    public DateTimeOffset Created { get; init; }

    public DateTimeOffset Soft { get; init; }

    public DateTimeOffset Hard { get; init; }

    /// <summary>Quick mode is complete.</summary>
    public bool IsConfirmed { get; set; }

    /// <summary>Routing instance of both ends.</summary>
    public uint Instance { get; init; }

    public PeerAddress LocalFirst { get; init; }

    public PeerAddress LocalLast { get; init; }

    public PeerAddress RemoteFirst { get; init; }

    public PeerAddress RemoteLast { get; init; }

    public byte Protocol { get; init; }

    public ushort LocalPort { get; init; }

    public ushort PeerPort { get; init; }

    /// <summary>ESP inside AH.</summary>
    public bool IsBundle() => AroundMac != MacAlgorithm.None;

    /// <summary>What is between the addresses is AH, with ESP inside or without.</summary>
    public bool IsCarriedByAh() => IsAh || IsBundle();

    /// <summary>Where packets go and come from.</summary>
    public PeerEndpoints Endpoints() => new(Local, IsInsideUdp ? PeerEndpoints.NatPort : PeerEndpoints.Port, Remote, RemotePort) { Instance = Instance };

    /// <summary>The traffic that was negotiated.</summary>
    public ProxyIdentity Selector() =>
        new(AddressRange.Of(LocalFirst, LocalLast), AddressRange.Of(RemoteFirst, RemoteLast), Protocol, LocalPort, PeerPort);
}
