using System.Buffers.Binary;

namespace RouterOS.Packets;

// IPv6 header, RFC 8200 section 3.
//
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-------+---------------+---------------------------------------+
// |Version| Traffic Class |              Flow Label               |
// +-------+---------------+-------+---------------+---------------+
// |         Payload Length        |  Next Header  |   Hop Limit   |
// +-------------------------------+---------------+---------------+
// |                      Source Address (16)                      |
// +---------------------------------------------------------------+
// |                    Destination Address (16)                   |
// +---------------------------------------------------------------+

/// <summary>View of an IPv6 packet: header with checked lengths, and what its extension headers lead to.</summary>
public readonly ref struct Ipv6Header
{
    /// <summary>Bytes of the header.</summary>
    public const int Length = 40;

    /// <summary>Bytes that every link must carry (RFC 8200 section 5).</summary>
    public const int MinimumMtu = 1280;

    /// <summary>Where the source address stands; the destination is behind it.</summary>
    public const int SourceOffset = 8;

    /// <summary>Where the destination address stands.</summary>
    public const int DestinationOffset = 24;

    private const int NextHeaderOffset = 6;
    private const int HopLimitOffset = 7;

    private readonly ReadOnlySpan<byte> _packet;

    private Ipv6Header(ReadOnlySpan<byte> packet) => _packet = packet;

    /// <summary>Bytes of header and payload.</summary>
    public int TotalLength => _packet.Length;

    /// <summary>Traffic class.</summary>
    public byte TrafficClass => (byte)(BinaryPrimitives.ReadUInt16BigEndian(_packet) >> 4);

    /// <summary>Flow label.</summary>
    public uint FlowLabel => BinaryPrimitives.ReadUInt32BigEndian(_packet) & 0xf_ffff;

    /// <summary>What follows the header: a protocol or an extension header.</summary>
    public byte NextHeader => _packet[NextHeaderOffset];

    /// <summary>Hops left.</summary>
    public byte HopLimit => _packet[HopLimitOffset];

    /// <summary>Source address.</summary>
    public UInt128 Source => Ipv6Address.Read(_packet[SourceOffset..]);

    /// <summary>Destination address.</summary>
    public UInt128 Destination => Ipv6Address.Read(_packet[DestinationOffset..]);

    /// <summary>Both addresses, source first, for pseudo headers.</summary>
    public ReadOnlySpan<byte> Addresses => _packet[SourceOffset..Length];

    /// <summary>What follows the header, extension headers first.</summary>
    public ReadOnlySpan<byte> Payload => _packet[Length..];

    /// <summary>Accepts <paramref name="packet"/> (link padding behind it is allowed) as IPv6, or says why it must be dropped.</summary>
    public static bool TryParse(ReadOnlySpan<byte> packet, out Ipv6Header header, out WireError error)
    {
        header = default;
        if (packet.Length < Length)
        {
            error = WireError.Truncated;
            return false;
        }

        int total = Length + BinaryPrimitives.ReadUInt16BigEndian(packet[4..]);
        error = packet[0] >> 4 != 6 ? WireError.BadVersion
            : total > packet.Length ? WireError.Truncated
            : WireError.None;
        if (error != WireError.None)
        {
            return false;
        }

        header = new Ipv6Header(packet[..total]);
        return true;
    }

    /// <summary>Writes a header without extensions and returns its bytes.</summary>
    public static int Write(
        Span<byte> destination, int payloadLength, byte nextHeader, UInt128 source, UInt128 target, byte hopLimit = 64, byte trafficClass = 0)
    {
        Span<byte> header = destination[..Length];
        BinaryPrimitives.WriteUInt32BigEndian(header, 0x6000_0000 | ((uint)trafficClass << 20));
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], (ushort)payloadLength);
        header[NextHeaderOffset] = nextHeader;
        header[HopLimitOffset] = hopLimit;
        Ipv6Address.Write(header[SourceOffset..], source);
        Ipv6Address.Write(header[DestinationOffset..], target);
        return Length;
    }
}
