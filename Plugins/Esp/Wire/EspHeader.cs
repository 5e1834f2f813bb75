using System.Buffers.Binary;

namespace RouterOS.Esp.Wire;

// ESP header, RFC 4303 section 2.
//
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +---------------------------------------------------------------+
// |                 Security Parameters Index (SPI)               |
// +---------------------------------------------------------------+
// |                        Sequence Number                        |
// +---------------------------------------------------------------+

/// <summary>View of an ESP header over the packet's own bytes.</summary>
public readonly ref struct EspHeader
{
    /// <summary>Bytes before the IV.</summary>
    public const int Length = 8;

    /// <summary>The first SPI that may be assigned: 0 never goes on the wire and 1 to 255 are reserved.</summary>
    public const uint FirstSpi = 256;

    /// <summary>ESP's protocol number.</summary>
    public const byte Protocol = 50;

    private const int SequenceOffset = 4;

    private readonly ReadOnlySpan<byte> _packet;

    private EspHeader(ReadOnlySpan<byte> packet) => _packet = packet;

    /// <summary>Index of the security association that opens the packet.</summary>
    public uint Spi => BinaryPrimitives.ReadUInt32BigEndian(_packet);

    /// <summary>Number of the packet in its security association, from 1.</summary>
    public uint Sequence => BinaryPrimitives.ReadUInt32BigEndian(_packet[SequenceOffset..]);

    /// <summary>Accepts <paramref name="packet"/> as ESP, or says why it must be dropped.</summary>
    public static bool TryParse(ReadOnlySpan<byte> packet, out EspHeader header, out EspError error)
    {
        header = default;
        error = packet.Length < Length ? EspError.Truncated
            : BinaryPrimitives.ReadUInt32BigEndian(packet) < FirstSpi ? EspError.ReservedSpi
            : EspError.None;
        if (error != EspError.None)
        {
            return false;
        }

        header = new EspHeader(packet);
        return true;
    }

    /// <summary>Writes a header and returns its bytes.</summary>
    public static int Write(Span<byte> destination, uint spi, uint sequence)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination, spi);
        BinaryPrimitives.WriteUInt32BigEndian(destination[SequenceOffset..], sequence);
        return Length;
    }
}
