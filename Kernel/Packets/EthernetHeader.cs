using System.Buffers.Binary;

namespace RouterOS.Packets;

// Ethernet II frame header, RFC 894.
//
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +---------------------------------------------------------------+
// |                       Destination (6 bytes)                   |
// +                               +-------------------------------+
// |                               |                               |
// +-------------------------------+       Source (6 bytes)        +
// |                                                               |
// +-------------------------------+-------------------------------+
// |           EtherType           |
// +-------------------------------+

/// <summary>View of an Ethernet II header over the frame's own bytes.</summary>
public readonly ref struct EthernetHeader
{
    /// <summary>Bytes of the header.</summary>
    public const int Length = 14;

    /// <summary>Bytes of an Ethernet address.</summary>
    public const int AddressBytes = 6;

    private const int SourceOffset = 6;
    private const int TypeOffset = 12;

    private readonly ReadOnlySpan<byte> _frame;

    private EthernetHeader(ReadOnlySpan<byte> frame) => _frame = frame;

    /// <summary>The receiver's address.</summary>
    public ReadOnlySpan<byte> Destination => _frame[..AddressBytes];

    /// <summary>The sender's address.</summary>
    public ReadOnlySpan<byte> Source => _frame.Slice(SourceOffset, AddressBytes);

    /// <summary>What follows the header.</summary>
    public EtherType Type => (EtherType)BinaryPrimitives.ReadUInt16BigEndian(_frame[TypeOffset..]);

    /// <summary>True when the frame was sent to a group: multicast or broadcast.</summary>
    public bool IsGroup => (_frame[0] & 1) != 0;

    /// <summary>What the frame carries, padding included.</summary>
    public ReadOnlySpan<byte> Payload => _frame[Length..];

    /// <summary>Accepts <paramref name="frame"/> as Ethernet, or says why it must be dropped.</summary>
    public static bool TryParse(ReadOnlySpan<byte> frame, out EthernetHeader header, out WireError error)
    {
        header = default;
        error = frame.Length < Length ? WireError.Truncated : WireError.None;
        if (error != WireError.None)
        {
            return false;
        }

        header = new EthernetHeader(frame);
        return true;
    }

    /// <summary>Writes a header and returns its bytes.</summary>
    public static int Write(Span<byte> destination, ReadOnlySpan<byte> receiver, ReadOnlySpan<byte> sender, EtherType type)
    {
        receiver[..AddressBytes].CopyTo(destination);
        sender[..AddressBytes].CopyTo(destination[SourceOffset..]);
        BinaryPrimitives.WriteUInt16BigEndian(destination[TypeOffset..], (ushort)type);
        return Length;
    }
}
