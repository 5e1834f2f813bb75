using RouterOS.Forwarding.Tables;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Nodes;

/// <summary>Finds the route of received packets: onward, to the router itself, or nowhere.</summary>
/// <remarks>In: checked packets with <c>Instance</c>. Out: <c>EgressInterface</c>, <c>NextHop</c> and <c>Adjacency</c> of transit packets.</remarks>
internal sealed unsafe class Ip4LookupNode(ForwardingTables tables, DropCounters drops, string? multicast = null)
    : GraphNode(KernelNodes.Ip4Lookup, multicast is null ? [Arcs.Output, KernelNodes.Ip4Local] : [Arcs.Output, KernelNodes.Ip4Local, multicast])
{
    private const ushort MulticastEdge = 2;

    private const ushort OutputEdge = 0;
    private const ushort LocalEdge = 1;

    private const uint LinkLocalMulticast = 0xe00000;

    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        // A large table lies in main memory: its three reads are asked for a batch at a time.
        uint* slots = stackalloc uint[Graphs.Graph.BatchPackets];
        for (int i = 0; i < packets.Length; i++)
        {
            ref PacketBuffer packet = ref At(packets[i]);
            slots[i] = tables.Fibs.Of(packet.Instance)?.First(Ip4.Destination(packet.Start)) ?? 0;
        }

        for (int i = 0; i < packets.Length; i++)
        {
            ref PacketBuffer packet = ref At(packets[i]);
            slots[i] = tables.Fibs.Of(packet.Instance)?.Second(slots[i], Ip4.Destination(packet.Start)) ?? 0;
        }

        for (int i = 0; i < packets.Length; i++)
        {
            ref PacketBuffer packet = ref At(packets[i]);
            byte* ip = packet.Start;
            uint destination = Ip4.Destination(ip);
            packet.EgressInterface = 0;
            if (tables.Fibs.Of(packet.Instance) is { } fib)
            {
                ref readonly NextHop route = ref fib.Last(slots[i], destination);
                edges[i] = route.Kind == RouteKind.Forward
                    ? Forward(ref packet, ip, destination, route)
                    : Stay(ref packet, destination, route.Kind, fib.Lookup(Ip4.Source(ip)).Kind);
            }
            else
            {
                edges[i] = Stay(ref packet, destination, RouteKind.None, RouteKind.None);
            }
        }
    }

    private ushort Forward(ref PacketBuffer packet, byte* ip, uint destination, in NextHop route)
    {
        if (Ipv4Address.IsMulticast(destination) || destination == Ipv4Address.Broadcast)
        {
            // A default route is not a route to a group.
            return Stay(ref packet, destination, RouteKind.None, RouteKind.None);
        }

        if ((packet.Flags & PacketFlags.LinkBroadcast) != 0)
        {
            // RFC 1812 section 5.3.4: what came as a link-layer broadcast is not forwarded.
            return Drop(Ip4Drop.LinkBroadcast);
        }

        if (tables.InterfaceAt(route.Interface) is not { IsUp: true })
        {
            return Drop(Ip4Drop.EgressDown);
        }

        if (ip[8] <= 1)
        {
            packet.IcmpReply = IcmpReplies.TtlExceeded;
            drops.Add((int)Ip4Drop.TtlExceeded, 1);
            return GraphEdge.IcmpError;
        }

        packet.EgressInterface = route.Interface;
        packet.NextHop = route.Gateway != 0 ? route.Gateway : destination;
        packet.Adjacency = route.Number;
        return OutputEdge;
    }

    private ushort Stay(ref PacketBuffer packet, uint destination, RouteKind kind, RouteKind sourceKind)
    {
        if (sourceKind == RouteKind.Local)
        {
            // RFC 1122 section 3.2.1.3: nobody else sends from our address; what we send to ourselves does not pass here.
            return Drop(Ip4Drop.MartianSource);
        }

        switch (kind)
        {
            case RouteKind.Local:
                return LocalEdge;
            case RouteKind.Broadcast:
                packet.Flags |= PacketFlags.LinkBroadcast;
                return LocalEdge;
            case RouteKind.Discard:
                return Drop(Ip4Drop.Discard);
            case RouteKind.Reject:
                packet.IcmpReply = IcmpReplies.HostUnreachable;
                drops.Add((int)Ip4Drop.Reject, 1);
                return GraphEdge.IcmpError;
            case RouteKind.None:
            case RouteKind.Forward:
            default:
                break;
        }

        if (destination == Ipv4Address.Broadcast || destination >> 8 == LinkLocalMulticast)
        {
            packet.Flags |= PacketFlags.LinkBroadcast;
            return LocalEdge;
        }

        if (Ipv4Address.IsMulticast(destination))
        {
            return multicast is null ? Drop(Ip4Drop.Multicast) : MulticastEdge;
        }

        if (tables.InterfaceAt(packet.IngressInterface) is { } ingress)
        {
            ingress.NoRoutePackets += packet.SegmentCount;
        }

        packet.IcmpReply = IcmpReplies.NetUnreachable;
        drops.Add((int)Ip4Drop.NoRoute, 1);
        return GraphEdge.IcmpError;
    }

    private ushort Drop(Ip4Drop reason)
    {
        drops.Add((int)reason, 1);
        return GraphEdge.Drop;
    }
}
