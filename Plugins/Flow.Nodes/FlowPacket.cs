using System.Buffers.Binary;
using RouterOS.Packets;

namespace RouterOS.Flow.Nodes;

/// <summary>What the flow nodes read of a whole packet: its key, and what matters of ICMP and TCP.</summary>
internal readonly ref struct FlowPacket
{
    private const int TcpFlagsOffset = 13;
    private const int TcpMinimumLength = 20;
    private const int IcmpMinimumLength = 8;

    // RFC 792: an error quotes the header and 8 bytes of the packet that caused it.
    private const int QuotedTransport = 8;

    private readonly UInt128 _quotedSource;
    private readonly UInt128 _quotedDestination;

    private FlowPacket(
        FlowKey key, byte tcpFlags, FlowIcmp icmp, byte icmpType, byte icmpCode, FlowKey quoted, int transport, int end, Addresses6 version6 = default)
    {
        Transport = transport;
        End = end;
        (_quotedSource, _quotedDestination) = (version6.Quoted, version6.QuotedDestination);
        Source6 = version6.Source;
        Destination6 = version6.Destination;
        QuotesReceiver = key.IsVersion6 ? version6.Quoted == version6.Destination : quoted.Source == key.Destination;
        Key = key;
        Segment = new FlowSegment(key.Protocol == (byte)IpProtocol.Tcp, tcpFlags);
        Icmp = icmp;
        IcmpType = icmpType;
        IcmpCode = icmpCode;
        Quoted = quoted;
    }

    /// <summary>Where TCP, UDP or ICMP begins.</summary>
    public int Transport { get; }

    /// <summary>Where the packet ends; what a link has filled up is behind it.</summary>
    public int End { get; }

    /// <summary>Addresses of an IPv6 packet.</summary>
    public UInt128 Source6 { get; }

    public UInt128 Destination6 { get; }

    /// <summary>True when the packet that an ICMP error quotes was sent by whom the error goes to.</summary>
    public bool QuotesReceiver { get; }

    /// <summary>True for neighbour discovery, which is the link's own: it is neither forwarded nor judged.</summary>
    public bool IsNeighborDiscovery => Key is { IsVersion6: true, Protocol: (byte)IpProtocol.Icmp6 } && IcmpType is >= 133 and <= 137;

    /// <summary>True for a packet to a group.</summary>
    public bool IsMulticast => Key.IsVersion6 ? Ipv6Address.IsMulticast(Destination6) : Ipv4Address.IsMulticast(Key.Destination);

    /// <summary>What all workers have in common of the key, to choose one: the addresses of IPv6 are folded.</summary>
    public FlowKey OwnerKey => !Key.IsVersion6 ? Key : Key with { Source = Fold(Source6), Destination = Fold(Destination6) };

    /// <summary>The same of the packet that an ICMP error is about.</summary>
    public FlowKey QuotedOwnerKey => !Quoted.IsVersion6 ? Quoted : Quoted with { Source = Fold(_quotedSource), Destination = Fold(_quotedDestination) };

    /// <summary>Key of the packet's own direction.</summary>
    public FlowKey Key { get; }

    /// <summary>What kind of ICMP message it is.</summary>
    public FlowIcmp Icmp { get; }

    /// <summary>Type of an ICMP message.</summary>
    public byte IcmpType { get; }

    /// <summary>Code of an ICMP message.</summary>
    public byte IcmpCode { get; }

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

                flow = new FlowPacket(key, payload[TcpFlagsOffset], FlowIcmp.None, 0, 0, default, header, total);
                return true;
            case IpProtocol.Icmp:
                FlowIcmp icmp = Classify((IcmpType)payload[0]);
                FlowKey quoted = icmp == FlowIcmp.Error ? ReadQuoted(payload[IcmpMinimumLength..], instance) : default;
                flow = new FlowPacket(key, 0, icmp, payload[0], payload[1], quoted, header, total);
                return true;
            default:
                flow = new FlowPacket(key, 0, FlowIcmp.None, 0, 0, default, header, total);
                return true;
        }
    }

    /// <summary>The same for IPv6; addresses that no session has get number 0.</summary>
    public static bool TryParse6(ReadOnlySpan<byte> packet, uint instance, AddressNumbers numbers, out FlowPacket flow)
    {
        flow = default;
        if (packet.Length < Ipv6Header.Length || !Ipv6Extensions.TryWalk(packet, out Ipv6Extensions walked) || walked.IsFragment)
        {
            return false;
        }

        ReadOnlySpan<byte> payload = packet[walked.Offset..];
        if (!TryReadKey6(packet, payload, walked.Protocol, instance, numbers, out FlowKey key))
        {
            return false;
        }

        Addresses6 addresses = new(Ipv6Address.Read(packet[Ipv6Header.SourceOffset..]), Ipv6Address.Read(packet[Ipv6Header.DestinationOffset..]), 0, 0);
        switch ((IpProtocol)key.Protocol)
        {
            case IpProtocol.Tcp:
                if (payload.Length < TcpMinimumLength)
                {
                    return false;
                }

                flow = new FlowPacket(key, payload[TcpFlagsOffset], FlowIcmp.None, 0, 0, default, walked.Offset, packet.Length, addresses);
                return true;
            case IpProtocol.Icmp6:
                FlowIcmp icmp = Classify6((Icmp6Type)payload[0]);
                FlowKey quoted = default;
                if (icmp == FlowIcmp.Error && ReadQuoted6(payload[IcmpMinimumLength..], instance, numbers, out quoted))
                {
                    addresses = addresses with
                    {
                        Quoted = Ipv6Address.Read(payload[(IcmpMinimumLength + Ipv6Header.SourceOffset)..]),
                        QuotedDestination = Ipv6Address.Read(payload[(IcmpMinimumLength + Ipv6Header.DestinationOffset)..]),
                    };
                }

                flow = new FlowPacket(key, 0, icmp, payload[0], payload[1], quoted, walked.Offset, packet.Length, addresses);
                return true;
            default:
                flow = new FlowPacket(key, 0, FlowIcmp.None, 0, 0, default, walked.Offset, packet.Length, addresses);
                return true;
        }
    }

    private static uint Fold(UInt128 address)
    {
        ulong half = (ulong)(address >> 64) ^ (ulong)address;
        return (uint)(half >> 32) ^ (uint)half;
    }

    private static FlowIcmp Classify6(Icmp6Type type) => type switch
    {
        Icmp6Type.EchoRequest => FlowIcmp.Query,
        Icmp6Type.EchoReply => FlowIcmp.Reply,
        Icmp6Type.DestinationUnreachable or Icmp6Type.PacketTooBig or Icmp6Type.TimeExceeded or Icmp6Type.ParameterProblem => FlowIcmp.Error,
        Icmp6Type.Redirect => FlowIcmp.Redirect,
        _ => FlowIcmp.Other,
    };

    private static bool ReadQuoted6(ReadOnlySpan<byte> quote, uint instance, AddressNumbers numbers, out FlowKey key)
    {
        key = default;
        return quote.Length >= Ipv6Header.Length && quote[0] >> 4 == 6 && Ipv6Extensions.TryWalk(quote, out Ipv6Extensions walked)
            && walked.FragmentOffset == 0 && walked.Offset + QuotedTransport <= quote.Length
            && TryReadKey6(quote, quote[walked.Offset..], walked.Protocol, instance, numbers, out key);
    }

    private static bool TryReadKey6(
        ReadOnlySpan<byte> packet, ReadOnlySpan<byte> payload, byte protocol, uint instance, AddressNumbers numbers, out FlowKey key)
    {
        key = default;
        ushort from = 0;
        ushort to = 0;
        ushort identifier = 0;
        if ((IpProtocol)protocol is IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Icmp6 && payload.Length < UdpHeader.Length)
        {
            return false;
        }

        if ((IpProtocol)protocol is IpProtocol.Tcp or IpProtocol.Udp)
        {
            from = BinaryPrimitives.ReadUInt16BigEndian(payload);
            to = BinaryPrimitives.ReadUInt16BigEndian(payload[2..]);
        }
        else if ((IpProtocol)protocol == IpProtocol.Icmp6)
        {
            var type = (Icmp6Type)payload[0];
            identifier = type is Icmp6Type.EchoRequest or Icmp6Type.EchoReply ? BinaryPrimitives.ReadUInt16BigEndian(payload[4..]) : (ushort)0;
            (from, to) = type == Icmp6Type.EchoReply ? ((ushort)Icmp6Type.EchoRequest, (ushort)0) : ((ushort)0, (ushort)type);
        }

        key = new FlowKey(
            numbers.Find(Ipv6Address.Read(packet[Ipv6Header.SourceOffset..])),
            numbers.Find(Ipv6Address.Read(packet[Ipv6Header.DestinationOffset..])),
            instance,
            from,
            to,
            FlowKey.KindOf6(protocol, identifier));
        return true;
    }

    private readonly record struct Addresses6(UInt128 Source, UInt128 Destination, UInt128 Quoted, UInt128 QuotedDestination);

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
