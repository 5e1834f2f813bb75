using System.ComponentModel;

namespace RouterOS.Esp.Nodes;

/// <summary>Why the ESP nodes drop a packet. The numbers are places in the group of counters "esp".</summary>
internal enum EspDrop
{
    /// <summary>Into a secure tunnel interface that no protection is bound to.</summary>
    [Description("Sent into an interface that no IPsec protection is bound to")]
    NoProtection,

    /// <summary>The protection has no outbound SA yet: negotiation was asked for.</summary>
    [Description("Sent while no outbound security association was up; negotiation was asked for")]
    NoSa,

    /// <summary>A packet that must not travel in this tunnel: its own outer packet, or one that needs another protection.</summary>
    [Description("Sent into a tunnel that must not carry it: its own outer packet or IKE, or a packet that requires another protection")]
    WrongTunnel,

    /// <summary>The packet's addresses, protocol or ports are outside the negotiated selector.</summary>
    [Description("Outside the negotiated selector when sent")]
    OutboundSelector,

    /// <summary>The SA's byte limit is used up.</summary>
    [Description("Security association over its hard byte limit")]
    HardLimit,

    /// <summary>The outbound sequence number has reached its end.</summary>
    [Description("Outbound sequence number exhausted")]
    SequenceExhausted,

    /// <summary>Too big for the path, and fragments would be too small or too many.</summary>
    [Description("Too big for the path and not fragmentable")]
    TooBig,

    /// <summary>No free packet buffer.</summary>
    [Description("No packet buffer free")]
    NoBuffer,

    /// <summary>The crypto engine refused a packet.</summary>
    [Description("Crypto engine refused the packet")]
    CryptoFailed,

    /// <summary>Not an ESP header, or a length that the SA's suite cannot produce.</summary>
    [Description("Malformed ESP header or impossible length")]
    BadHeader,

    /// <summary>No inbound SA with this SPI.</summary>
    [Description("No inbound security association with this SPI")]
    UnknownSpi,

    /// <summary>A sequence number seen before or left of the window.</summary>
    [Description("Replayed, or older than the replay window")]
    Replayed,

    /// <summary>The integrity check value does not match.</summary>
    [Description("Integrity check failed")]
    AuthenticationFailed,

    /// <summary>The padding or the next header is wrong.</summary>
    [Description("Wrong padding or next header after decryption")]
    BadTrailer,

    /// <summary>What was deciphered is not an IPv4 packet.</summary>
    [Description("No IPv4 packet after decryption")]
    DecryptionFailed,

    /// <summary>The opened packet is outside the negotiated selector.</summary>
    [Description("Outside the negotiated selector when opened")]
    InboundSelector,

    /// <summary>A dummy packet of traffic-flow confidentiality, thrown away as it should be.</summary>
    [Description("Dummy packet (next header 59), discarded as RFC 4303 says")]
    Dummy,

    /// <summary>A super-packet whose headers do not say how to cut it.</summary>
    [Description("Large segment that cannot be cut")]
    BadSegments,

    /// <summary>A byte that keeps a NAT's mapping alive, thrown away as it should be.</summary>
    [Description("NAT keepalive (RFC 3948), discarded")]
    Keepalive,

    /// <summary>To the router itself, in the clear, though a protection of its own traffic wants it.</summary>
    [Description("Came to the router in the clear, or by another tunnel, though an association of its own traffic protects it")]
    Unprotected,

    /// <summary>Half of a bundle: ESP that did not come inside its AH, or AH with something else inside.</summary>
    [Description("ESP outside of the AH that belongs around it, or that AH around something else")]
    NotBundled,

    /// <summary>IPv6 too big for the path: its sender learns what fits, as path MTU discovery wants.</summary>
    [Description("IPv6 too big for the tunnel: its sender was told what fits")]
    TooBig6,
}
