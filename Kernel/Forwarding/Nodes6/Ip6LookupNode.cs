using RouterOS.Forwarding.Nodes;
using RouterOS.Forwarding.Tables;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Nodes6;

/// <summary>Finds the route of received IPv6 packets: onward, to the router itself, or nowhere.</summary>
/// <remarks>In: checked packets with <c>Instance</c>. Out: <c>EgressInterface</c>, <c>NextHop</c> (the gateway's number) and <c>Adjacency</c> of transit packets.</remarks>
internal sealed unsafe class Ip6LookupNode(ForwardingTables tables, DropCounters drops)
    : GraphNode(KernelNodes.Ip6Lookup, Arcs.Output6, KernelNodes.Ip6Local)
{
    private const ushort OutputEdge = 0;
    private const ushort LocalEdge = 1;

    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        for (int i = 0; i < packets.Length; i++)
        {
            ref PacketBuffer packet = ref At(packets[i]);
            packet.EgressInterface = 0;
            edges[i] = Route(ref packet, packet.Start);
        }
    }

    private ushort Route(ref PacketBuffer packet, byte* ip)
    {
        UInt128 source = Ip6.Source(ip);
        UInt128 destination = Ip6.Destination(ip);
        ForwardingInterface? ingress = tables.InterfaceAt(packet.IngressInterface);
        if (Ipv6Address.IsMulticast(destination))
        {
            packet.Flags |= PacketFlags.LinkBroadcast;
            return ingress is not null && Hears(ingress, destination) ? LocalEdge : Drop(Ip6Drop.Multicast);
        }

        if (Ipv6Address.IsLinkLocal(destination))
        {
            return ingress?.LinkLocal == destination ? LocalEdge : Drop(Ip6Drop.BeyondScope);
        }

        RouteLookup6 route = tables.FibLookup6(packet.Instance, destination);
        if (tables.FibLookup6(packet.Instance, source).Kind == RouteKind.Local)
        {
            // Nobody else sends from our address; what we send to ourselves does not pass here.
            return Drop(Ip6Drop.MartianSource);
        }

        switch (route.Kind)
        {
            case RouteKind.Local:
                return LocalEdge;
            case RouteKind.Forward:
                return Forward(ref packet, ip, source, route);
            case RouteKind.Discard:
                return Drop(Ip6Drop.Discard);
            case RouteKind.Reject:
                packet.IcmpReply = IcmpReplies.HostUnreachable;
                return Refuse(Ip6Drop.Reject);
            case RouteKind.None:
            case RouteKind.Broadcast:
            default:
                if (ingress is not null)
                {
                    ingress.NoRoutePackets += packet.SegmentCount;
                }

                packet.IcmpReply = IcmpReplies.NetUnreachable;
                return Refuse(Ip6Drop.NoRoute);
        }
    }

    private ushort Forward(ref PacketBuffer packet, byte* ip, UInt128 source, in RouteLookup6 route)
    {
        if ((packet.Flags & PacketFlags.LinkBroadcast) != 0)
        {
            return Drop(Ip6Drop.LinkBroadcast);
        }

        if (source == 0 || Ipv6Address.IsLinkLocal(source))
        {
            return Drop(Ip6Drop.BeyondScope);
        }

        if (tables.InterfaceAt(route.Interface) is not { IsUp: true })
        {
            return Drop(Ip6Drop.EgressDown);
        }

        if (ip[7] <= 1)
        {
            packet.IcmpReply = IcmpReplies.TtlExceeded;
            return Refuse(Ip6Drop.HopLimit);
        }

        packet.EgressInterface = route.Interface;
        packet.NextHop = route.Gateway;
        packet.Adjacency = route.Adjacency;
        return OutputEdge;
    }

    // The groups that a router listens to: all nodes, all routers, and those of its own addresses (RFC 4291 section 2.8).
    private static bool Hears(ForwardingInterface ingress, UInt128 group)
    {
        if (group == Ipv6Address.AllNodes || group == Ipv6Address.AllRouters
            || (ingress.LinkLocal != 0 && group == Ipv6Address.SolicitedNode(ingress.LinkLocal)))
        {
            return true;
        }

        foreach (InterfaceAddress6 own in ingress.AddressArray6)
        {
            if (group == Ipv6Address.SolicitedNode(own.Address))
            {
                return true;
            }
        }

        return false;
    }

    private ushort Refuse(Ip6Drop reason)
    {
        drops.Add((int)reason, 1);
        return GraphEdge.IcmpError;
    }

    private ushort Drop(Ip6Drop reason)
    {
        drops.Add((int)reason, 1);
        return GraphEdge.Drop;
    }
}
