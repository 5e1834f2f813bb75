using RouterOS.Packets;

namespace RouterOS.Esp.Nodes;

/// <summary>
/// Stand-ins for IPv6 outer addresses: packets are sealed and opened with an IPv4 header of these, and the nodes <see cref="EspOuter6Node"/>
/// and <see cref="EspInner6Node"/> change it for the IPv6 header that is on the wire. ESP authenticates neither.
/// </summary>
internal static unsafe class Outer6
{
    /// <summary>Bytes that the IPv6 header is longer.</summary>
    public const int MoreBytes = Ipv6Header.Length - Ipv4Header.MinimumLength;

    /// <summary>Hop limit of outer packets.</summary>
    public const byte Hops = 64;

    // Source and destination of a packet that came, in front of the stand-in header.
    private const int AddressBytes = 2 * Ipv6Address.Length;

    // Places in an IPv4 header.
    private const int TtlOffset = 8;
    private const int ProtocolOffset = 9;
    private const int SourceOffset = 12;

    // 240.0.0.0/4 is reserved (RFC 1112): no IPv4 peer has such an address.
    private const uint Reserved = 0xf000_0000;

    /// <summary>The stand-in of an address. Two addresses may have the same one: nothing but a look-up goes by it.</summary>
    public static uint Of(UInt128 address)
    {
        ulong half = (ulong)(address >> 64) ^ (ulong)address;
        return Reserved | ((uint)(half >> 32) ^ (uint)half);
    }

    /// <summary>True for the first byte of a stand-in.</summary>
    public static bool IsFirst(byte first) => first >= Reserved >> 24;

    /// <summary>True for what no peer of IPv4 can have.</summary>
    public static bool IsReserved(uint address) => address >= Reserved;

    /// <summary>Gives a packet that came the stand-in header in place of the IPv6 headers; its addresses stay in front of that.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="headers">Bytes of its headers, extensions included.</param>
    /// <param name="protocol">What is behind them.</param>
    /// <returns>False where there is no room.</returns>
    public static bool TryHide(ref PacketBuffer packet, int headers, byte protocol)
    {
        if (packet.Headroom + headers < Ipv4Header.MinimumLength + AddressBytes)
        {
            return false;
        }

        ReadOnlySpan<byte> header = packet.Data;
        byte trafficClass = (byte)((header[0] << 4) | (header[1] >> 4));
        byte hops = header[7];
        UInt128 source = Ipv6Address.Read(header[Ipv6Header.SourceOffset..]);
        UInt128 destination = Ipv6Address.Read(header[Ipv6Header.DestinationOffset..]);
        // Safe: room for both has just been checked, within the headers that go and what is before them.
        packet.Pull(headers - Ipv4Header.MinimumLength);
        Span<byte> kept = new(packet.Start - AddressBytes, AddressBytes);
        Ipv6Address.Write(kept, source);
        Ipv6Address.Write(kept[Ipv6Address.Length..], destination);
        Ipv4Header.Write(packet.Data, packet.Length, (IpProtocol)protocol, Of(source), Of(destination), hops, tos: trafficClass);
        return true;
    }

    /// <summary>True for a packet behind a stand-in header.</summary>
    public static bool IsHidden(ref PacketBuffer packet) => IsFirst(packet.Start[SourceOffset]) && packet.Headroom >= AddressBytes;

    /// <summary>The source of a packet behind a stand-in header.</summary>
    public static UInt128 SourceOf(byte* start) => Ipv6Address.Read(new ReadOnlySpan<byte>(start - AddressBytes, Ipv6Address.Length));

    /// <summary>Writes the IPv6 header that a packet behind a stand-in header came with, less extensions.</summary>
    /// <param name="start">The stand-in header.</param>
    /// <param name="header">40 bytes, nowhere near the packet.</param>
    /// <param name="payload">Bytes behind it.</param>
    /// <param name="protocol">What they are.</param>
    public static void WriteHidden(byte* start, Span<byte> header, int payload, byte protocol) => Ipv6Header.Write(
        header, payload, protocol, SourceOf(start),
        Ipv6Address.Read(new ReadOnlySpan<byte>(start - Ipv6Address.Length, Ipv6Address.Length)), start[TtlOffset], start[1]);

    /// <summary>A packet behind a stand-in header as it came, less extension headers: for captures.</summary>
    public static byte[] Shown(ref PacketBuffer packet)
    {
        int payload = packet.Length - Ipv4Header.MinimumLength;
        byte[] whole = new byte[Ipv6Header.Length + payload];
        WriteHidden(packet.Start, whole, payload, packet.Start[ProtocolOffset]);
        packet.Data[Ipv4Header.MinimumLength..].CopyTo(whole.AsSpan(Ipv6Header.Length));
        return whole;
    }
}
