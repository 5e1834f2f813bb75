using RouterOS.Abstractions.Crypto;
using RouterOS.Ike.Crypto;
using RouterOS.Ike.Wire;

namespace RouterOS.Ike.Control.Policy;

/// <summary>One phase 1 proposal of the configuration.</summary>
internal sealed record Phase1Policy(Phase1Algorithms Algorithms, uint LifetimeSeconds, string Name = "")
{
    /// <summary>Where the configuration has it.</summary>
    public ConfigSource Source { get; init; } = ConfigSource.None;

    /// <summary>It answers exchanges of the mode that the gateway does not begin with.</summary>
    public bool AcceptsOther { get; init; }

    /// <summary>It answers exchanges of the mode that the gateway begins with.</summary>
    public bool AcceptsOwn { get; init; } = true;

    /// <summary>How both sides prove who they are, as initiator.</summary>
    public Phase1Authentication Method { get; init; } = Phase1Authentication.PreSharedKey;

    /// <summary>The same as responder: whose user is asked is said by role.</summary>
    public Phase1Authentication AnsweredMethod { get; init; } = Phase1Authentication.PreSharedKey;
}

/// <summary>A user of extended authentication and its password.</summary>
internal sealed record UserPolicy(string Name, byte[] Password, ConfigSource Source);

/// <summary>Addresses that users get, and what they are told with them.</summary>
internal sealed record PoolPolicy(
    string Name, AddressRange Network, IReadOnlyList<AddressRange> Ranges, IReadOnlyList<uint> DnsServers, IReadOnlyList<uint> WinsServers, ConfigSource Source);

/// <summary>Extended authentication (XAUTH) behind phase 1.</summary>
/// <param name="Profile">Name of the profile that has the users.</param>
/// <param name="Users">Whom the peer's user must be one of.</param>
/// <param name="Pool">Where users get their address from; null: they have their own.</param>
/// <param name="Pushes">Settings are sent without being asked for.</param>
/// <param name="Client">The peer asks us and this is our answer; null: we ask.</param>
/// <param name="Source">Where the configuration says so.</param>
internal sealed record XauthPolicy(
    string Profile, IReadOnlyDictionary<string, UserPolicy> Users, PoolPolicy? Pool, bool Pushes, UserPolicy? Client, ConfigSource Source)
{
    /// <summary>We ask, and the peer's user answers.</summary>
    public bool Asks => Client is null;

    /// <summary>Who knows the users, in the order they are asked.</summary>
    public IReadOnlyList<Proto.Ike.V1.UserSource> Order { get; init; } = [Proto.Ike.V1.UserSource.Profile];

    /// <summary>Servers that are asked.</summary>
    public string RadiusGroup { get; init; } = string.Empty;
}

/// <summary>What both sides sign with.</summary>
/// <param name="Local">Id of our own certificate.</param>
/// <param name="Authorities">Profile of the authorities that the peer's certificate may come from; empty: all.</param>
/// <param name="Source">Where the configuration says so.</param>
/// <param name="PrefersPkcs7">The peer is asked for PKCS #7.</param>
internal sealed record CertificatePolicy(string Local, string Authorities, ConfigSource Source, bool PrefersPkcs7 = false);

/// <summary>One phase 2 proposal of the configuration.</summary>
/// <remarks>The key's bytes are those that a proposal names: AES-GCM takes a salt behind them from the key material.</remarks>
internal sealed record Phase2Policy(
    CipherAlgorithm Cipher, int CipherKeyBytes, MacAlgorithm Mac, uint LifetimeSeconds, uint LifetimeKilobytes, string Name = "")
{
    // RFC 4106 section 8.1.
    private const int GcmSaltBytes = 4;

    /// <summary>ESP, or AH, which has a keyed hash and no cipher.</summary>
    public SecurityProtocol Protocol { get; init; } = SecurityProtocol.Esp;

    /// <summary>Keyed hash of the AH around ESP (a bundle, RFC 2401 section 4.5); none where there is no bundle.</summary>
    public MacAlgorithm AroundMac { get; init; }

    /// <summary>ESP inside AH: both or nothing.</summary>
    public bool IsBundle => AroundMac != MacAlgorithm.None;

    /// <summary>AH is in it, which no NAT may touch.</summary>
    public bool HasAh => Protocol == SecurityProtocol.Ah || IsBundle;

    /// <summary>The keyed hash that proves every packet.</summary>
    public MacAlgorithm Integrity => IsBundle ? AroundMac : Mac;

    /// <summary>Sequence numbers of 64 bits (RFC 4304) are offered, and accepted.</summary>
    public bool IsExtended { get; init; }

    /// <summary>HMAC-SHA-256 is cut to 96 bits, as peers with an early draft of RFC 4868 do; no message says so.</summary>
    public bool IsTagShort { get; init; }

    /// <summary>Where the configuration has it.</summary>
    public ConfigSource Source { get; init; } = ConfigSource.None;

    /// <summary>Bytes that the cipher takes from the key material.</summary>
    public int CipherMaterialBytes => CipherKeyBytes + (Cipher == CipherAlgorithm.AesGcm ? GcmSaltBytes : 0);

    /// <summary>The proposal says how long the key is.</summary>
    public bool NamesKeyLength => Cipher is CipherAlgorithm.AesCbc or CipherAlgorithm.AesGcm;
}

