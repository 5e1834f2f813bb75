using RouterOS.Forwarding.Nodes;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Nodes6;

/// <summary>Gives IPv6 packets to the router itself to the node or punt channel of their protocol or UDP port.</summary>
/// <remarks>In: whole packets with a right IPv6 header. Out: the registered nodes and punt channels; what nobody claims is answered and counted.</remarks>
internal sealed unsafe class Ip6DeliverNode : GraphNode
{
    private const ushort Unclaimed = 0;
    private const ushort FirstNode = 1;
    private const ushort FirstChannel = 0x8000;
    private const byte NothingFollows = 59;

    private readonly WorkerServices _worker;
    private readonly DropCounters _drops;
    private readonly string[] _channels;

    // What happens to a protocol or port: 0 nobody claims it, else 1 + edge, else 0x8000 + channel.
    private readonly ushort[] _protocols = new ushort[256];
    private readonly ushort[] _ports = new ushort[65536];

    private Ip6DeliverNode(WorkerServices worker, DropCounters drops, string[] nodes, string[] channels)
        : base(KernelNodes.Ip6Deliver, nodes)
    {
        _worker = worker;
        _drops = drops;
        _channels = channels;
    }

    /// <summary>Makes the node from what was registered: nodes by protocol and by UDP port; a port without a node is punted.</summary>
    public static Ip6DeliverNode Make(
        WorkerServices worker, DropCounters drops, IReadOnlyDictionary<byte, string> protocols, IReadOnlyDictionary<ushort, string?> ports)
    {
        string[] nodes = [.. protocols.Values.Concat(ports.Values.OfType<string>()).Distinct(StringComparer.Ordinal)];
        ushort[] punted = [.. ports.Where(p => p.Value is null).Select(p => p.Key)];
        var made = new Ip6DeliverNode(worker, drops, nodes, [.. punted.Select(port => $"udp:{port}")]);
        foreach ((byte protocol, string node) in protocols)
        {
            made._protocols[protocol] = (ushort)(FirstNode + Array.IndexOf(nodes, node));
        }

        ushort channel = FirstChannel;
        foreach (ushort port in punted)
        {
            made._ports[port] = channel++;
        }

        foreach ((ushort port, string? node) in ports)
        {
            made._ports[port] = node is null ? made._ports[port] : (ushort)(FirstNode + Array.IndexOf(nodes, node));
        }

        return made;
    }

    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        for (int i = 0; i < packets.Length; i++)
        {
            edges[i] = Deliver(packets[i]);
        }
    }

    private ushort Deliver(nint handle)
    {
        ref PacketBuffer packet = ref At(handle);
        if (!Ipv6Extensions.TryWalk(packet.Data, out Ipv6Extensions walked))
        {
            return Drop(LocalDrop.BadExtensions);
        }

        ushort claim = _protocols[walked.Protocol];
        bool udp = claim == Unclaimed && walked.Protocol == (byte)IpProtocol.Udp;
        if (udp)
        {
            if (!UdpHeader.TryParse(packet.Data[walked.Offset..], out UdpHeader header, out _))
            {
                return Drop(LocalDrop.BadUdp);
            }

            claim = _ports[header.DestinationPort];
            // RFC 6936 section 4: none is taken where a tunnel, which checks by itself, has the port.
            if (!(header.Checksum == 0 && claim is >= FirstNode and < FirstChannel) && !header.IsChecksumRight(Ip6.Addresses(packet.Start)))
            {
                return Drop(LocalDrop.BadUdp);
            }
        }

        if (claim >= FirstChannel)
        {
            _worker.Punt(_channels[claim - FirstChannel], handle);
            return GraphEdge.Consumed;
        }

        return claim != Unclaimed ? (ushort)(claim - FirstNode)
            : udp ? Refuse(ref packet, LocalDrop.UnclaimedUdpPort, IcmpReplies.PortUnreachable)
            : walked.Protocol == (byte)IpProtocol.Tcp ? Drop(LocalDrop.Tcp)
            : walked.Protocol == NothingFollows ? Drop(LocalDrop.UnclaimedProtocol)
            : Refuse(ref packet, LocalDrop.UnclaimedProtocol, IcmpReplies.ProtocolUnreachable);
    }

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
