using RouterOS.Forwarding.Nodes;
using RouterOS.Forwarding.Tables;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Nodes6;

/// <summary>Cuts super-packets into packets, and the router's own packets into fragments (RFC 8200 section 4.5).</summary>
/// <remarks>
/// In: from ip6-rewrite, super-packets and own packets that are too large. Out: packets and fragments, straight to the interface's link.
/// Own packets that no tunnel has made are cut to what every path carries, so that none needs to be probed.
/// </remarks>
internal sealed unsafe class Ip6FragmentNode(ForwardingTables tables, WorkerServices worker, DropCounters drops, LinkEdges links)
    : GraphNode(KernelNodes.Ip6Fragment, links.Nodes6)
{
    private const byte FragmentHeader = 44;

    private readonly int[] _links = new int[links.Nodes6.Length];
    private bool _resolved;
    private uint _identification;

    /// <summary>Largest packet of the router's own that leaves whole.</summary>
    public static int LimitOf(ForwardingInterface egress, PacketFlags flags) =>
        (flags & PacketFlags.TunnelOuter) != 0 ? egress.Mtu : Math.Min(egress.Mtu, Ipv6Header.MinimumMtu);

    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        Resolve();
        for (int i = 0; i < packets.Length; i++)
        {
            ref PacketBuffer packet = ref At(packets[i]);
            if (tables.InterfaceAt(packet.EgressInterface) is not { IsUp: true } egress || egress.OutputEdge >= _links.Length)
            {
                drops.Add((int)Ip6Drop.EgressDown, 1);
                edges[i] = GraphEdge.Drop;
            }
            else if ((packet.IsSuper ? CutSuper(ref packet, egress) : Cut(ref packet, egress)) is { } reason)
            {
                drops.Add((int)reason, 1);
                edges[i] = GraphEdge.Drop;
            }
            else
            {
                edges[i] = GraphEdge.Consumed;
                worker.Free(packets[i]);
            }
        }
    }

    private Ip6Drop? CutSuper(ref PacketBuffer packet, ForwardingInterface egress)
    {
        if (!SuperPacket.TryParse(packet.Data, packet.SegmentBytes, out SuperPacket super))
        {
            return Ip6Drop.BadSegments;
        }

        bool own = (packet.Flags & PacketFlags.LocallyOriginated) != 0;
        for (int i = 0; i < super.Count; i++)
        {
            nint handle = super.Cut(ref packet, i, worker.Pools);
            if (handle == 0)
            {
                return Ip6Drop.NoBuffer;
            }

            Ip4RewriteNode.CountOutput(egress, At(handle), own);
            worker.Enqueue(_links[egress.OutputEdge], handle);
        }

        return null;
    }

    // The router's own packets have no extension headers that must stay in front of the fragment header.
    private Ip6Drop? Cut(ref PacketBuffer packet, ForwardingInterface egress)
    {
        byte* ip = packet.Start;
        int room = (LimitOf(egress, packet.Flags) - Ip6.Header - Ipv6Extensions.FragmentHeaderLength) & ~7;
        int payload = packet.Length - Ip6.Header;
        if (room < 8 || worker.Pools.SmallFree < (payload + room - 1) / room)
        {
            return Ip6Drop.NoBuffer;
        }

        uint identification = ++_identification;
        for (int done = 0; done < payload; done += room)
        {
            int take = Math.Min(room, payload - done);
            int header = Ip6.Header + Ipv6Extensions.FragmentHeaderLength;
            nint handle = worker.Pools.Rent(header + take);
            if (handle == 0)
            {
                return Ip6Drop.NoBuffer;
            }

            ref PacketBuffer piece = ref At(handle);
            piece.Length = header + take;
            packet.CopyMetadataTo(ref piece);
            byte* to = piece.Start;
            // Safe: Rent gave room for both headers and the piece; both sources lie within the packet.
            Buffer.MemoryCopy(ip, to, Ip6.Header, Ip6.Header);
            Buffer.MemoryCopy(ip + Ip6.Header + done, to + header, take, take);
            Ip4.Write16(to + 4, (ushort)(Ipv6Extensions.FragmentHeaderLength + take));
            to[Ip6.Header] = ip[6];
            to[Ip6.Header + 1] = 0;
            Ip4.Write16(to + Ip6.Header + 2, (ushort)(done | (done + take < payload ? 1 : 0)));
            Ip4.Write16(to + Ip6.Header + 4, (ushort)(identification >> 16));
            Ip4.Write16(to + Ip6.Header + 6, (ushort)identification);
            to[6] = FragmentHeader;
            Ip4RewriteNode.CountOutput(egress, piece, own: true);
            worker.Enqueue(_links[egress.OutputEdge], handle);
        }

        return null;
    }

    private void Resolve()
    {
        if (!_resolved)
        {
            for (int i = 0; i < _links.Length; i++)
            {
                _links[i] = worker.NodeIndex(Edges[i]);
            }

            _resolved = true;
        }
    }
}
