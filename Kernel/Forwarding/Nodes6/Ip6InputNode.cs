using RouterOS.Packets;

namespace RouterOS.Forwarding.Nodes6;

/// <summary>Checks the IPv6 header of what was received or decrypted, cuts link padding off, and counts the interface's input.</summary>
/// <remarks>In: packets with <c>IngressInterface</c>. Out: packets with a right header and <c>Instance</c>, on the arc pre-route6.</remarks>
internal sealed unsafe class Ip6InputNode(ForwardingTables tables, DropCounters drops) : GraphNode(KernelNodes.Ip6Input, Arcs.PreRoute6)
{
    private const ushort PreRouteEdge = 0;

    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        for (int i = 0; i < packets.Length; i++)
        {
            edges[i] = PreRouteEdge;
            if (Check(ref At(packets[i])) is { } reason)
            {
                drops.Add((int)reason, 1);
                edges[i] = GraphEdge.Drop;
            }
        }
    }

    private Ip6Drop? Check(ref PacketBuffer packet)
    {
        packet.EgressInterface = 0;
        packet.Flags &= ~PacketFlags.FromItself;
        packet.TunnelDepth = 0;
        if (tables.InterfaceAt(packet.IngressInterface) is not { IsUp: true, HasIpv6: true } ingress)
        {
            return Ip6Drop.IngressDown;
        }

        if (packet.Length < Ip6.Header)
        {
            return Ip6Drop.Truncated;
        }

        // Safe: at least 40 bytes are there.
        byte* ip = packet.Start;
        int totalLength = Ip6.TotalLength(ip);
        if (ip[0] >> 4 != 6)
        {
            return Ip6Drop.BadHeader;
        }

        if (totalLength > packet.Length)
        {
            return Ip6Drop.Truncated;
        }

        packet.Length = totalLength;
        packet.Instance = ingress.Instance;
        if (packet.SegmentBytes != 0 && !SuperPacket.TryAccept(ref packet))
        {
            return Ip6Drop.BadSegments;
        }

        ingress.InputPackets += packet.SegmentCount;
        ingress.InputBytes += packet.WireBytes;
        UInt128 source = Ip6.Source(ip);
        // The unspecified address asks whether an address is taken (RFC 4862): neighbour discovery alone looks at it.
        if (Ipv6Address.IsMartianSource(source) && !(source == 0 && ip[6] == (byte)IpProtocol.Icmp6 && ip[7] == byte.MaxValue))
        {
            return Ip6Drop.MartianSource;
        }

        return Ip6.Destination(ip) <= Ipv6Address.Loopback ? Ip6Drop.MartianDestination : null;
    }
}
