using RouterOS.Forwarding.Tables;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Nodes;

/// <summary>Cuts super-packets into packets, and packets into fragments of the egress MTU (RFC 791 section 3.2).</summary>
/// <remarks>
/// In: packets from ip4-rewrite that are too large and may be cut, super-packets that the link does not take. Out: packets and
/// fragments, straight to the interface's link.
/// </remarks>
internal sealed unsafe class Ip4FragmentNode(ForwardingTables tables, WorkerServices worker, DropCounters drops, LinkEdges links)
    : GraphNode(KernelNodes.Ip4Fragment, links.Nodes)
{
    private const byte CopiedBit = 0x80;
    private const byte EndOfOptions = 0;
    private const byte NoOperation = 1;

    private readonly int[] _links = new int[links.Nodes.Length];
    private bool _resolved;

    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        Resolve();
        for (int i = 0; i < packets.Length; i++)
        {
            ref PacketBuffer packet = ref At(packets[i]);
            // The original is freed by its edge; a packet that could not be cut is counted against the interface there.
            if (tables.InterfaceAt(packet.EgressInterface) is not { IsUp: true } egress || egress.OutputEdge >= _links.Length)
            {
                drops.Add((int)Ip4Drop.EgressDown, 1);
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

    private Ip4Drop? CutSuper(ref PacketBuffer packet, ForwardingInterface egress)
    {
        if (!SuperPacket.TryParse(packet.Data, packet.SegmentBytes, out SuperPacket super))
        {
            return Ip4Drop.BadSegments;
        }

        bool own = (packet.Flags & PacketFlags.LocallyOriginated) != 0;
        for (int i = 0; i < super.Count; i++)
        {
            nint handle = super.Cut(ref packet, i, worker.Pools);
            if (handle == 0)
            {
                return Ip4Drop.NoBuffer;
            }

            ref PacketBuffer piece = ref At(handle);
            if (piece.Length <= egress.Mtu)
            {
                Ip4RewriteNode.CountOutput(egress, piece, own);
                worker.Enqueue(_links[egress.OutputEdge], handle);
                continue;
            }

            Ip4Drop? fault = Cut(ref piece, egress);
            worker.Free(handle);
            if (fault is not null)
            {
                return fault;
            }
        }

        return null;
    }

    private Ip4Drop? Cut(ref PacketBuffer packet, ForwardingInterface egress)
    {
        byte* ip = packet.Start;
        int headerLength = Ip4.HeaderLength(ip);
        byte* laterHeader = stackalloc byte[Ipv4Header.MaximumLength];
        int laterLength = LaterHeader(ip, headerLength, laterHeader);
        int room = (egress.Mtu - headerLength) & ~7;
        int laterRoom = (egress.Mtu - laterLength) & ~7;
        int payload = packet.Length - headerLength;
        if (room < 8)
        {
            return Ip4Drop.NoRoom;
        }

        int pieces = 1 + ((payload - room + laterRoom - 1) / laterRoom);
        if (worker.Pools.SmallFree < pieces)
        {
            return Ip4Drop.NoBuffer;
        }

        ushort flags = Ip4.Flags(ip);
        bool own = (packet.Flags & PacketFlags.LocallyOriginated) != 0;
        int done = 0;
        while (done < payload)
        {
            bool first = done == 0;
            int header = first ? headerLength : laterLength;
            int take = Math.Min(first ? room : laterRoom, payload - done);
            nint handle = worker.Pools.Rent(header + take);
            if (handle == 0)
            {
                return Ip4Drop.NoBuffer;
            }

            ref PacketBuffer piece = ref At(handle);
            piece.Length = header + take;
            packet.CopyMetadataTo(ref piece);
            byte* to = piece.Start;
            // Safe: Rent gave room for header and piece; both sources lie within the packet or the local header.
            Buffer.MemoryCopy(first ? ip : laterHeader, to, header, header);
            Buffer.MemoryCopy(ip + headerLength + done, to + header, take, take);
            bool more = done + take < payload || (flags & Ipv4Header.MoreFragmentsBit) != 0;
            int offset = (flags & Ipv4Header.FragmentOffsetMask) + (done / 8);
            Ip4.Finish(to, header, header + take, (ushort)((more ? Ipv4Header.MoreFragmentsBit : 0) | offset));
            Ip4RewriteNode.CountOutput(egress, piece, own);
            worker.Enqueue(_links[egress.OutputEdge], handle);
            done += take;
        }

        return null;
    }

    // The header of all fragments but the first: of the options only those that RFC 791 says are copied.
    private static int LaterHeader(byte* ip, int headerLength, byte* later)
    {
        Buffer.MemoryCopy(ip, later, Ipv4Header.MaximumLength, Ip4.MinimumHeader);
        int length = Ip4.MinimumHeader;
        int at = Ip4.MinimumHeader;
        while (at < headerLength && ip[at] != EndOfOptions)
        {
            int option = ip[at] == NoOperation ? 1 : at + 1 < headerLength ? ip[at + 1] : 0;
            if (option < 1 || (ip[at] != NoOperation && option < 2) || at + option > headerLength)
            {
                break;
            }

            if (ip[at] != NoOperation && (ip[at] & CopiedBit) != 0)
            {
                Buffer.MemoryCopy(ip + at, later + length, Ipv4Header.MaximumLength - length, option);
                length += option;
            }

            at += option;
        }

        while (length % 4 != 0)
        {
            later[length++] = EndOfOptions;
        }

        later[0] = (byte)(0x40 | (length / 4));
        return length;
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
