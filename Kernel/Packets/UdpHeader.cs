using System.Buffers.Binary;

namespace RouterOS.Packets;

// UDP header, RFC 768.
//
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-------------------------------+-------------------------------+
// |          Source Port          |       Destination Port        |
// +-------------------------------+-------------------------------+
// |            Length             |           Checksum            |
// +-------------------------------+-------------------------------+

/// <summary>View of a UDP datagram: header and payload.</summary>
public readonly ref struct UdpHeader
{
    /// <summary>Bytes of the header.</summary>
    public const int Length = 8;

    private const int DestinationPortOffset = 2;
    private const int LengthOffset = 4;
    private const int ChecksumOffset = 6;

    private readonly ReadOnlySpan<byte> _datagram;

    private UdpHeader(ReadOnlySpan<byte> datagram) => _datagram = datagram;

    /// <summary>The sender's port.</summary>
    public ushort SourcePort => BinaryPrimitives.ReadUInt16BigEndian(_datagram);

    /// <summary>The receiver's port.</summary>
    public ushort DestinationPort => BinaryPrimitives.ReadUInt16BigEndian(_datagram[DestinationPortOffset..]);

    /// <summary>The checksum as sent; 0: none.</summary>
    public ushort Checksum => BinaryPrimitives.ReadUInt16BigEndian(_datagram[ChecksumOffset..]);

    /// <summary>What follows the header.</summary>
    public ReadOnlySpan<byte> Payload => _datagram[Length..];

    /// <summary>Accepts an IPv4 packet's payload as UDP, or says why it must be dropped.</summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, out UdpHeader header, out WireError error)
    {
        header = default;
        if (payload.Length < Length)
        {
            error = WireError.Truncated;
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(payload[LengthOffset..]);
        error = length < Length ? WireError.BadLength
            : length > payload.Length ? WireError.Truncated
            : WireError.None;
        if (error != WireError.None)
        {
            return false;
        }

        header = new UdpHeader(payload[..length]);
        return true;
    }

    /// <summary>True when the datagram carries no checksum or a right one.</summary>
    public bool IsChecksumRight(uint source, uint destination) =>
        Checksum == 0
        || InternetChecksum.Compute(
            _datagram, InternetChecksum.PseudoHeader(source, destination, (byte)IpProtocol.Udp, _datagram.Length)) == 0;

    /// <summary>True when a datagram over IPv6 carries a right checksum; RFC 8200 section 8.1 demands one.</summary>
    /// <param name="addresses">Source and destination, 32 bytes.</param>
    public bool IsChecksumRight(ReadOnlySpan<byte> addresses) =>
        Checksum != 0
        && InternetChecksum.Compute(
            _datagram, InternetChecksum.PseudoHeader(addresses, (byte)IpProtocol.Udp, _datagram.Length)) == 0;

    /// <summary>Writes the header over IPv6 in front of the payload that <paramref name="datagram"/> holds from byte 8 on, checksum included.</summary>
    public static int Write(Span<byte> datagram, ushort sourcePort, ushort destinationPort, ReadOnlySpan<byte> addresses)
    {
        BinaryPrimitives.WriteUInt16BigEndian(datagram, sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(datagram[DestinationPortOffset..], destinationPort);
        BinaryPrimitives.WriteUInt16BigEndian(datagram[LengthOffset..], (ushort)datagram.Length);
        BinaryPrimitives.WriteUInt16BigEndian(datagram[ChecksumOffset..], 0);
        ushort checksum = InternetChecksum.Compute(
            datagram, InternetChecksum.PseudoHeader(addresses, (byte)IpProtocol.Udp, datagram.Length));
        BinaryPrimitives.WriteUInt16BigEndian(datagram[ChecksumOffset..], checksum == 0 ? (ushort)0xffff : checksum);
        return Length;
    }

    /// <summary>Writes the header in front of the payload that <paramref name="datagram"/> holds from byte 8 on, checksum included.</summary>
    public static int Write(Span<byte> datagram, ushort sourcePort, ushort destinationPort, uint source, uint destination)
    {
        BinaryPrimitives.WriteUInt16BigEndian(datagram, sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(datagram[DestinationPortOffset..], destinationPort);
        BinaryPrimitives.WriteUInt16BigEndian(datagram[LengthOffset..], (ushort)datagram.Length);
        BinaryPrimitives.WriteUInt16BigEndian(datagram[ChecksumOffset..], 0);
        ushort checksum = InternetChecksum.Compute(
            datagram, InternetChecksum.PseudoHeader(source, destination, (byte)IpProtocol.Udp, datagram.Length));
        // RFC 768: a computed zero is sent as all ones, because zero means "none".
        BinaryPrimitives.WriteUInt16BigEndian(datagram[ChecksumOffset..], checksum == 0 ? (ushort)0xffff : checksum);
        return Length;
    }
}
