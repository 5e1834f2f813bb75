using System.Buffers.Binary;

namespace RouterOS.Packets;

// IPv4 header, RFC 791 section 3.1.
//
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-------+-------+---------------+-------------------------------+
// |Version|  IHL  |Type of Service|          Total Length         |
// +-------+-------+---------------+-----+-------------------------+
// |         Identification        |Flags|     Fragment Offset     |
// +---------------+---------------+-----+-------------------------+
// |  Time to Live |    Protocol   |        Header Checksum        |
// +---------------+---------------+-------------------------------+
// |                         Source Address                        |
// +---------------------------------------------------------------+
// |                      Destination Address                      |
// +-----------------------------------------------+---------------+
// |                    Options                    |    Padding    |
// +-----------------------------------------------+---------------+

/// <summary>View of an IPv4 packet: header with checked lengths and checksum, and the payload behind it.</summary>
public readonly ref struct Ipv4Header
{
    /// <summary>Bytes of a header without options.</summary>
    public const int MinimumLength = 20;

    /// <summary>Bytes of the longest header.</summary>
    public const int MaximumLength = 60;

    /// <summary>Bit of the flags word that forbids fragmentation.</summary>
    public const ushort DontFragmentBit = 0x4000;

    /// <summary>Bit of the flags word that says that more fragments follow.</summary>
    public const ushort MoreFragmentsBit = 0x2000;

    /// <summary>Part of the flags word that is the offset, in units of 8 bytes.</summary>
    public const ushort FragmentOffsetMask = 0x1fff;

    private const int TosOffset = 1;
    private const int TotalLengthOffset = 2;
    private const int IdentificationOffset = 4;
    private const int FlagsOffset = 6;
    private const int TtlOffset = 8;
    private const int ProtocolOffset = 9;
    private const int ChecksumOffset = 10;
    private const int SourceOffset = 12;
    private const int DestinationOffset = 16;

    private readonly ReadOnlySpan<byte> _packet;

    private Ipv4Header(ReadOnlySpan<byte> packet) => _packet = packet;

    /// <summary>Bytes of the header, options included.</summary>
    public int HeaderLength => (_packet[0] & 0x0f) * 4;

    /// <summary>Type of service.</summary>
    public byte Tos => _packet[TosOffset];

    /// <summary>Bytes of header and payload.</summary>
    public int TotalLength => _packet.Length;

    /// <summary>Identification, shared by the fragments of one datagram.</summary>
    public ushort Identification => BinaryPrimitives.ReadUInt16BigEndian(_packet[IdentificationOffset..]);

    /// <summary>True when routers must not fragment the packet.</summary>
    public bool DontFragment => (FlagsWord & DontFragmentBit) != 0;

    /// <summary>True when this is not the datagram's last fragment.</summary>
    public bool MoreFragments => (FlagsWord & MoreFragmentsBit) != 0;

    /// <summary>Where this fragment's payload belongs in the datagram, in bytes.</summary>
    public int FragmentOffset => (FlagsWord & FragmentOffsetMask) * 8;

    /// <summary>True for any fragment of a larger datagram.</summary>
    public bool IsFragment => (FlagsWord & (MoreFragmentsBit | FragmentOffsetMask)) != 0;

    /// <summary>Hops left.</summary>
    public byte Ttl => _packet[TtlOffset];

    /// <summary>What the payload is.</summary>
    public IpProtocol Protocol => (IpProtocol)_packet[ProtocolOffset];

    /// <summary>Source address, host byte order.</summary>
    public uint Source => BinaryPrimitives.ReadUInt32BigEndian(_packet[SourceOffset..]);

    /// <summary>Destination address, host byte order.</summary>
    public uint Destination => BinaryPrimitives.ReadUInt32BigEndian(_packet[DestinationOffset..]);

    /// <summary>Header options, padding included.</summary>
    public ReadOnlySpan<byte> Options => _packet[MinimumLength..HeaderLength];

    /// <summary>What follows the header, without link padding.</summary>
    public ReadOnlySpan<byte> Payload => _packet[HeaderLength..];

    private ushort FlagsWord => BinaryPrimitives.ReadUInt16BigEndian(_packet[FlagsOffset..]);

    /// <summary>Accepts <paramref name="packet"/> (link padding behind it is allowed) as IPv4, or says why it must be dropped.</summary>
    public static bool TryParse(ReadOnlySpan<byte> packet, out Ipv4Header header, out WireError error)
    {
        header = default;
        if (packet.Length < MinimumLength)
        {
            error = WireError.Truncated;
            return false;
        }

        int headerLength = (packet[0] & 0x0f) * 4;
        int totalLength = BinaryPrimitives.ReadUInt16BigEndian(packet[TotalLengthOffset..]);
        error = packet[0] >> 4 != 4 ? WireError.BadVersion
            : headerLength < MinimumLength || totalLength < headerLength ? WireError.BadLength
            : totalLength > packet.Length ? WireError.Truncated
            : InternetChecksum.Compute(packet[..headerLength]) != 0 ? WireError.BadChecksum
            : WireError.None;
        if (error != WireError.None)
        {
            return false;
        }

        header = new Ipv4Header(packet[..totalLength]);
        return true;
    }

    /// <summary>Writes a header without options, checksum included, and returns its bytes.</summary>
    public static int Write(
        Span<byte> destination,
        int totalLength,
        IpProtocol protocol,
        uint source,
        uint target,
        byte ttl = 64,
        ushort identification = 0,
        bool dontFragment = false,
        byte tos = 0)
    {
        Span<byte> header = destination[..MinimumLength];
        header[0] = 0x45;
        header[TosOffset] = tos;
        BinaryPrimitives.WriteUInt16BigEndian(header[TotalLengthOffset..], (ushort)totalLength);
        BinaryPrimitives.WriteUInt16BigEndian(header[IdentificationOffset..], identification);
        BinaryPrimitives.WriteUInt16BigEndian(header[FlagsOffset..], dontFragment ? DontFragmentBit : (ushort)0);
        header[TtlOffset] = ttl;
        header[ProtocolOffset] = (byte)protocol;
        BinaryPrimitives.WriteUInt16BigEndian(header[ChecksumOffset..], 0);
        BinaryPrimitives.WriteUInt32BigEndian(header[SourceOffset..], source);
        BinaryPrimitives.WriteUInt32BigEndian(header[DestinationOffset..], target);
        BinaryPrimitives.WriteUInt16BigEndian(header[ChecksumOffset..], InternetChecksum.Compute(header));
        return MinimumLength;
    }
}