/// <summary>Kinds of phase 1 identities.</summary>
internal enum IdentityKind
{
    /// <summary>An IPv4 address.</summary>
    Address,

    /// <summary>A host name.</summary>
    Fqdn,

    /// <summary>A user at a host name.</summary>
    UserFqdn,

    /// <summary>Bytes that mean something to the two sides alone.</summary>
    KeyId,

    /// <summary>The subject of a certificate; parts of it that must be there, or none.</summary>
    DistinguishedName = 8,
}

/// <summary>A phase 1 identity; an empty value is the address in use.</summary>
internal sealed record IdentityPolicy(IdentityKind Kind, string Value, ConfigSource Source)
{
    /// <summary>Parts of the subject of a certificate that must be there in this order, besides; empty for none.</summary>
    public string Ordered { get; init; } = string.Empty;
}

/// <summary>When dead peer detection probes.</summary>
internal enum ProbeMode
{
    /// <summary>Packets went out and nothing came back.</summary>
    Optimized,

    /// <summary>Nothing came back, whether or not packets went out.</summary>
    IdleTunnel,

    /// <summary>Every interval.</summary>
    Always,
}

/// <summary>Dead peer detection of a gateway.</summary>
internal sealed record LivenessPolicy(ProbeMode Mode, TimeSpan Interval, int Threshold);

/// <summary>A peer that is known by its identity and comes from any address.</summary>
/// <param name="IsShared">Many peers come with the one identity.</param>
/// <param name="IsGroup">Many peers come, each with a name that ends with the identity's.</param>
/// <param name="ConnectionsLimit">Peers at a time, where there are many.</param>
internal sealed record DynamicPolicy(bool IsShared, bool IsGroup, int ConnectionsLimit)
{
    /// <summary>One gateway serves many peers.</summary>
    public bool IsForMany => IsShared || IsGroup;
}

/// <summary>A peer of phase 1, neutral of any language.</summary>
/// <remarks><paramref name="Fingerprint"/> covers what SAs depend on: a change of it tears them down, a change of anything else does not.</remarks>
internal sealed record GatewayPolicy(
    string Name,
    ConfigSource Source,
    bool IsAggressive,
    ConfigSource ModeSource,
    IReadOnlyList<Phase1Policy> Proposals,
    ConfigSource ProposalsSource,
    byte[] PreSharedKey,
    ConfigSource KeySource,
    IReadOnlyList<PeerAddress> RemoteAddresses,
    ConfigSource RemoteSource,
    string ExternalInterface,
    ConfigSource ExternalSource,
    PeerAddress LocalAddress,
    IdentityPolicy LocalIdentity,
    IdentityPolicy RemoteIdentity,
    LivenessPolicy? Liveness,
    bool NatTraversal,
    TimeSpan NatKeepalive,
    string Fingerprint)
{
    /// <summary>Null: the peer has the remote addresses.</summary>
    public DynamicPolicy? Dynamic { get; init; }

    /// <summary>Whatever the peer calls itself will do.</summary>
    public bool AnyIdentity { get; init; }

    /// <summary>What both sides sign with; null: they have a preshared key.</summary>
    public CertificatePolicy? Certificate { get; init; }

    /// <summary>Extended authentication of a user; null: phase 1 is all.</summary>
    public XauthPolicy? Xauth { get; init; }
}

/// <summary>What the outer header's DF bit becomes.</summary>
internal enum DontFragment
{
    /// <summary>Cleared.</summary>
    Clear = 0,

