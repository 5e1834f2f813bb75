using RouterOS.Forwarding.Nodes;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Nodes6;

/// <summary>
/// Answers ICMPv6 echo requests, hands neighbour discovery on, shows errors to the node of the protocol that they quote, and punts the rest.
/// </summary>
/// <remarks>In: whole ICMPv6 packets to the router. Out: echo replies as packets of the router's own.</remarks>
internal sealed unsafe class Icmp6InputNode : GraphNode
{
    private const ushort LocalOutEdge = 0;
    private const ushort PuntEdge = 1;
    private const ushort NeighborEdge = 2;
    private const ushort FirstListener = 3;
    private const byte EchoHops = 64;

    private readonly DropCounters _drops;
    private readonly ushort[] _listeners = new ushort[256];

    private Icmp6InputNode(DropCounters drops, string[] edges)
        : base(KernelNodes.Icmp6Input, edges) => _drops = drops;

    /// <summary>Makes the node with the listeners for errors by quoted protocol.</summary>
    public static Icmp6InputNode Make(DropCounters drops, IReadOnlyDictionary<byte, string> listeners)
    {
        var made = new Icmp6InputNode(
            drops, [KernelNodes.Ip6LocalOut, KernelNodes.Icmp6Punt, KernelNodes.NeighborInput, .. listeners.Values]);
        ushort edge = FirstListener;
        foreach (byte protocol in listeners.Keys)
        {
            made._listeners[protocol] = edge++;
        }

        return made;
    }

    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        for (int i = 0; i < packets.Length; i++)
        {
            edges[i] = Read(ref At(packets[i]));
        }
    }

    private ushort Read(ref PacketBuffer packet)
    {
        byte* ip = packet.Start;
        if (!Ipv6Extensions.TryWalk(packet.Data, out Ipv6Extensions walked)
            || !Icmp6Header.TryParse(packet.Data[walked.Offset..], Ip6.Addresses(ip), out Icmp6Header icmp, out _))
        {
            return Drop(LocalDrop.BadIcmp);
        }

        switch (icmp.Type)
        {
            case Icmp6Type.EchoRequest:
                return (packet.Flags & PacketFlags.LinkBroadcast) != 0
                    ? Drop(LocalDrop.BroadcastEcho)
                    : Answer(ref packet, walked.Offset);
            case Icmp6Type.EchoReply:
                return PuntEdge;
            case Icmp6Type.NeighborSolicitation:
            case Icmp6Type.NeighborAdvertisement:
                // RFC 4861 section 7.1: what a router has passed on is not from this link.
                return ip[7] == byte.MaxValue && icmp.Code == 0 && walked.Offset == Ip6.Header ? NeighborEdge : Drop(LocalDrop.BadIcmp);
            case Icmp6Type.DestinationUnreachable:
            case Icmp6Type.PacketTooBig:
            case Icmp6Type.TimeExceeded:
            case Icmp6Type.ParameterProblem:
                ReadOnlySpan<byte> quoted = icmp.Payload;
                if (quoted.Length < Ip6.Header || quoted[0] >> 4 != 6 || !Ipv6Extensions.TryWalk(quoted, out Ipv6Extensions inner))
                {
                    return Drop(LocalDrop.BadIcmp);
                }

                ushort listener = _listeners[inner.Protocol];
                return listener != 0 ? listener : PuntEdge;
            case Icmp6Type.RouterSolicitation:
            case Icmp6Type.RouterAdvertisement:
            case Icmp6Type.Redirect:
            default:
                return Drop(LocalDrop.UnusedIcmp);
        }
    }

    private static ushort Answer(ref PacketBuffer packet, int offset)
    {
        // Safe: the message has at least 8 bytes; the header that is written is no longer than what was in front of it.
        byte* ip = packet.Start;
        UInt128 source = Ip6.Source(ip);
        UInt128 destination = Ip6.Destination(ip);
        byte trafficClass = (byte)(Ip4.Read16(ip) >> 4);
        uint protection = packet.Protection;
        uint link = Ipv6Address.IsLinkLocal(source) ? packet.IngressInterface : 0;
        packet.Pull(offset);
        int length = packet.Length;
        packet.MakeLocal();
        // What came protected is never answered in the clear.
        packet.RequiredProtection = protection;
        packet.EgressInterface = link;
        packet.Push(Ip6.Header);
        Span<byte> data = packet.Data;
        Ipv6Header.Write(data, length, (byte)IpProtocol.Icmp6, destination, source, EchoHops, trafficClass);
        uint rest = Ip4.Read32(packet.Start + Ip6.Header + 4);
        Icmp6Header.Write(data[Ip6.Header..], Icmp6Type.EchoReply, 0, rest, data[Ipv6Header.SourceOffset..Ip6.Header]);
        return LocalOutEdge;
    }

    private ushort Drop(LocalDrop reason)
    {
        _drops.Add((int)reason, 1);
        return GraphEdge.Drop;
    }
}
