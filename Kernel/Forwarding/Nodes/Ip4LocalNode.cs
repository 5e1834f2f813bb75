using RouterOS.Packets;

namespace RouterOS.Forwarding.Nodes;

/// <summary>Counts packets to the router itself and sends fragments to be put together.</summary>
/// <remarks>In: packets to an own address or group. Out: whole packets on the arc local-in.</remarks>
internal sealed unsafe class Ip4LocalNode(ForwardingTables tables)
    : GraphNode(KernelNodes.Ip4Local, Arcs.LocalIn, KernelNodes.Ip4Reassemble)
{
    private const ushort LocalInEdge = 0;
    private const ushort ReassembleEdge = 1;

    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        for (int i = 0; i < packets.Length; i++)
        {
            ref PacketBuffer packet = ref At(packets[i]);
            if (tables.InterfaceAt(packet.IngressInterface) is { } ingress)
            {
                ingress.LocalInputPackets += packet.SegmentCount;
                ingress.LocalInputBytes += (uint)packet.Length;
            }

            edges[i] = Ip4.IsFragment(packet.Start) ? ReassembleEdge : LocalInEdge;
        }
    }
}
