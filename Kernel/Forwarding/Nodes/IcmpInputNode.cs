using RouterOS.Packets;

namespace RouterOS.Forwarding.Nodes;

/// <summary>Answers echo requests; shows ICMP errors to the node of the protocol that they quote; punts replies and other errors.</summary>
/// <remarks>In: whole ICMP packets to the router. Out: echo replies as packets of the router's own.</remarks>
internal sealed unsafe class IcmpInputNode : GraphNode
{
    private const ushort LocalOutEdge = 0;
    private const ushort PuntEdge = 1;
    private const ushort FirstListener = 2;
    private const byte EchoTtl = 64;

    // From echo request to echo reply: type 8 becomes 0.
    private const ushort RequestWord = 0x0800;

    private readonly DropCounters _drops;
    private readonly ushort[] _listeners = new ushort[256];
    private ushort _identification;

    private IcmpInputNode(DropCounters drops, string[] edges)
        : base(KernelNodes.IcmpInput, edges) => _drops = drops;

    /// <summary>Makes the node with the listeners for errors by quoted protocol.</summary>
    public static IcmpInputNode Make(DropCounters drops, IReadOnlyDictionary<byte, string> listeners)
    {
        var made = new IcmpInputNode(drops, [KernelNodes.Ip4LocalOut, KernelNodes.IcmpPunt, .. listeners.Values]);
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
        int headerLength = Ip4.HeaderLength(packet.Start);
        if (!IcmpHeader.TryParse(packet.Data[headerLength..], out IcmpHeader icmp, out _))
        {
            return Drop(LocalDrop.BadIcmp);
        }

        switch (icmp.Type)
        {
            case IcmpType.EchoRequest:
                return (packet.Flags & PacketFlags.LinkBroadcast) != 0
                    ? Drop(LocalDrop.BroadcastEcho)
                    : Answer(ref packet, headerLength);
            case IcmpType.EchoReply:
                return PuntEdge;
            case IcmpType.DestinationUnreachable:
            case IcmpType.TimeExceeded:
            case IcmpType.ParameterProblem:
                ReadOnlySpan<byte> quoted = icmp.Payload;
                if (quoted.Length < Ip4.MinimumHeader || quoted[0] >> 4 != 4)
                {
                    return Drop(LocalDrop.BadIcmp);
                }

                ushort listener = _listeners[quoted[9]];
                return listener != 0 ? listener : PuntEdge;
            case IcmpType.SourceQuench:
            case IcmpType.Redirect:
            default:
                return Drop(LocalDrop.UnusedIcmp);
        }
    }

    private ushort Answer(ref PacketBuffer packet, int headerLength)
    {
        // Safe: the message has at least 8 bytes, and the IPv4 header that is pulled is no shorter than the one that is pushed.
        byte* ip = packet.Start;
        uint source = Ip4.Source(ip);
        uint destination = Ip4.Destination(ip);
        byte tos = ip[1];
        uint protection = packet.Protection;
        packet.Pull(headerLength);
        byte* icmp = packet.Start;
        icmp[0] = (byte)IcmpType.EchoReply;
        Ip4.Write16(icmp + 2, InternetChecksum.Update(
            Ip4.Read16(icmp + 2), (ushort)(RequestWord | icmp[1]), icmp[1]));
        packet.MakeLocal();
        // What came protected is never answered in the clear.
        packet.RequiredProtection = protection;
        packet.Push(Ip4.MinimumHeader);
        Ipv4Header.Write(
            packet.Data, packet.Length, IpProtocol.Icmp, destination, source, EchoTtl, ++_identification, dontFragment: false, tos);
        return LocalOutEdge;
    }

    private ushort Drop(LocalDrop reason)
    {
        _drops.Add((int)reason, 1);
        return GraphEdge.Drop;
    }
}
