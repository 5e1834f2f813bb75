using RouterOS.Forwarding.Plain;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Nodes;

/// <summary>Checks the IPv4 header of what was received or decrypted, cuts link padding off, and counts the interface's input.</summary>
/// <remarks>In: packets with <c>IngressInterface</c>. Out: packets with a right header and <c>Instance</c>, on the arc pre-route.</remarks>
internal sealed unsafe class Ip4InputNode(ForwardingTables tables, DropCounters drops) : GraphNode(KernelNodes.Ip4Input, Arcs.PreRoute)
{
    private const ushort PreRouteEdge = 0;

    /// <summary>Takes plain packets of tunnels all the way; null when the arcs do not permit it.</summary>
    public PlainPass? Pass { get; set; }

    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        if (Pass is null)
        {
            for (int i = 0; i < packets.Length; i++)
            {
                edges[i] = Judge(ref At(packets[i]));
            }

            return;
        }

        edges.Fill(GraphEdge.Consumed);
        foreach (ushort i in Pass.FromTunnels(packets))
        {
            edges[i] = Judge(ref At(packets[i]));
        }
    }

    private ushort Judge(ref PacketBuffer packet)
    {
        if (Check(ref packet) is not { } reason)
        {
            return PreRouteEdge;
        }

        drops.Add((int)reason, 1);
        return GraphEdge.Drop;
    }

    private Ip4Drop? Check(ref PacketBuffer packet)
    {
        packet.EgressInterface = 0;
        packet.Flags &= ~PacketFlags.FromItself;
        packet.TunnelDepth = 0;
        if (tables.InterfaceAt(packet.IngressInterface) is not { IsUp: true } ingress)
        {
            return Ip4Drop.IngressDown;
        }

        if (packet.Length < Ip4.MinimumHeader)
        {
            return Ip4Drop.Truncated;
        }

        // Safe: at least 20 bytes are there; what lies behind them is read only after the header's length was checked.
        byte* ip = packet.Start;
        int headerLength = Ip4.HeaderLength(ip);
        int totalLength = Ip4.TotalLength(ip);
        if (ip[0] >> 4 != 4 || headerLength < Ip4.MinimumHeader || totalLength < headerLength)
        {
            return Ip4Drop.BadHeader;
        }

        if (totalLength > packet.Length)
        {
            return Ip4Drop.Truncated;
        }

        if (!Ip4.HasRightChecksum(ip, headerLength))
        {
            return Ip4Drop.BadChecksum;
        }

        packet.Length = totalLength;
        packet.Instance = ingress.Instance;
        if (packet.SegmentBytes != 0 && !SuperPacket.TryAccept(ref packet))
        {
            return Ip4Drop.BadSegments;
        }

        ingress.InputPackets += packet.SegmentCount;
        ingress.InputBytes += packet.WireBytes;
        if (Ipv4Address.IsMartianSource(Ip4.Source(ip)))
        {
            return Ip4Drop.MartianSource;
        }

        uint destination = Ip4.Destination(ip);
        return destination >> 24 is 0 or 127 || (destination >= 0xf000_0000 && destination != Ipv4Address.Broadcast)
            ? Ip4Drop.MartianDestination
            : null;
    }
}
