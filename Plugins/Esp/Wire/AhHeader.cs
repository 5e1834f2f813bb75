using System.Buffers.Binary;

namespace RouterOS.Esp.Wire;

// Authentication header, RFC 4302 section 2.
//
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +---------------+---------------+-------------------------------+
// |  Next Header  |  Payload Len  |           RESERVED            |
// +---------------+---------------+-------------------------------+
// |                 Security Parameters Index (SPI)               |
// +---------------------------------------------------------------+
// |                        Sequence Number                        |
// +---------------------------------------------------------------+
// |                Integrity Check Value (variable)               |
// +---------------------------------------------------------------+

/// <summary>View of an authentication header over the packet's own bytes.</summary>
public readonly ref struct AhHeader
{
    /// <summary>Bytes before the integrity check value.</summary>
    public const int FixedLength = 12;

    /// <summary>AH's protocol number.</summary>
    public const byte Protocol = 51;

    private const int SpiOffset = 4;
    private const int SequenceOffset = 8;

    private readonly ReadOnlySpan<byte> _header;

    private AhHeader(ReadOnlySpan<byte> header) => _header = header;

    /// <summary>Protocol of what follows the header.</summary>
    public byte NextHeader => _header[0];

    /// <summary>Bytes of the whole header.</summary>
    public int Length => _header.Length;

    /// <summary>Index of the security association that checks the packet.</summary>
    public uint Spi => BinaryPrimitives.ReadUInt32BigEndian(_header[SpiOffset..]);

    /// <summary>Number of the packet in its security association, from 1.</summary>
    public uint Sequence => BinaryPrimitives.ReadUInt32BigEndian(_header[SequenceOffset..]);

    /// <summary>The integrity check value and the padding behind it.</summary>
    public ReadOnlySpan<byte> Check => _header[FixedLength..];

    /// <summary>Bytes of a header over IPv4, which wants multiples of four, with a check value of <paramref name="tag"/> bytes.</summary>
    public static int LengthOf(int tag) => FixedLength + ((tag + 3) & ~3);

    /// <summary>The same over IPv6, which wants multiples of eight.</summary>
    public static int LengthOf6(int tag) => (LengthOf(tag) + 7) & ~7;

    /// <summary>True where a header has room for a check value: to a multiple of four, or of eight as IPv6 and old peers pad it.</summary>
    public static bool Fits(int length, int tag) => length == LengthOf(tag) || length == LengthOf6(tag);

    /// <summary>Accepts the start of <paramref name="packet"/> as an authentication header, or says why it must be dropped.</summary>
    public static bool TryParse(ReadOnlySpan<byte> packet, out AhHeader header, out EspError error)
    {
        header = default;
        if (packet.Length < FixedLength)
        {
            error = EspError.Truncated;
            return false;
        }

        // RFC 4302 section 2.2: in words of four bytes, less two.
        int length = (packet[1] + 2) * 4;
        error = length < FixedLength || length > packet.Length ? EspError.Truncated
            : BinaryPrimitives.ReadUInt32BigEndian(packet[SpiOffset..]) < EspHeader.FirstSpi ? EspError.ReservedSpi
            : EspError.None;
        if (error != EspError.None)
        {
            return false;
        }

        header = new AhHeader(packet[..length]);
        return true;
    }

    /// <summary>Writes a header with a check value of zeros that fills <paramref name="destination"/>.</summary>
    public static void Write(Span<byte> destination, byte nextHeader, uint spi, uint sequence)
    {
        int length = destination.Length;
        destination.Clear();
        destination[0] = nextHeader;
        destination[1] = (byte)((length / 4) - 2);
        BinaryPrimitives.WriteUInt32BigEndian(destination[SpiOffset..], spi);
        BinaryPrimitives.WriteUInt32BigEndian(destination[SequenceOffset..], sequence);
    }
}
