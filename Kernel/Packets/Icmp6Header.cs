using System.Buffers.Binary;

namespace RouterOS.Packets;

/// <summary>View of an ICMPv6 message with a right checksum (RFC 4443 section 2.1): type, code, checksum, four bytes, and the rest.</summary>
public readonly ref struct Icmp6Header
{
    /// <summary>Bytes of the header.</summary>
    public const int Length = 8;

    private const int ChecksumOffset = 2;
    private const int RestOffset = 4;

    private readonly ReadOnlySpan<byte> _message;

    private Icmp6Header(ReadOnlySpan<byte> message) => _message = message;

    /// <summary>What the message is.</summary>
    public Icmp6Type Type => (Icmp6Type)_message[0];

    /// <summary>Detail of the type.</summary>
    public byte Code => _message[1];

    /// <summary>The four bytes behind the checksum.</summary>
    public uint Rest => BinaryPrimitives.ReadUInt32BigEndian(_message[RestOffset..]);

    /// <summary>What follows the header.</summary>
    public ReadOnlySpan<byte> Payload => _message[Length..];

    /// <summary>True for the types that report an error and are never answered with one (RFC 4443 section 2.1).</summary>
    public static bool IsErrorType(byte type) => type < 128;

    /// <summary>Accepts what an IPv6 packet carries as ICMPv6, or says why it must be dropped.</summary>
    /// <param name="message">From the first byte of the message to the end of the packet.</param>
    /// <param name="addresses">Source and destination, 32 bytes.</param>
    /// <param name="header">The view.</param>
    /// <param name="error">Why not.</param>
    public static bool TryParse(ReadOnlySpan<byte> message, ReadOnlySpan<byte> addresses, out Icmp6Header header, out WireError error)
    {
        header = default;
        error = message.Length < Length ? WireError.Truncated
            : InternetChecksum.Compute(message, InternetChecksum.PseudoHeader(addresses, (byte)IpProtocol.Icmp6, message.Length)) != 0
                ? WireError.BadChecksum
            : WireError.None;
        if (error != WireError.None)
        {
            return false;
        }

        header = new Icmp6Header(message);
        return true;
    }

    /// <summary>Writes the header in front of the data that <paramref name="message"/> holds from byte 8 on, checksum included.</summary>
    public static int Write(Span<byte> message, Icmp6Type type, byte code, uint rest, ReadOnlySpan<byte> addresses)
    {
        message[0] = (byte)type;
        message[1] = code;
        BinaryPrimitives.WriteUInt16BigEndian(message[ChecksumOffset..], 0);
        BinaryPrimitives.WriteUInt32BigEndian(message[RestOffset..], rest);
        BinaryPrimitives.WriteUInt16BigEndian(
            message[ChecksumOffset..],
            InternetChecksum.Compute(message, InternetChecksum.PseudoHeader(addresses, (byte)IpProtocol.Icmp6, message.Length)));
        return Length;
    }
}
