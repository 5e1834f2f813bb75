using RouterOS.Packets;

namespace RouterOS.L2tp.Nodes;

/// <summary>Finds the handshakes whose segments must be made to fit a session.</summary>
internal static unsafe class TcpClamp
{
    private const int TcpHeader = 20;
    private const int FlagsOffset = 13;
    private const byte Syn = 2;
    private const ushort FragmentMask = Ipv4Header.MoreFragmentsBit | Ipv4Header.FragmentOffsetMask;

    /// <summary>Lowers the segment size that a handshake offers. The packet has a right IPv4 header and is as long as that says, or longer.</summary>
    public static void Apply(byte* ip, int length, ushort limit)
    {
        int header = (ip[0] & 0x0f) * 4;
        if (limit == 0 || ip[9] != (byte)IpProtocol.Tcp || length < header + TcpHeader
            || (((ip[6] << 8) | ip[7]) & FragmentMask) != 0 || (ip[header + FlagsOffset] & Syn) == 0)
        {
            return;
        }

        // Safe: the packet is that long.
        _ = TcpSegmentLimit.Apply(new Span<byte>(ip + header, length - header), limit);
    }

    /// <summary>The same of IPv6, where no extension header stands before TCP.</summary>
    public static void Apply6(byte* ip, int length, ushort limit)
    {
        if (limit == 0 || ip[6] != (byte)IpProtocol.Tcp || length < Ipv6Header.Length + TcpHeader || (ip[Ipv6Header.Length + FlagsOffset] & Syn) == 0)
        {
            return;
        }

        // Safe: the packet is that long.
        _ = TcpSegmentLimit.Apply(new Span<byte>(ip + Ipv6Header.Length, length - Ipv6Header.Length), limit);
    }
}
