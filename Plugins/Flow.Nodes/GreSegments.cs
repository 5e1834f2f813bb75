using System.Buffers.Binary;
using RouterOS.Packets;

namespace RouterOS.Flow.Nodes;

/// <summary>Finds the TCP handshake within a GRE packet (RFC 2784, RFC 2890). Pure.</summary>
/// <remarks>GRE's own checksum stays right when the segment limit is lowered: the change and that of TCP's checksum cancel each other out.</remarks>
internal static class GreSegments
{
    private const ushort ChecksumBit = 0x8000;
    private const ushort KeyBit = 0x2000;
    private const ushort SequenceBit = 0x1000;
    private const ushort Version = 7;
    private const ushort RoutingBit = 0x4000;
    private const ushort Ipv4 = 0x0800;
    private const ushort Ipv6 = 0x86dd;
    private const int TcpHeader = 20;
    private const int TcpFlags = 13;
    private const byte Syn = 2;

    /// <summary>Lowers the largest segment that a handshake within GRE offers.</summary>
    public static void Limit(Span<byte> gre, ushort limit)
    {
        if (gre.Length < 4)
        {
            return;
        }

        ushort flags = BinaryPrimitives.ReadUInt16BigEndian(gre);
        ushort protocol = BinaryPrimitives.ReadUInt16BigEndian(gre[2..]);
        int header = 4 + ((flags & ChecksumBit) != 0 ? 4 : 0) + ((flags & KeyBit) != 0 ? 4 : 0) + ((flags & SequenceBit) != 0 ? 4 : 0);
        if ((flags & (Version | RoutingBit)) != 0 || header >= gre.Length)
        {
            return;
        }

        Span<byte> inner = gre[header..];
        int tcp = protocol switch
        {
            Ipv4 => Transport(inner),
            Ipv6 => Transport6(inner),
            _ => 0,
        };
        if (tcp != 0 && tcp + TcpHeader <= inner.Length && (inner[tcp + TcpFlags] & Syn) != 0)
        {
            _ = TcpSegmentLimit.Apply(inner[tcp..], limit);
        }
    }

    // 0 for anything but the beginning of TCP.
    private static int Transport(ReadOnlySpan<byte> packet)
    {
        int header = packet.Length < Ipv4Header.MinimumLength || packet[0] >> 4 != 4 ? 0 : (packet[0] & 0x0f) * 4;
        return header >= Ipv4Header.MinimumLength && packet[9] == (byte)IpProtocol.Tcp
            && (BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) & Ipv4Header.FragmentOffsetMask) == 0 ? header : 0;
    }

    private static int Transport6(ReadOnlySpan<byte> packet) =>
        packet.Length >= Ipv6Header.Length && packet[0] >> 4 == 6 && Ipv6Extensions.TryWalk(packet, out Ipv6Extensions walked)
            && walked is { Protocol: (byte)IpProtocol.Tcp, FragmentOffset: 0 } ? walked.Offset : 0;
}
