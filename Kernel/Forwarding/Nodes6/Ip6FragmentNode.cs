using RouterOS.Forwarding.Nodes;
using RouterOS.Forwarding.Tables;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Nodes6;

/// <summary>Cuts the router's own packets into fragments (RFC 8200 section 4.5), and what has been put together from fragments.</summary>
/// <remarks>Own packets that no tunnel has made are cut to what every path carries, so that none needs to be probed.</remarks>
internal sealed class Ip6FragmentNode(ForwardingTables tables, WorkerServices worker, DropCounters drops, LinkEdges links)
    : FragmentNode(
        KernelNodes.Ip6Fragment,
        links.Nodes6,
        tables,
        worker,
        drops,
        new FragmentFaults((int)Ip6Drop.EgressDown, (int)Ip6Drop.BadSegments, (int)Ip6Drop.NoBuffer))
{
    // Workers number their packets apart.
    private uint _identification = (uint)worker.Number << 28;

    /// <summary>Largest packet that leaves whole: of the router's own, and of what came in fragments, none of which grows.</summary>
    public static int LimitOf(ForwardingInterface egress, in PacketBuffer packet) =>
        (packet.Flags & PacketFlags.LocallyOriginated) == 0 ? Math.Min(egress.Mtu6, (packet.Flags & PacketFlags.Reassembled) != 0 ? packet.IcmpMtu : egress.Mtu6)
        : (packet.Flags & PacketFlags.TunnelOuter) != 0 ? egress.Mtu6
        : Math.Min(egress.Mtu6, Ipv6Header.MinimumMtu);

    // What is forwarded was small enough for the link when it was routed.
    protected override bool IsTooLarge(in PacketBuffer piece, ForwardingInterface egress) => false;

    protected override int? Cut(ref PacketBuffer packet, ForwardingInterface egress)
    {
        Span<nint> fragments = stackalloc nint[Ipv6Fragmenter.MostFragments];
        int count = Ipv6Fragmenter.Cut(ref packet, LimitOf(egress, packet), ++_identification, Worker.Pools, fragments);
        bool own = (packet.Flags & PacketFlags.LocallyOriginated) != 0;
        foreach (nint fragment in fragments[..count])
        {
            Send(fragment, egress, own);
        }

        return count == 0 ? (int)Ip6Drop.NoBuffer : null;
    }
}
