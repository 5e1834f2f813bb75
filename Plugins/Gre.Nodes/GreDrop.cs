using System.ComponentModel;

namespace RouterOS.Gre.Nodes;

/// <summary>Why a packet of a tunnel was dropped.</summary>
internal enum GreDrop
{
    /// <summary>No GRE header, another version, or a flag that must be 0.</summary>
    [Description("GRE packets with a malformed header, of another version or with source routing")]
    Malformed,

    /// <summary>The checksum is wrong.</summary>
    [Description("GRE packets with a wrong checksum")]
    BadChecksum,

    /// <summary>No tunnel has these addresses and this key.</summary>
    [Description("Packets of GRE or IP in IP of no tunnel: other addresses, another key")]
    UnknownTunnel,

    /// <summary>It came in the clear, or under another protection, though the tunnel is secured.</summary>
    [Description("Packets of a secured tunnel that did not come under its protection")]
    Unprotected,

    /// <summary>It came behind one with the same or a later number.</summary>
    [Description("GRE packets that came behind one with the same or a later sequence number")]
    OutOfSequence,

    /// <summary>Neither IPv4 nor IPv6 inside.</summary>
    [Description("Packets of a tunnel with something else than IPv4 or IPv6 inside")]
    UnknownPayload,

    /// <summary>Less inside than the header of its protocol.</summary>
    [Description("Packets of a tunnel with less inside than a header")]
    Truncated,

    /// <summary>The mark of congestion on a packet that takes no part in ECN (RFC 6040 section 4.2).</summary>
    [Description("Packets of a tunnel that were marked for congestion and do not take part in it")]
    Congested,

    /// <summary>A packet into an interface without a tunnel.</summary>
    [Description("Packets into an interface whose tunnel is not configured")]
    NoTunnel,

    /// <summary>The way to the tunnel's end leads into the tunnel.</summary>
    [Description("Packets into a tunnel that is blocked: its own end is behind itself")]
    Blocked,

    /// <summary>The tunnel is secured and nothing secures it.</summary>
    [Description("Packets into a secured tunnel without a protection")]
    NoProtection,

    /// <summary>Larger than the path takes, and not to be fragmented.</summary>
    [Description("Packets that must not be fragmented and are larger than the tunnel's path takes")]
    TooBig,

    /// <summary>No room before the packet, or it would be too long.</summary>
    [Description("Packets without room for the headers of the tunnel")]
    NoRoom,
}
