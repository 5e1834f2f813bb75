using System.ComponentModel;

namespace RouterOS.Forwarding.Nodes6;

/// <summary>Why the IPv6 path dropped a packet.</summary>
internal enum Ip6Drop
{
    /// <summary>The packet is shorter than its header or its length field says.</summary>
    [Description("The packet is shorter than its header or its length field says.")]
    Truncated,

    /// <summary>The version is not 6.</summary>
    [Description("The version is not 6.")]
    BadHeader,

    /// <summary>A super-packet is no whole TCP or UDP packet, or its segments have no size.</summary>
    [Description("A super-packet of an offload is no whole TCP or UDP packet.")]
    BadSegments,

    /// <summary>The source address cannot be a sender's.</summary>
    [Description("The source address cannot be a sender's: unspecified, loopback, multicast or the router's own.")]
    MartianSource,

    /// <summary>The destination address cannot be a receiver's.</summary>
    [Description("The destination address cannot be a receiver's: unspecified or loopback.")]
    MartianDestination,

    /// <summary>The interface that the packet came in by is not there, down, or without IPv6.</summary>
    [Description("The interface that the packet came in by is not there, down, or without IPv6.")]
    IngressDown,

    /// <summary>There is no route to the destination.</summary>
    [Description("There is no route to the destination.")]
    NoRoute,

    /// <summary>The route says discard.</summary>
    [Description("The route says discard.")]
    Discard,

    /// <summary>The route says reject.</summary>
    [Description("The route says reject.")]
    Reject,

    /// <summary>The interface that the route leads to is not there or down.</summary>
    [Description("The interface that the route leads to is not there or down.")]
    EgressDown,

    /// <summary>The multicast group is not routed.</summary>
    [Description("The multicast group is not routed.")]
    Multicast,

    /// <summary>A link-local address does not leave its link.</summary>
    [Description("A link-local address does not leave its link.")]
    BeyondScope,

    /// <summary>The packet came as a link-layer multicast and is not for the router.</summary>
    [Description("The packet came as a link-layer multicast and is not for the router.")]
    LinkBroadcast,

    /// <summary>The packet's hops ran out.</summary>
    [Description("The packet's hops ran out.")]
    HopLimit,

    /// <summary>The packet is larger than the egress MTU: routers do not fragment IPv6.</summary>
    [Description("The packet is larger than the egress MTU: routers do not fragment IPv6.")]
    TooBig,

    /// <summary>A tunnel would carry its own outer packet, directly or by way of others.</summary>
    [Description("A tunnel would carry its own outer packet, directly or by way of others.")]
    TunnelLoop,

    /// <summary>The packet must leave by a protection that the route does not lead to.</summary>
    [Description("The packet must leave by a protection that the route does not lead to.")]
    ProtectionMissing,

    /// <summary>The egress interface has no link that takes IPv6.</summary>
    [Description("The egress interface has no link that takes IPv6.")]
    NoLink,

    /// <summary>No buffer was free for the fragments.</summary>
    [Description("No buffer was free for the fragments.")]
    NoBuffer,

    /// <summary>The extension headers are cut, too many or out of place, or route the packet on.</summary>
    [Description("The extension headers are cut, too many or out of place, or route the packet on.")]
    BadExtensions,
}
