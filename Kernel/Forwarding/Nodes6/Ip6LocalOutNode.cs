using RouterOS.Forwarding.Tables;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Nodes6;

/// <summary>Finds the route of the router's own IPv6 packets.</summary>
/// <remarks>In: complete packets as <see cref="KernelNodes.Ip6LocalOut"/> says. Out: the arc local-out6, or back to the router itself.</remarks>
internal sealed unsafe class Ip6LocalOutNode(ForwardingTables tables, PacketTap? tap, DropCounters drops)
    : GraphNode(KernelNodes.Ip6LocalOut, Arcs.LocalOut6, KernelNodes.Ip6Local)
{
    private const ushort LocalOutEdge = 0;
    private const ushort LocalEdge = 1;

    // More tunnels than this one inside the other are a loop of routes.
    private const byte MaximumTunnelDepth = 4;

    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        if (tap is { IsOn: true })
        {
            Show(tap, packets);
        }

        for (int i = 0; i < packets.Length; i++)
        {
            ref PacketBuffer packet = ref At(packets[i]);
            packet.Flags |= PacketFlags.LocallyOriginated;
            edges[i] = (packet.Flags & PacketFlags.TunnelOuter) != 0 && ++packet.TunnelDepth > MaximumTunnelDepth
                ? Drop(Ip6Drop.TunnelLoop)
                : Route(ref packet, Ip6.Destination(packet.Start));
        }
    }

    // The outer packets of tunnels, as they leave.
    private static void Show(PacketTap tap, ReadOnlySpan<nint> packets)
    {
        foreach (nint handle in packets)
        {
            ref PacketBuffer packet = ref At(handle);
            if ((packet.Flags & PacketFlags.TunnelOuter) != 0)
            {
                tap.Offer(packet.AvoidProtection, isOutbound: true, packet.Data);
            }
        }
    }

    private ushort Route(ref PacketBuffer packet, UInt128 destination)
    {
        bool group = Ipv6Address.IsMulticast(destination);
        RouteLookup6 route;
        if (group || Ipv6Address.IsLinkLocal(destination))
        {
            // What means something on one link only: the sender says on which, no route knows.
            bool isOwn = tables.InterfaceAt(packet.EgressInterface)?.LinkLocal == destination;
            route = new RouteLookup6(
                packet.EgressInterface == 0 ? RouteKind.None : isOwn ? RouteKind.Local : RouteKind.Forward, 0, packet.EgressInterface, 0, 0);
        }
        else
        {
            route = tables.FibLookup6(packet.Instance, destination);
        }

        switch (route.Kind)
        {
            case RouteKind.Local:
                // From the router to itself: it came by no wire, so what guards the wires has nothing to say.
                packet.Flags = (packet.Flags & ~PacketFlags.LocallyOriginated) | PacketFlags.FromItself;
                packet.IngressInterface = route.Interface;
                packet.EgressInterface = 0;
                return LocalEdge;
            case RouteKind.Forward:
                packet.NextHop = route.Gateway;
                packet.Flags |= group ? PacketFlags.LinkBroadcast : PacketFlags.None;
                break;
            case RouteKind.None:
            case RouteKind.Broadcast:
            case RouteKind.Discard:
            case RouteKind.Reject:
            default:
                return Drop(Ip6Drop.NoRoute);
        }

        packet.EgressInterface = route.Interface;
        packet.Adjacency = route.Adjacency;
        if (tables.InterfaceAt(route.Interface) is not { IsUp: true })
        {
            return Drop(Ip6Drop.EgressDown);
        }

        return packet.AvoidProtection != 0 && tables.ProtectionOf(route.Interface) == packet.AvoidProtection
            ? Drop(Ip6Drop.TunnelLoop)
            : LocalOutEdge;
    }

    private ushort Drop(Ip6Drop reason)
    {
        drops.Add((int)reason, 1);
        return GraphEdge.Drop;
    }
}
