using System.Buffers.Binary;

namespace RouterOS.Packets;

// ICMP message, RFC 792; "rest" is identifier and sequence of an echo, or the next hop's MTU (RFC 1191) of an unreachable.
//
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +---------------+---------------+-------------------------------+
// |     Type      |     Code      |           Checksum            |
// +---------------+---------------+-------------------------------+
// |                              Rest                             |
// +---------------------------------------------------------------+
// |            Data, or the head of the packet it is about        |
// +---------------------------------------------------------------+

/// <summary>View of an ICMP message with a right checksum.</summary>
public readonly ref struct IcmpHeader
{
    /// <summary>Bytes of the header.</summary>
    public const int Length = 8;

    private const int ChecksumOffset = 2;
    private const int RestOffset = 4;

    private readonly ReadOnlySpan<byte> _message;

    private IcmpHeader(ReadOnlySpan<byte> message) => _message = message;

    /// <summary>What the message is.</summary>
    public IcmpType Type => (IcmpType)_message[0];

    /// <summary>Detail of the type.</summary>
    public byte Code => _message[1];

    /// <summary>The four bytes behind the checksum.</summary>
    public uint Rest => BinaryPrimitives.ReadUInt32BigEndian(_message[RestOffset..]);

    /// <summary>Identifier of an echo.</summary>
    public ushort Identifier => (ushort)(Rest >> 16);

    /// <summary>Sequence number of an echo; MTU of a fragmentation-needed.</summary>
    public ushort Sequence => (ushort)Rest;

    /// <summary>What follows the header.</summary>
    public ReadOnlySpan<byte> Payload => _message[Length..];

    /// <summary>True for the types that report an error and are never answered with one (RFC 1122 section 3.2.2).</summary>
    public bool IsError => IsErrorType((byte)Type);

    /// <summary>True for the types that report an error; an unknown type counts as one, so that it is never answered.</summary>
    public static bool IsErrorType(byte type) => type is not (0 or 8 or 9 or 10 or 13 or 14 or 15 or 16 or 17 or 18);

    /// <summary>Accepts an IPv4 packet's payload as ICMP, or says why it must be dropped.</summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, out IcmpHeader header, out WireError error)
    {
        header = default;
        error = payload.Length < Length ? WireError.Truncated
            : InternetChecksum.Compute(payload) != 0 ? WireError.BadChecksum
            : WireError.None;
        if (error != WireError.None)
        {
            return false;
        }

        header = new IcmpHeader(payload);
        return true;
    }

    /// <summary>Writes the header in front of the data that <paramref name="message"/> holds from byte 8 on, checksum included.</summary>
    public static int Write(Span<byte> message, IcmpType type, byte code, uint rest)
    {
        message[0] = (byte)type;
        message[1] = code;
        BinaryPrimitives.WriteUInt16BigEndian(message[ChecksumOffset..], 0);
        BinaryPrimitives.WriteUInt32BigEndian(message[RestOffset..], rest);
        BinaryPrimitives.WriteUInt16BigEndian(message[ChecksumOffset..], InternetChecksum.Compute(message));
        return Length;
    }
}
