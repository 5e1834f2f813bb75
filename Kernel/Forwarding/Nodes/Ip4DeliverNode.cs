using RouterOS.Packets;

namespace RouterOS.Forwarding.Nodes;

/// <summary>Gives packets to the router itself to the node or punt channel of their protocol or UDP port.</summary>
/// <remarks>In: whole packets with a right IPv4 header. Out: the registered nodes; what nobody claims is answered and counted.</remarks>
internal sealed class Ip4DeliverNode : GraphNode
{
    private const ushort Unclaimed = 0;
    private const ushort FirstNode = 1;
    private const ushort FirstChannel = 0x8000;

    private readonly WorkerServices _worker;
    private readonly DropCounters _drops;
    private readonly string[] _channels;

    // What happens to a protocol or port: 0 nobody claims it, else 1 + edge, else 0x8000 + channel.
    private readonly ushort[] _protocols = new ushort[256];
    private readonly ushort[] _ports = new ushort[65536];

    private Ip4DeliverNode(WorkerServices worker, DropCounters drops, string[] nodes, string[] channels)
        : base(KernelNodes.Ip4Deliver, nodes)
    {
        _worker = worker;
        _drops = drops;
        _channels = channels;
    }

    /// <summary>Makes the node from what was registered: nodes by protocol and port, null for a punt channel.</summary>
    public static Ip4DeliverNode Make(
        WorkerServices worker, DropCounters drops, IReadOnlyDictionary<byte, string?> protocols, IReadOnlyDictionary<ushort, string?> ports)
    {
        string[] nodes = [.. protocols.Values.Concat(ports.Values).OfType<string>().Distinct(StringComparer.Ordinal)];
        string[] channels =
        [
            .. protocols.Where(claim => claim.Value is null).Select(claim => $"ip:{claim.Key}"),
            .. ports.Where(claim => claim.Value is null).Select(claim => $"udp:{claim.Key}"),
        ];
        var made = new Ip4DeliverNode(worker, drops, nodes, channels);
        foreach ((byte protocol, string? node) in protocols)
        {
            made._protocols[protocol] = made.Claim(node, $"ip:{protocol}");
        }

        foreach ((ushort port, string? node) in ports)
        {
            made._ports[port] = made.Claim(node, $"udp:{port}");
        }

        return made;
    }

    /// <summary>The node that takes packets of a protocol; null when none does.</summary>
    public string? NodeOf(byte protocol) =>
        _protocols[protocol] is > Unclaimed and < FirstChannel and var claim ? Edges[claim - FirstNode] : null;

    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        for (int i = 0; i < packets.Length; i++)
        {
            edges[i] = Deliver(packets[i]);
        }
    }

    private unsafe ushort Deliver(nint handle)
    {
        ref PacketBuffer packet = ref At(handle);
        byte* ip = packet.Start;
        byte protocol = ip[9];
        ushort claim = _protocols[protocol];
        bool udp = claim == Unclaimed && protocol == (byte)IpProtocol.Udp;
        if (udp)
        {
            int headerLength = Ip4.HeaderLength(ip);
            if (!UdpHeader.TryParse(packet.Data[headerLength..], out UdpHeader header, out _)
                || !header.IsChecksumRight(Ip4.Source(ip), Ip4.Destination(ip)))
            {
                return Drop(LocalDrop.BadUdp);
            }

            claim = _ports[header.DestinationPort];
        }

        if (claim >= FirstChannel)
        {
            _worker.Punt(_channels[claim - FirstChannel], handle);
            return GraphEdge.Consumed;
        }

        return claim != Unclaimed ? (ushort)(claim - FirstNode)
            : udp ? Refuse(ref packet, LocalDrop.UnclaimedUdpPort, IcmpReplies.PortUnreachable)
            : protocol == (byte)IpProtocol.Tcp ? Drop(LocalDrop.Tcp)
            : Refuse(ref packet, LocalDrop.UnclaimedProtocol, IcmpReplies.ProtocolUnreachable);
    }

    private ushort Claim(string? node, string channel) => node is null
        ? (ushort)(FirstChannel + Array.IndexOf(_channels, channel))
        : (ushort)(FirstNode + ((List<string>)[.. Edges]).IndexOf(node));

    private ushort Refuse(ref PacketBuffer packet, LocalDrop reason, ushort reply)
    {
        // icmp-error keeps silent about what was sent to a group.
        packet.IcmpReply = reply;
        _drops.Add((int)reason, 1);
        return GraphEdge.IcmpError;
    }

    private ushort Drop(LocalDrop reason)
    {
        _drops.Add((int)reason, 1);
        return GraphEdge.Drop;
    }
}
