using RouterOS.Packets;

namespace RouterOS.Forwarding.Nodes6;

/// <summary>Counts IPv6 packets to the router itself, sends fragments to be put together, and cuts super-packets.</summary>
/// <remarks>In: packets to an own address or group. Out: whole packets on the arc local-in6, none of them a super-packet.</remarks>
internal sealed class Ip6LocalNode(ForwardingTables tables, WorkerServices worker, DropCounters drops)
    : GraphNode(KernelNodes.Ip6Local, Arcs.LocalIn6, KernelNodes.Ip6Reassemble)
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

            if (packet.IsSuper)
            {
                edges[i] = Cut(packets[i]);
            }
            else if (!Ipv6Extensions.TryWalk(packet.Data, out Ipv6Extensions extensions) || extensions.Routes)
            {
                drops.Add((int)Ip6Drop.BadExtensions, 1);
                edges[i] = GraphEdge.Drop;
            }
            else
            {
                edges[i] = extensions.FragmentAt != 0 ? ReassembleEdge : LocalInEdge;
            }
        }
    }

    private ushort Cut(nint handle)
    {
        ref PacketBuffer packet = ref At(handle);
        if (!SuperPacket.TryParse(packet.Data, packet.SegmentBytes, out SuperPacket super))
        {
            drops.Add((int)Ip6Drop.BadSegments, packet.SegmentCount);
            return GraphEdge.Drop;
        }

        if (_localIn < 0)
        {
            _localIn = worker.NodeIndex(Arcs.LocalIn6);
        }

        for (int i = 0; i < super.Count; i++)
        {
            nint piece = super.Cut(ref packet, i, worker.Pools);
            if (piece == 0)
            {
                drops.Add((int)Ip6Drop.NoBuffer, super.Count - i);
                break;
            }

            worker.Enqueue(_localIn, piece);
        }

        worker.Free(handle);
        return GraphEdge.Consumed;
    }
}
