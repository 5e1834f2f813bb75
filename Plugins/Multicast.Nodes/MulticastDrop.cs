using System.ComponentModel;

namespace RouterOS.Multicast.Nodes;

/// <summary>Why a packet to a group, or a copy of it, was dropped.</summary>
internal enum MulticastDrop
{
    /// <summary>It came by an interface without multicast forwarding.</summary>
    [Description("Packets to groups by an interface without multicast forwarding")]
    NotEnabled,

    /// <summary>It did not come by the interface towards its source.</summary>
    [Description("Packets to groups that did not come by the interface towards their source")]
    WrongInterface,

    /// <summary>Nobody wants it.</summary>
    [Description("Packets to groups that nobody wants")]
    NoReceivers,

    /// <summary>Its source and group have been asked for a moment ago.</summary>
    [Description("Packets whose source and group are being looked up")]
    Pending,

    /// <summary>Too many unknown sources and groups at once.</summary>
    [Description("Packets of unknown sources and groups, too many at once")]
    MissRate,

    /// <summary>Its TTL is not above the threshold of the interface.</summary>
    [Description("Copies whose TTL is not above the threshold of the interface")]
    Ttl,

    /// <summary>The interface has had its bits of this second.</summary>
    [Description("Copies above the rate limit of the interface")]
    Rate,

    /// <summary>No buffer for a copy.</summary>
    [Description("Copies for which no buffer was free")]
    NoBuffer,
}