    /// <summary>Copied from the inner packet.</summary>
    Copy = 1,

    /// <summary>Set.</summary>
    Set = 2,
}

/// <summary>A tunnel of phase 2, neutral of any language.</summary>
/// <remarks><paramref name="Fingerprint"/> covers what SAs depend on, as in <see cref="GatewayPolicy"/>.</remarks>
internal sealed record VpnPolicy(
    string Name,
    ConfigSource Source,
    string Gateway,
    string BindInterface,
    IReadOnlyList<Phase2Policy> Proposals,
    ConfigSource ProposalsSource,
    int PfsGroup,
    ConfigSource PfsSource,
    bool EstablishImmediately,
    ProxyIdentity Selector,
    ConfigSource SelectorSource,
    DontFragment DontFragment,
    bool AntiReplay,
    string Fingerprint)
{
    /// <summary>Name of the VPN, which may have several tunnels; <see cref="Name"/> is the tunnel's own.</summary>
    public string Vpn { get; init; } = Name;

    /// <summary>Policies that lead to it, where it is not bound to an interface.</summary>
    public IReadOnlyList<string> Policies { get; init; } = [];

    /// <summary>Name of the traffic selector that it is for; empty where it has its interface to itself.</summary>
    public string TrafficSelector { get; init; } = string.Empty;

    /// <summary>For one of many peers: its interface is others' too.</summary>
    public bool IsOfOnePeer { get; init; }

    /// <summary>Next hops on the interface that lead to this peer.</summary>
    public IReadOnlyList<PeerAddress> NextHops { get; init; } = [];

    /// <summary>Probes through the tunnel; null for none.</summary>
    public MonitorPolicy? Monitor { get; init; }

    /// <summary>Time without a packet after which the SAs go; zero for never.</summary>
    public TimeSpan Idle { get; init; }

    /// <summary>Packets of the replay window, where there is one.</summary>
    public uint ReplayWindow { get; init; } = TunnelSession.ReplayWindow;

    /// <summary>Transport mode in place of tunnel mode.</summary>
    public bool IsTransport { get; init; }

    /// <summary>The address that packets come from counts, whatever the peer negotiates; UDP inside has no checksum.</summary>
    public bool PassesNat { get; init; }

    /// <summary>It protects what the router itself sends to the peer: no interface and no policy leads to it.</summary>
    public bool IsOwn => IsTransport && BindInterface.Length == 0 && Policies.Count == 0 && !IsOfOnePeer;

    /// <summary>Lifetimes that a peer may offer; null for any.</summary>
    public LifetimePolicy? Lifetimes { get; init; }

    /// <summary>For how long a rekeyed tunnel goes on sending with the old keys; zero for as long as the peer may need.</summary>
    public TimeSpan InstallInterval { get; init; }
}

/// <summary>Lifetimes that a peer may offer, both ends included; of kilobytes 0 is no limit.</summary>
internal sealed record LifetimePolicy(uint LeastSeconds, uint MostSeconds, uint LeastKilobytes, uint MostKilobytes)
{
    /// <summary>True when an offer is within; without kilobytes (0) nothing is said about them.</summary>
    public bool Allows(ulong seconds, ulong kilobytes) =>
        seconds >= LeastSeconds && seconds <= MostSeconds
        && (kilobytes == 0 || (kilobytes >= LeastKilobytes && (MostKilobytes == 0 || kilobytes <= MostKilobytes)));

    /// <inheritdoc/>
    public override string ToString() => $"{LeastSeconds} to {MostSeconds} seconds, {LeastKilobytes} to {MostKilobytes} kilobytes";
}

/// <summary>Probes by ICMP echo through a tunnel.</summary>
internal sealed record MonitorPolicy(
    bool IsOptimized, string SourceInterface, PeerAddress Destination, TimeSpan Interval, int Threshold, ConfigSource Source);

/// <summary>A tunnel with keys by hand.</summary>
/// <remarks><paramref name="Fingerprint"/> covers what its rows hold, keys included.</remarks>
internal sealed record ManualPolicy(
    VpnPolicy Vpn, PeerAddress Remote, string ExternalInterface, uint Spi, Phase2Policy Algorithms, byte[] CipherKey, byte[] MacKey, string Fingerprint)
{
    /// <summary>Of a bundle the SPI of ESP; <see cref="Spi"/> is AH's then.</summary>
    public uint AuxiliarySpi { get; init; }
}
