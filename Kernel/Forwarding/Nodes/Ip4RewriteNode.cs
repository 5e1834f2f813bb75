using RouterOS.Forwarding.Tables;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Nodes;

/// <summary>Last step of IPv4 before the link: protections, MTU, TTL, output counters, and the link type's node.</summary>
/// <remarks>In: packets with <c>EgressInterface</c> and <c>NextHop</c>. Out: the same, no larger than the interface's MTU; super-packets only where the link takes them.</remarks>
internal sealed unsafe class Ip4RewriteNode(ForwardingTables tables, DropCounters drops, LinkEdges links)
    : GraphNode(KernelNodes.Ip4Rewrite, links.Nodes)
{
    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        for (int i = 0; i < packets.Length; i++)
        {
            ref PacketBuffer packet = ref At(packets[i]);
            if (tables.InterfaceAt(packet.EgressInterface) is not { IsUp: true } egress)
            {
                edges[i] = Drop(Ip4Drop.EgressDown);
                continue;
            }

            bool own = (packet.Flags & PacketFlags.LocallyOriginated) != 0;
            edges[i] = (packet.RequiredProtection | packet.AvoidProtection) != 0 && Bound(ref packet, own) is { } edge
                ? edge
                : Send(ref packet, egress, own);
        }
    }

    private ushort Send(ref PacketBuffer packet, ForwardingInterface egress, bool own)
    {
        byte* ip = packet.Start;
        bool large = packet.LargestPacket > egress.Mtu;
        if (large && (Ip4.Flags(ip) & Ipv4Header.DontFragmentBit) != 0)
        {
            drops.Add((int)Ip4Drop.FragmentationNeeded, 1);
            packet.IcmpReply = IcmpReplies.FragmentationNeeded;
            packet.IcmpMtu = (ushort)egress.Mtu;
            return own ? GraphEdge.Drop : GraphEdge.IcmpError;
        }

        ushort edge = egress.OutputEdge;
        if (edge == GraphEdge.Drop)
        {
            return Drop(Ip4Drop.NoLink);
        }

        if (!own)
        {
            Ip4.LowerTtl(ip);
        }

        if (large || (packet.IsSuper && !egress.TakesSuper(ip[9])))
        {
            return LinkEdges.Fragment;
        }

        egress.CountOutput(packet, own);
        return edge;
    }

    // The edge of a packet that may not, or does not, leave by the link of its interface.
    private ushort? Bound(ref PacketBuffer packet, bool own)
    {
        uint carrier = tables.ProtectionOf(packet.EgressInterface);
        if (own && packet.AvoidProtection != 0 && carrier == packet.AvoidProtection)
        {
            return Drop(Ip4Drop.TunnelLoop);
        }

        if (packet.RequiredProtection == 0 || carrier == packet.RequiredProtection)
        {
            return null;
        }

        if (tables.ProtectorEdge == GraphEdge.Drop)
        {
            return Drop(Ip4Drop.ProtectionMissing);
        }

        if (!own)
        {
            Ip4.LowerTtl(packet.Start);
        }

        return tables.ProtectorEdge;
    }

    private ushort Drop(Ip4Drop reason)
    {
        drops.Add((int)reason, 1);
        return GraphEdge.Drop;
    }
}
