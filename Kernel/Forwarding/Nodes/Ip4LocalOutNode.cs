using RouterOS.Forwarding.Tables;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Nodes;

/// <summary>Finds the route of the router's own packets.</summary>
/// <remarks>In: complete packets as <see cref="KernelNodes.Ip4LocalOut"/> says. Out: the arc local-out, or back to the router itself.</remarks>
internal sealed unsafe class Ip4LocalOutNode(ForwardingTables tables, PacketTap? tap, DropCounters drops)
    : GraphNode(KernelNodes.Ip4LocalOut, Arcs.LocalOut, KernelNodes.Ip4Local)
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
                ? Drop(Ip4Drop.TunnelLoop)
                : Route(ref packet, Ip4.Destination(packet.Start));
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

    private ushort Route(ref PacketBuffer packet, uint destination)
    {
        RouteLookup route = tables.FibLookup(packet.Instance, destination);
        bool group = Ipv4Address.IsMulticast(destination) || destination == Ipv4Address.Broadcast;
        if (group && packet.EgressInterface != 0)
        {
            // Whoever sends to a group says by which interface; no route knows.
            route = new RouteLookup(RouteKind.Broadcast, 0, packet.EgressInterface, destination, 0);
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
                packet.NextHop = route.NextHop;
                break;
            case RouteKind.Broadcast:
                packet.NextHop = destination;
                packet.Flags |= PacketFlags.LinkBroadcast;
                break;
            case RouteKind.None:
            case RouteKind.Discard:
            case RouteKind.Reject:
            default:
                return Drop(Ip4Drop.NoRoute);
        }

        packet.EgressInterface = route.Interface;
        packet.Adjacency = route.Adjacency;
        if (tables.InterfaceAt(route.Interface) is not { IsUp: true })
        {
            return Drop(Ip4Drop.EgressDown);
        }

        return packet.AvoidProtection != 0 && tables.ProtectionOf(route.Interface) == packet.AvoidProtection
            ? Drop(Ip4Drop.TunnelLoop)
            : LocalOutEdge;
    }

    private ushort Drop(Ip4Drop reason)
    {
        drops.Add((int)reason, 1);
        return GraphEdge.Drop;
    }
}
