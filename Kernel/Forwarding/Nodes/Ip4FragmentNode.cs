using RouterOS.Forwarding.Tables;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Nodes;

/// <summary>Cuts packets into fragments of the egress MTU (RFC 791 section 3.2).</summary>
internal sealed unsafe class Ip4FragmentNode(ForwardingTables tables, WorkerServices worker, DropCounters drops, LinkEdges links)
    : FragmentNode(
        KernelNodes.Ip4Fragment,
        links.Nodes,
        tables,
        worker,
        drops,
        new FragmentFaults((int)Ip4Drop.EgressDown, (int)Ip4Drop.BadSegments, (int)Ip4Drop.NoBuffer))
{
    private const byte CopiedBit = 0x80;
    private const byte EndOfOptions = 0;
    private const byte NoOperation = 1;

    protected override bool IsTooLarge(in PacketBuffer piece, ForwardingInterface egress) => piece.Length > egress.Mtu;

    protected override int? Cut(ref PacketBuffer packet, ForwardingInterface egress)
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
            return (int)Ip4Drop.NoRoom;
        }

        int pieces = 1 + ((payload - room + laterRoom - 1) / laterRoom);
        if (Worker.Pools.SmallFree < pieces)
        {
            return (int)Ip4Drop.NoBuffer;
        }

        ushort flags = Ip4.Flags(ip);
        bool own = (packet.Flags & PacketFlags.LocallyOriginated) != 0;
        int done = 0;
        while (done < payload)
        {
            bool first = done == 0;
            int header = first ? headerLength : laterLength;
            int take = Math.Min(first ? room : laterRoom, payload - done);
            nint handle = Worker.Pools.Rent(header + take);
            if (handle == 0)
            {
                return (int)Ip4Drop.NoBuffer;
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
            Send(handle, egress, own);
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
}
