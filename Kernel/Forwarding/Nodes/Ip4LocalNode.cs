using RouterOS.Packets;

namespace RouterOS.Forwarding.Nodes;

/// <summary>Counts packets to the router itself, sends fragments to be put together, and cuts super-packets.</summary>
/// <remarks>In: packets to an own address or group. Out: whole packets on the arc local-in, none of them a super-packet.</remarks>
internal sealed unsafe class Ip4LocalNode(ForwardingTables tables, WorkerServices worker, DropCounters drops)
    : GraphNode(KernelNodes.Ip4Local, Arcs.LocalIn, KernelNodes.Ip4Reassemble)
{
    private const ushort LocalInEdge = 0;
    private const ushort ReassembleEdge = 1;

    private int _localIn = -1;

    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        for (int i = 0; i < packets.Length; i++)
        {
            ref PacketBuffer packet = ref At(packets[i]);
            if (tables.InterfaceAt(packet.IngressInterface) is { } ingress)
            {
                ingress.LocalInputPackets += packet.SegmentCount;
                ingress.LocalInputBytes += packet.WireBytes;
            }

            edges[i] = packet.IsSuper ? Cut(packets[i])
                : Ip4.IsFragment(packet.Start) ? ReassembleEdge
                : LocalInEdge;
        }
    }

    private ushort Cut(nint handle)
    {
        ref PacketBuffer packet = ref At(handle);
        if (!SuperPacket.TryParse(packet.Data, packet.SegmentBytes, out SuperPacket super))
        {
            drops.Add((int)Ip4Drop.BadSegments, packet.SegmentCount);
            return GraphEdge.Drop;
        }

        if (_localIn < 0)
        {
            _localIn = worker.NodeIndex(Arcs.LocalIn);
        }

        for (int i = 0; i < super.Count; i++)
        {
            // Where the offload was made, the checksums were right, or were never made: one made here would only be checked here again.
            nint piece = super.Cut(ref packet, i, worker.Pools, checksum: false);
            if (piece == 0)
            {
                drops.Add((int)Ip4Drop.NoBuffer, super.Count - i);
                break;
            }

            worker.Enqueue(_localIn, piece);
        }

        worker.Free(handle);
        return GraphEdge.Consumed;
    }
}
