using RouterOS.Forwarding.Nodes;
using RouterOS.Forwarding.Tables;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Nodes6;

/// <summary>Last step of IPv6 before the link: protections, MTU, hop limit, output counters, and the link type's node.</summary>
/// <remarks>In: packets with <c>EgressInterface</c> and <c>NextHop</c>. Out: the same, no larger than the interface's MTU, and no super-packets.</remarks>
internal sealed unsafe class Ip6RewriteNode(ForwardingTables tables, DropCounters drops, LinkEdges links)
    : GraphNode(KernelNodes.Ip6Rewrite, links.Nodes6)
{
    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        for (int i = 0; i < packets.Length; i++)
        {
            ref PacketBuffer packet = ref At(packets[i]);
            if (tables.InterfaceAt(packet.EgressInterface) is not { IsUp: true } egress)
            {
                edges[i] = Drop(Ip6Drop.EgressDown);
                continue;
            }

            bool own = (packet.Flags & PacketFlags.LocallyOriginated) != 0;
            edges[i] = (packet.RequiredProtection | packet.AvoidProtection) != 0 && Bound(ref packet, egress, own) is { } edge
                ? edge
                : Send(ref packet, egress, own);
        }
    }

    private ushort Send(ref PacketBuffer packet, ForwardingInterface egress, bool own)
    {
        bool large = packet.LargestPacket > egress.Mtu6;
        if (large && !MayCut(packet, own))
        {
            drops.Add((int)Ip6Drop.TooBig, packet.SegmentCount);
            packet.IcmpReply = IcmpReplies.FragmentationNeeded;
            packet.IcmpMtu = (ushort)egress.Mtu6;
            return GraphEdge.IcmpError;
        }

        ushort edge = egress.OutputEdge;
        if (edge == GraphEdge.Drop || !egress.Takes6)
        {
            return Drop(Ip6Drop.NoLink);
        }

        if (!own)
        {
            packet.Start[7]--;
        }

        if (IsCut(packet, egress, own))
        {
            return LinkEdges.Fragment;
        }

        egress.CountOutput(packet, own);
        return edge;
    }

    // Who sends fragments is answered about each of them, where one alone is too large for a tunnel.
    private static bool MayCut(in PacketBuffer packet, bool own) => own || (packet.Flags & PacketFlags.Reassembled) != 0;

    private static bool IsCut(in PacketBuffer packet, ForwardingInterface egress, bool own) =>
        packet.IsSuper || (MayCut(packet, own) && packet.Length > Ip6FragmentNode.LimitOf(egress, packet));

    // The edge of a packet that may not, or does not, leave by the link of its interface.
    private ushort? Bound(ref PacketBuffer packet, ForwardingInterface egress, bool own)
    {
        uint carrier = tables.ProtectionOf(packet.EgressInterface);
        if (own && packet.AvoidProtection != 0 && carrier == packet.AvoidProtection)
        {
            return Drop(Ip6Drop.TunnelLoop);
        }

        if (packet.RequiredProtection == 0 || carrier == packet.RequiredProtection)
        {
            return null;
        }

        if (tables.ProtectorEdge == GraphEdge.Drop || !tables.ProtectorTakes6)
        {
            return Drop(Ip6Drop.ProtectionMissing);
        }

        if (!own)
        {
            packet.Start[7]--;
        }

        // From there pieces go to the protector, too. The router's own packets it takes whole: transport mode protects no pieces.
        return (packet.IsSuper || !own) && IsCut(packet, egress, own) ? LinkEdges.Fragment : tables.ProtectorEdge;
    }

    private ushort Drop(Ip6Drop reason)
    {
        drops.Add((int)reason, 1);
        return GraphEdge.Drop;
    }
}
