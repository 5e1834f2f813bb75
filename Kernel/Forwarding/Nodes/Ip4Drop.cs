using System.ComponentModel;

namespace RouterOS.Forwarding.Nodes;

/// <summary>Why the IPv4 path dropped a packet.</summary>
internal enum Ip4Drop
{
    /// <summary>The packet is shorter than its header or its length field says.</summary>
    [Description("The packet is shorter than its header or its length field says.")]
    Truncated,

    /// <summary>The version is not 4, or the header's length is impossible.</summary>
    [Description("The version is not 4, or the header's length is impossible.")]
    BadHeader,

    /// <summary>The header's checksum is wrong.</summary>
    [Description("The header's checksum is wrong.")]
    BadChecksum,

    /// <summary>A super-packet is no whole TCP or UDP packet, or its segments have no size.</summary>
    [Description("A super-packet of an offload is no whole TCP or UDP packet.")]
    BadSegments,

    /// <summary>The source address cannot be a sender's.</summary>
    [Description("The source address cannot be a sender's: loopback, this network, multicast, reserved or the router's own.")]
    MartianSource,

    /// <summary>The destination address cannot be a receiver's.</summary>
    [Description("The destination address cannot be a receiver's: loopback, this network or reserved.")]
    MartianDestination,

    /// <summary>The interface that the packet came in by is not there or down.</summary>
    [Description("The interface that the packet came in by is not there or down.")]
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

    /// <summary>The packet came as a link-layer broadcast and is not for the router.</summary>
    [Description("The packet came as a link-layer broadcast and is not for the router.")]
    LinkBroadcast,

    /// <summary>The packet's hops ran out.</summary>
    [Description("The packet's hops ran out.")]
    TtlExceeded,

    /// <summary>The packet is larger than the egress MTU and must not be fragmented.</summary>
    [Description("The packet is larger than the egress MTU and must not be fragmented.")]
    FragmentationNeeded,

    /// <summary>A tunnel would carry its own outer packet, directly or by way of others.</summary>
    [Description("A tunnel would carry its own outer packet, directly or by way of others.")]
    TunnelLoop,

    /// <summary>The packet must leave by a protection that the route does not lead to.</summary>
    [Description("The packet must leave by a protection that the route does not lead to.")]
    ProtectionMissing,

    /// <summary>The egress interface has no link to send by.</summary>
    [Description("The egress interface has no link to send by.")]
    NoLink,

    /// <summary>No buffer was free for the fragments.</summary>
    [Description("No buffer was free for the fragments.")]
    NoBuffer,

    /// <summary>The header leaves no room for data at the egress MTU.</summary>
    [Description("The header leaves no room for data at the egress MTU.")]
    NoRoom,
}
