using System.Buffers.Binary;
using RouterOS.Packets;

namespace RouterOS.Flow.Nodes;

/// <summary>What the flow nodes read of a whole IPv4 packet: its key, and what matters of ICMP and TCP.</summary>
internal readonly ref struct FlowPacket
{
    private const byte Fin = 1;
    private const byte Syn = 2;
    private const byte Rst = 4;
    private const byte Ack = 16;
    private const int TcpFlagsOffset = 13;
    private const int TcpMinimumLength = 20;
    private const int IcmpMinimumLength = 8;

    private FlowPacket(FlowKey key, byte tcpFlags, byte icmpType, bool isIcmpError, FlowKey quoted)
    {
        Key = key;
        TcpFlags = tcpFlags;
        IcmpType = icmpType;
        IsIcmpError = isIcmpError;
        Quoted = quoted;
    }

    /// <summary>Key of the packet's own direction.</summary>
    public FlowKey Key { get; }

    /// <summary>Type of an ICMP message.</summary>
    public byte IcmpType { get; }

    /// <summary>True for an ICMP error that quotes enough of the packet it is about.</summary>
    public bool IsIcmpError { get; }

    /// <summary>Key of the packet that an ICMP error is about.</summary>
    public FlowKey Quoted { get; }

    public bool IsTcp => Key.Protocol == (byte)IpProtocol.Tcp;

    public bool IsTcpSyn => (TcpFlags & (Syn | Ack)) == Syn;

    public bool IsTcpAck => (TcpFlags & Ack) != 0;

    public bool IsTcpEnd => (TcpFlags & (Fin | Rst)) != 0;

    public bool IsTcpReset => (TcpFlags & Rst) != 0;

    private byte TcpFlags { get; }

    /// <summary>Reads a packet that ip4-input has checked; false when its transport header is cut off.</summary>
    public static bool TryParse(ReadOnlySpan<byte> packet, uint instance, out FlowPacket flow)
    {
        flow = default;
        int header = (packet[0] & 0x0f) * 4;
        int total = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        if (header < Ipv4Header.MinimumLength || total > packet.Length || total < header)
        {
            return false;
        }

        ReadOnlySpan<byte> payload = packet[header..total];
        byte protocol = packet[9];
        uint source = BinaryPrimitives.ReadUInt32BigEndian(packet[12..]);
        uint destination = BinaryPrimitives.ReadUInt32BigEndian(packet[16..]);
        if (!TryReadPorts(protocol, payload, out ushort from, out ushort to))
        {
            return false;
        }

        byte tcpFlags = 0;
        byte icmpType = 0;
        bool error = false;
        FlowKey quoted = default;
        if (protocol == (byte)IpProtocol.Tcp)
        {
            if (payload.Length < TcpMinimumLength)
            {
                return false;
            }

            tcpFlags = payload[TcpFlagsOffset];
        }
        else if (protocol == (byte)IpProtocol.Icmp)
        {
            icmpType = payload[0];
            error = (RouterOS.Packets.IcmpType)icmpType is RouterOS.Packets.IcmpType.DestinationUnreachable
                    or RouterOS.Packets.IcmpType.TimeExceeded or RouterOS.Packets.IcmpType.ParameterProblem
                && TryReadQuoted(payload[IcmpMinimumLength..], instance, out quoted);
        }

        flow = new FlowPacket(new FlowKey(source, destination, instance, from, to, protocol), tcpFlags, icmpType, error, quoted);
        return true;
    }

    // RFC 792: an error quotes the header and at least 8 bytes of the packet that caused it.
    private static bool TryReadQuoted(ReadOnlySpan<byte> quote, uint instance, out FlowKey key)
    {
        key = default;
        if (quote.Length < Ipv4Header.MinimumLength + 8 || quote[0] >> 4 != 4)
        {
            return false;
        }

        int header = (quote[0] & 0x0f) * 4;
        if (header < Ipv4Header.MinimumLength || header + 8 > quote.Length
            || !TryReadPorts(quote[9], quote[header..], out ushort from, out ushort to))
        {
            return false;
        }

        key = new FlowKey(
            BinaryPrimitives.ReadUInt32BigEndian(quote[12..]), BinaryPrimitives.ReadUInt32BigEndian(quote[16..]), instance, from, to, quote[9]);
        return true;
    }

    private static bool TryReadPorts(byte protocol, ReadOnlySpan<byte> payload, out ushort from, out ushort to)
    {
        from = 0;
        to = 0;
        switch ((IpProtocol)protocol)
        {
            case IpProtocol.Tcp or IpProtocol.Udp when payload.Length >= UdpHeader.Length:
                from = BinaryPrimitives.ReadUInt16BigEndian(payload);
                to = BinaryPrimitives.ReadUInt16BigEndian(payload[2..]);
                return true;
            case IpProtocol.Icmp when payload.Length >= IcmpMinimumLength:
                ushort identifier = BinaryPrimitives.ReadUInt16BigEndian(payload[4..]);
                (from, to) = (RouterOS.Packets.IcmpType)payload[0] switch
                {
                    RouterOS.Packets.IcmpType.EchoRequest => (identifier, (ushort)RouterOS.Packets.IcmpType.EchoRequest),
                    RouterOS.Packets.IcmpType.EchoReply => ((ushort)RouterOS.Packets.IcmpType.EchoRequest, identifier),
                    _ => ((ushort)0xffff, payload[0]),
                };
                return true;
            case IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Icmp:
                return false;
            default:
                return true;
        }
    }
}
