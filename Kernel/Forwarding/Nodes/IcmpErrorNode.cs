using RouterOS.Forwarding.Nodes6;
using RouterOS.Forwarding.Tables;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Nodes;

/// <summary>Tells senders why their packets were dropped (RFC 792, RFC 1812 section 4.3.2), at a bounded rate.</summary>
/// <remarks>In: packets with <c>IcmpReply</c>, IP header in front. Out: they are dropped; the error is a packet of the router's own.</remarks>
internal sealed unsafe class IcmpErrorNode(ForwardingTables tables, WorkerServices worker, DropCounters drops)
    : GraphNode(KernelNodes.IcmpError)
{
    // RFC 1812 section 4.3.2.3: as much of the packet as fits into 576 bytes.
    private const int LargestError = 576;
    private const int QuotedBytes = LargestError - Ipv4Header.MinimumLength - IcmpHeader.Length;
    private const byte ErrorTtl = 64;

    // RFC 1812 section 4.3.2.5: precedence 6, internetwork control.
    private const byte ErrorTos = 0xc0;

    private readonly IcmpErrorBudget _budget = new(worker);
    private readonly Icmp6Errors _version6 = new(tables, worker);
    private int _localOut = -1;
    private ushort _identification;

    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        if (_localOut < 0)
        {
            _localOut = worker.NodeIndex(KernelNodes.Ip4LocalOut);
        }

        for (int i = 0; i < packets.Length; i++)
        {
            ref PacketBuffer packet = ref At(packets[i]);
            if (packet.Length > 0 && *packet.Start >> 4 == 6)
            {
                if (_version6.Answer(ref packet) is { } silence)
                {
                    drops.Add((int)silence, 1);
                }
            }
            else if ((Silence(ref packet) ?? Answer(ref packet)) is { } reason)
            {
                drops.Add((int)reason, 1);
            }

            edges[i] = GraphEdge.Drop;
        }
    }

    // RFC 1812 section 4.3.2.7: what is never answered with an error.
    private IcmpDrop? Silence(ref PacketBuffer packet)
    {
        if ((packet.Flags & PacketFlags.LocallyOriginated) != 0 || packet.IngressInterface == 0)
        {
            return IcmpDrop.AboutOwn;
        }

        byte* ip = packet.Start;
        if (packet.IcmpReply == 0 || packet.Length < Ip4.MinimumHeader || ip[0] >> 4 != 4)
        {
            return IcmpDrop.NoReason;
        }

        uint source = Ip4.Source(ip);
        uint destination = Ip4.Destination(ip);
        if ((packet.Flags & PacketFlags.LinkBroadcast) != 0
            || Ipv4Address.IsMulticast(destination) || destination == Ipv4Address.Broadcast
            || Ipv4Address.IsMartianSource(source)
            || tables.FibLookup(packet.Instance, source).Kind is RouteKind.Broadcast or RouteKind.Local)
        {
            return IcmpDrop.AboutGroup;
        }

        if (Ip4.FragmentOffset(ip) != 0)
        {
            return IcmpDrop.AboutFragment;
        }

        int headerLength = Ip4.HeaderLength(ip);
        return ip[9] == (byte)IpProtocol.Icmp && (packet.Length <= headerLength || IcmpHeader.IsErrorType(ip[headerLength]))
            ? IcmpDrop.AboutError
            : null;
    }

    private IcmpDrop? Answer(ref PacketBuffer packet)
    {
        byte* ip = packet.Start;
        uint to = Ip4.Source(ip);
        uint from = OwnAddress(packet, ip, to);
        if (from == 0)
        {
            return IcmpDrop.NoSource;
        }

        if (!_budget.Take(to))
        {
            return IcmpDrop.RateLimited;
        }

        ReadOnlySpan<byte> quoted = IcmpErrorBudget.Quote(ref packet, QuotedBytes);
        int total = Ip4.MinimumHeader + IcmpHeader.Length + quoted.Length;
        nint handle = worker.Pools.Rent(total);
        if (handle == 0)
        {
            return IcmpDrop.NoBuffer;
        }

        ref PacketBuffer error = ref At(handle);
        error.Length = total;
        error.Instance = packet.Instance;
        error.Flags = PacketFlags.LocallyOriginated;
        // It quotes what came protected.
        error.RequiredProtection = packet.Protection;
        Span<byte> bytes = error.Data;
        Ipv4Header.Write(bytes, total, IpProtocol.Icmp, from, to, ErrorTtl, ++_identification, dontFragment: false, ErrorTos);
        Span<byte> message = bytes[Ip4.MinimumHeader..];
        quoted.CopyTo(message[IcmpHeader.Length..]);
        uint rest = packet.IcmpReply == IcmpReplies.FragmentationNeeded ? packet.IcmpMtu : 0u;
        IcmpHeader.Write(message, (IcmpType)(packet.IcmpReply >> 8), (byte)packet.IcmpReply, rest);
        worker.Enqueue(_localOut, handle);
        return null;
    }

    // The address that the packet was sent to, where that is ours; else the ingress interface's, so that a traceroute shows the way in.
    private uint OwnAddress(in PacketBuffer packet, byte* ip, uint to)
    {
        uint destination = Ip4.Destination(ip);
        if (tables.FibLookup(packet.Instance, destination).Kind == RouteKind.Local)
        {
            return destination;
        }

        uint ingress = tables.InterfaceAt(packet.IngressInterface)?.SourceFor(to) ?? 0;
        return ingress != 0 ? ingress : tables.SourceFor(packet.Instance, to);
    }
}
