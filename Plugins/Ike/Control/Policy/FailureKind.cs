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

    /// <summary>The peer's certificate is not valid any more by our clock.</summary>
    CertificateExpired = 40,

    /// <summary>The peer's certificate is not valid yet by our clock.</summary>
    CertificateNotYetValid = 41,

    /// <summary>No trusted authority has issued the peer's certificate.</summary>
    CertificateUntrusted = 42,

    /// <summary>The peer's identity is not in its certificate.</summary>
    CertificateIdentity = 43,

    /// <summary>The signature is not that of the certificate's key.</summary>
    Signature = 44,

    /// <summary>A certificate is missing, malformed or unsuitable.</summary>
    Certificate = 45,

    /// <summary>Extended authentication of the user.</summary>
    User = 60,

    /// <summary>No address is left for a user.</summary>
    AddressPool = 61,

    /// <summary>Packets do not get through.</summary>
    Blocked = 15,

    /// <summary>Our own zone does not let the peer's packets in.</summary>
    HostInbound = 16,

    /// <summary>An interface is in no zone.</summary>
    Zone = 17,

    /// <summary>A policy denies, or none permits.</summary>
    Policy = 18,

    /// <summary>No route leads into the tunnel, or on from it.</summary>
    Route = 19,

    /// <summary>Packets too big for the path vanish.</summary>
    Mtu = 20,

    /// <summary>Packets come again, or too late for the window.</summary>
    Replay = 21,

    /// <summary>A NAT is between and NAT traversal was not agreed.</summary>
    Nat = 22,

    /// <summary>Packets fail their integrity check.</summary>
    Integrity = 23,

    /// <summary>Packets come with an SPI that nobody has.</summary>
    UnknownSpi = 24,

    /// <summary>The external interface is not the one that leads to the peer.</summary>
    Interface = 25,

    /// <summary>Packets go one way only.</summary>
    OneWay = 26,
}
