namespace RouterOS.Forwarding;

/// <summary>Names of the kernel's nodes that packages name in edges, constraints and <see cref="WorkerServices.NodeIndex"/>.</summary>
/// <remarks>An arc's name (<see cref="Arcs"/>) may stand wherever a node's may: it means the arc's first feature, or its end.</remarks>
public static class KernelNodes
{
    /// <summary>Takes frames from ports; end of <see cref="Arcs.Input"/>.</summary>
    public const string PortInput = "port-input";

    /// <summary>
    /// Takes IPv4 packets as received, checks them and starts <see cref="Arcs.PreRoute"/>. A tunnel's node sends what it has opened
    /// here, with <c>IngressInterface</c> and <c>Protection</c> set; <c>Instance</c> is taken from the interface.
    /// </summary>
    public const string Ip4Input = "ip4-input";

    /// <summary>Looks up the route; end of <see cref="Arcs.PreRoute"/>.</summary>
    public const string Ip4Lookup = "ip4-lookup";

    /// <summary>
    /// Takes packets of the router's own: a complete IPv4 header with its checksum, <c>Instance</c>, <c>LocallyOriginated</c>, and for
    /// a tunnel's outer packet <c>TunnelOuter</c> and <c>AvoidProtection</c>. Looks up the route and starts <see cref="Arcs.LocalOut"/>.
    /// </summary>
    public const string Ip4LocalOut = "ip4-local-out";

    /// <summary>
    /// Lowers the TTL of transit packets, checks the MTU and the protections, and hands the packet to its interface's link; end of
    /// <see cref="Arcs.Output"/> and <see cref="Arcs.LocalOut"/>.
    /// </summary>
    public const string Ip4Rewrite = "ip4-rewrite";

    /// <summary>Cuts packets that are larger than their interface's MTU.</summary>
    public const string Ip4Fragment = "ip4-fragment";

    /// <summary>Takes packets to the router itself, whole or in fragments, and starts <see cref="Arcs.LocalIn"/>.</summary>
    public const string Ip4Local = "ip4-local";

    /// <summary>Puts fragments to the router together.</summary>
    public const string Ip4Reassemble = "ip4-reassemble";

    /// <summary>Feature of <see cref="Arcs.PreRoute"/> that puts transit fragments together, for packages that need whole packets.</summary>
    public const string Ip4ReassembleTransit = "ip4-reassemble-transit";

    /// <summary>Gives local packets to their protocol; end of <see cref="Arcs.LocalIn"/>.</summary>
    public const string Ip4Deliver = "ip4-deliver";

    /// <summary>Answers echo requests and punts what else ICMP says to the router.</summary>
    public const string IcmpInput = "icmp-input";

    /// <summary>Hands ICMP messages to the control plane on the channel <c>icmp</c>.</summary>
    public const string IcmpPunt = "icmp-punt";

    /// <summary>Makes the ICMP error that <c>IcmpReply</c> asks for; <see cref="GraphEdge.IcmpError"/> leads here.</summary>
    public const string IcmpError = "icmp-error";

    /// <summary>Answers and learns from ARP.</summary>
    public const string ArpInput = "arp-input";

    /// <summary>Resolves the next hop and writes the Ethernet header.</summary>
    public const string EthernetOutput = "ethernet-output";

    /// <summary>Gives frames to their port.</summary>
    public const string PortOutput = "port-output";

    /// <summary>
    /// Takes IPv6 packets as received, checks them and starts <see cref="Arcs.PreRoute6"/>; what a tunnel has opened comes here as to
    /// <see cref="Ip4Input"/>.
    /// </summary>
    public const string Ip6Input = "ip6-input";

    /// <summary>Looks up the IPv6 route; end of <see cref="Arcs.PreRoute6"/>.</summary>
    public const string Ip6Lookup = "ip6-lookup";

    /// <summary>
    /// Takes IPv6 packets of the router's own, as <see cref="Ip4LocalOut"/> does; <c>EgressInterface</c> says by which link where the
    /// destination is a group or link-local.
    /// </summary>
    public const string Ip6LocalOut = "ip6-local-out";

    /// <summary>Checks MTU and protections of IPv6 packets and hands them to their link; end of <see cref="Arcs.Output6"/> and <see cref="Arcs.LocalOut6"/>.</summary>
    public const string Ip6Rewrite = "ip6-rewrite";

    /// <summary>Cuts the router's own IPv6 packets that are too large, and super-packets.</summary>
    public const string Ip6Fragment = "ip6-fragment";

    /// <summary>Takes IPv6 packets to the router itself and starts <see cref="Arcs.LocalIn6"/>.</summary>
    public const string Ip6Local = "ip6-local";

    /// <summary>Puts IPv6 fragments to the router together.</summary>
    public const string Ip6Reassemble = "ip6-reassemble";

    /// <summary>Feature of <see cref="Arcs.PreRoute6"/> that puts transit fragments together, for packages that need whole packets.</summary>
    public const string Ip6ReassembleTransit = "ip6-reassemble-transit";

    /// <summary>Gives local IPv6 packets to their protocol; end of <see cref="Arcs.LocalIn6"/>.</summary>
    public const string Ip6Deliver = "ip6-deliver";

    /// <summary>Answers ICMPv6 echo requests, and hands on or punts what else ICMPv6 says to the router.</summary>
    public const string Icmp6Input = "icmp6-input";

    /// <summary>Hands ICMPv6 messages to the control plane on the channel <c>icmp6</c>.</summary>
    public const string Icmp6Punt = "icmp6-punt";

    /// <summary>Answers and learns from neighbour discovery.</summary>
    public const string NeighborInput = "nd-input";

    /// <summary>Resolves the IPv6 next hop and writes the Ethernet header.</summary>
    public const string Ethernet6Output = "ethernet6-output";

    /// <summary>Lets a packet that a feature has kept (<see cref="GraphEdge.Consumed"/>) go on with its arc: enqueue it here.</summary>
    public const string Continue = "continue";
}
