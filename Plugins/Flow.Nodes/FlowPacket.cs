using System.Buffers.Binary;
using RouterOS.Packets;

namespace RouterOS.Flow.Nodes;

/// <summary>What the flow nodes read of a whole IPv4 packet: its key, and what matters of ICMP and TCP.</summary>
internal readonly ref struct FlowPacket
{
    private const int TcpFlagsOffset = 13;
    private const int TcpMinimumLength = 20;
    private const int IcmpMinimumLength = 8;

    // RFC 792: an error quotes the header and 8 bytes of the packet that caused it.
    private const int QuotedTransport = 8;

    private FlowPacket(FlowKey key, byte tcpFlags, FlowIcmp icmp, byte icmpType, FlowKey quoted)
    {
        Key = key;
        Segment = new FlowSegment(key.Protocol == (byte)IpProtocol.Tcp, tcpFlags);
        Icmp = icmp;
        IcmpType = icmpType;
        Quoted = quoted;
    }

    /// <summary>Key of the packet's own direction.</summary>
    public FlowKey Key { get; }

    /// <summary>What kind of ICMP message it is.</summary>
    public FlowIcmp Icmp { get; }

    /// <summary>Type of an ICMP message.</summary>
    public byte IcmpType { get; }

    /// <summary>Key of the packet that an ICMP error is about; default, which no flow has, when it quotes too little.</summary>
    public FlowKey Quoted { get; }

    /// <summary>What the packet means to its session's life.</summary>
    public FlowSegment Segment { get; }

    /// <summary>Reads a packet whose header ip4-input has checked; false for a fragment, or when its transport header is cut off.</summary>
    public static bool TryParse(ReadOnlySpan<byte> packet, uint instance, out FlowPacket flow)
    {
        flow = default;
        if (packet.Length < Ipv4Header.MinimumLength)
        {
            return false;
        }

        int header = (packet[0] & 0x0f) * 4;
        int total = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        bool fragment = (BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) & (Ipv4Header.MoreFragmentsBit | Ipv4Header.FragmentOffsetMask)) != 0;
        if (header < Ipv4Header.MinimumLength || total > packet.Length || total < header || fragment)
        {
            return false;
        }

        ReadOnlySpan<byte> payload = packet[header..total];
        if (!TryReadKey(packet, payload, instance, out FlowKey key))
        {
            return false;
        }

        switch ((IpProtocol)key.Protocol)
        {
            case IpProtocol.Tcp:
                if (payload.Length < TcpMinimumLength)
                {
                    return false;
                }

                flow = new FlowPacket(key, payload[TcpFlagsOffset], FlowIcmp.None, 0, default);
                return true;
            case IpProtocol.Icmp:
                FlowIcmp icmp = Classify((IcmpType)payload[0]);
                FlowKey quoted = icmp == FlowIcmp.Error ? ReadQuoted(payload[IcmpMinimumLength..], instance) : default;
                flow = new FlowPacket(key, 0, icmp, payload[0], quoted);
                return true;
            default:
                flow = new FlowPacket(key, 0, FlowIcmp.None, 0, default);
                return true;
        }
    }

    private static FlowIcmp Classify(IcmpType type) => (byte)type switch
    {
        // Echo, timestamp, information, address mask (RFC 792, RFC 950): request and reply.
        8 or 13 or 15 or 17 => FlowIcmp.Query,
        0 or 14 or 16 or 18 => FlowIcmp.Reply,
        (byte)Packets.IcmpType.DestinationUnreachable or (byte)Packets.IcmpType.SourceQuench
            or (byte)Packets.IcmpType.TimeExceeded or (byte)Packets.IcmpType.ParameterProblem => FlowIcmp.Error,
        (byte)Packets.IcmpType.Redirect => FlowIcmp.Redirect,
        _ => FlowIcmp.Other,
    };

    private static FlowKey ReadQuoted(ReadOnlySpan<byte> quote, uint instance)
    {
        int header = quote.Length < Ipv4Header.MinimumLength ? 0 : (quote[0] & 0x0f) * 4;
        return header >= Ipv4Header.MinimumLength && quote[0] >> 4 == 4 && header + QuotedTransport <= quote.Length
            && TryReadKey(quote, quote[header..], instance, out FlowKey key)
            ? key
            : default;
    }

    private static bool TryReadKey(ReadOnlySpan<byte> packet, ReadOnlySpan<byte> payload, uint instance, out FlowKey key)
    {
        byte protocol = packet[9];
        ushort from = 0;
        ushort to = 0;
        ushort identifier = 0;
        bool whole = true;
        switch ((IpProtocol)protocol)
        {
            case IpProtocol.Tcp or IpProtocol.Udp when payload.Length >= UdpHeader.Length:
                from = BinaryPrimitives.ReadUInt16BigEndian(payload);
                to = BinaryPrimitives.ReadUInt16BigEndian(payload[2..]);
                break;
            case IpProtocol.Icmp when payload.Length >= IcmpMinimumLength:
                byte type = payload[0];
                FlowIcmp icmp = Classify((IcmpType)type);
                identifier = icmp is FlowIcmp.Query or FlowIcmp.Reply ? BinaryPrimitives.ReadUInt16BigEndian(payload[4..]) : (ushort)0;
                // Echo reply is 0 and its request 8; the other replies are their request's type plus one.
                (from, to) = icmp != FlowIcmp.Reply ? ((ushort)0, type) : ((ushort)(type == 0 ? 8 : type - 1), (ushort)0);
                break;
            case IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Icmp:
                whole = false;
                break;
            default:
                break;
        }

        key = new FlowKey(
            BinaryPrimitives.ReadUInt32BigEndian(packet[12..]),
            BinaryPrimitives.ReadUInt32BigEndian(packet[16..]),
            instance,
            from,
            to,
            FlowKey.KindOf(protocol, identifier));
        return whole;
    }
}
