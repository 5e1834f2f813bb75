using System.Buffers.Binary;

namespace RouterOS.Ike.Wire;

// ISAKMP header, RFC 2408 section 3.1.
//
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +---------------------------------------------------------------+
// |                    Initiator Cookie (8 bytes)                 |
// +---------------------------------------------------------------+
// |                    Responder Cookie (8 bytes)                 |
// +---------------+-------+-------+---------------+---------------+
// | Next Payload  | MjVer | MnVer | Exchange Type |     Flags     |
// +---------------+-------+-------+---------------+---------------+
// |                          Message ID                           |
// +---------------------------------------------------------------+
// |                            Length                             |
// +---------------------------------------------------------------+

/// <summary>View of an ISAKMP header over the datagram's own bytes.</summary>
internal readonly ref struct IsakmpHeader
{
    /// <summary>Bytes of the header.</summary>
    public const int Length = 28;

    /// <summary>Largest datagram that is looked at; a message of this plugin needs less than 1 KB.</summary>
    public const int MaximumMessage = 16384;

    internal const int NextPayloadOffset = 16;
    internal const int FlagsOffset = 19;
    internal const int LengthOffset = 24;

    private const int VersionOffset = 17;
    private const int ExchangeOffset = 18;
    private const int MessageIdOffset = 20;
    private const byte Version10 = 0x10;

    private readonly ReadOnlySpan<byte> _bytes;

    private IsakmpHeader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    public ulong InitiatorCookie => BinaryPrimitives.ReadUInt64BigEndian(_bytes);

    public ulong ResponderCookie => BinaryPrimitives.ReadUInt64BigEndian(_bytes[8..]);

    public PayloadType NextPayload => (PayloadType)_bytes[NextPayloadOffset];

    public ExchangeType Exchange => (ExchangeType)_bytes[ExchangeOffset];

    public IsakmpFlags Flags => (IsakmpFlags)_bytes[FlagsOffset];

    public bool IsEncrypted => (Flags & IsakmpFlags.Encryption) != 0;

    public uint MessageId => BinaryPrimitives.ReadUInt32BigEndian(_bytes[MessageIdOffset..]);

    /// <summary>What follows the header.</summary>
    public ReadOnlySpan<byte> Body => _bytes[Length..];

    /// <summary>The whole datagram.</summary>
    public ReadOnlySpan<byte> Datagram => _bytes;

    /// <summary>Accepts <paramref name="datagram"/> as one whole message, or says why not.</summary>
    public static bool TryParse(ReadOnlySpan<byte> datagram, out IsakmpHeader header, out IsakmpError error)
    {
        header = default;
        error = datagram.Length < Length ? IsakmpError.Truncated
            : datagram[VersionOffset] >> 4 != 1 ? IsakmpError.BadVersion
            : datagram.Length > MaximumMessage ? IsakmpError.BadLength
            : BinaryPrimitives.ReadUInt32BigEndian(datagram[LengthOffset..]) != datagram.Length ? IsakmpError.BadLength
            // RFC 2408 section 2.5.3: the initiator's cookie is never zero.
            : BinaryPrimitives.ReadUInt64BigEndian(datagram) == 0 ? IsakmpError.BadValue
            : IsakmpError.None;
        if (error != IsakmpError.None)
        {
            return false;
        }

        header = new IsakmpHeader(datagram);
        return true;
    }

    /// <summary>Writes a header; the first payload and the length are set when the message is finished.</summary>
    public static void Write(
        Span<byte> destination, ulong initiatorCookie, ulong responderCookie, ExchangeType exchange, IsakmpFlags flags, uint messageId)
    {
        destination = destination[..Length];
        BinaryPrimitives.WriteUInt64BigEndian(destination, initiatorCookie);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], responderCookie);
        destination[NextPayloadOffset] = (byte)PayloadType.None;
        destination[VersionOffset] = Version10;
        destination[ExchangeOffset] = (byte)exchange;
        destination[FlagsOffset] = (byte)flags;
        BinaryPrimitives.WriteUInt32BigEndian(destination[MessageIdOffset..], messageId);
        BinaryPrimitives.WriteUInt32BigEndian(destination[LengthOffset..], Length);
    }
}
