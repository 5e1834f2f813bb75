using RouterOS.Packets;

namespace RouterOS.Esp.Nodes;

/// <summary>
/// Stand-ins for IPv6 outer addresses: packets are sealed and opened with an IPv4 header of these, and the nodes <see cref="EspOuter6Node"/>
/// and <see cref="EspInner6Node"/> change it for the IPv6 header that is on the wire. ESP authenticates neither.
/// </summary>
internal static class Outer6
{
    /// <summary>Bytes that the IPv6 header is longer.</summary>
    public const int MoreBytes = Ipv6Header.Length - Ipv4Header.MinimumLength;

    /// <summary>Hop limit of outer packets.</summary>
    public const byte Hops = 64;

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
}
