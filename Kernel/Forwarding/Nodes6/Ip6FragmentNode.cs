using RouterOS.Forwarding.Nodes;
using RouterOS.Forwarding.Tables;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Nodes6;

/// <summary>Cuts the router's own packets into fragments (RFC 8200 section 4.5).</summary>
/// <remarks>Own packets that no tunnel has made are cut to what every path carries, so that none needs to be probed.</remarks>
internal sealed unsafe class Ip6FragmentNode(ForwardingTables tables, WorkerServices worker, DropCounters drops, LinkEdges links)
    : FragmentNode(
        KernelNodes.Ip6Fragment,
        links.Nodes6,
        tables,
        worker,
        drops,
        new FragmentFaults((int)Ip6Drop.EgressDown, (int)Ip6Drop.BadSegments, (int)Ip6Drop.NoBuffer))
{
    private const byte FragmentHeader = 44;

    private uint _identification;

    /// <summary>Largest packet of the router's own that leaves whole.</summary>
    public static int LimitOf(ForwardingInterface egress, PacketFlags flags) =>
        (flags & PacketFlags.TunnelOuter) != 0 ? egress.Mtu : Math.Min(egress.Mtu, Ipv6Header.MinimumMtu);

    // What is forwarded was small enough for the link when it was routed.
    protected override bool IsTooLarge(in PacketBuffer piece, ForwardingInterface egress) => false;

    // The router's own packets have no extension headers that must stay in front of the fragment header.
    protected override int? Cut(ref PacketBuffer packet, ForwardingInterface egress)
    {
        byte* ip = packet.Start;
        int room = (LimitOf(egress, packet.Flags) - Ip6.Header - Ipv6Extensions.FragmentHeaderLength) & ~7;
        int payload = packet.Length - Ip6.Header;
        if (room < 8 || Worker.Pools.SmallFree < (payload + room - 1) / room)
        {
            return (int)Ip6Drop.NoBuffer;
        }

        uint identification = ++_identification;
        for (int done = 0; done < payload; done += room)
        {
            int take = Math.Min(room, payload - done);
            int header = Ip6.Header + Ipv6Extensions.FragmentHeaderLength;
            nint handle = Worker.Pools.Rent(header + take);
            if (handle == 0)
            {
                return (int)Ip6Drop.NoBuffer;
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
            Send(handle, egress, own: true);
        }

        return null;
    }
}
