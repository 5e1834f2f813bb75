using System.Buffers.Binary;

namespace RouterOS.Gre.Wire;

// GRE header, RFC 2784 section 2.1 with the extensions of RFC 2890 section 2.
//
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+---------------+-----+-------------------------------+
// |C| |K|S|   Reserved0   | Ver |         Protocol Type         |
// +-+-+-+-+---------------+-----+-------------------------------+
// |      Checksum (optional)      |      Reserved1 (optional)     |
// +-------------------------------+-------------------------------+
// |                        Key (optional)                         |
// +---------------------------------------------------------------+
// |                  Sequence Number (optional)                   |
// +---------------------------------------------------------------+

/// <summary>View of a GRE packet over its own bytes: nothing is copied.</summary>
public readonly ref struct GreHeader
{
    /// <summary>Bytes without any option.</summary>
    public const int MinimumLength = 4;

    /// <summary>Bytes with all options.</summary>
    public const int MaximumLength = 16;

    /// <summary>Where the checksum stands, when there is one.</summary>
    public const int ChecksumOffset = 4;

    /// <summary>A checksum is there.</summary>
    public const ushort ChecksumFlag = 0x8000;

    /// <summary>A key is there.</summary>
    public const ushort KeyFlag = 0x2000;

    /// <summary>A sequence number is there.</summary>
    public const ushort SequenceFlag = 0x1000;

    // RFC 2784 section 2.3: of bits 1 to 5 those that RFC 2890 has not taken: routing, strict source route, one of recursion control.
    private const ushort RefusedFlags = 0x4000 | 0x0800 | 0x0400;
    private const ushort VersionMask = 0x0007;
    private const int OptionLength = 4;

    private readonly ReadOnlySpan<byte> _packet;
    private readonly ushort _flags;

    private GreHeader(ReadOnlySpan<byte> packet, ushort flags)
    {
        _packet = packet;
        _flags = flags;
    }

    /// <summary>True with a checksum.</summary>
    public bool HasChecksum => (_flags & ChecksumFlag) != 0;

    /// <summary>True with a key.</summary>
    public bool HasKey => (_flags & KeyFlag) != 0;

    /// <summary>True with a sequence number.</summary>
    public bool HasSequence => (_flags & SequenceFlag) != 0;

    /// <summary>What the packet carries.</summary>
    public GreProtocol Protocol => (GreProtocol)BinaryPrimitives.ReadUInt16BigEndian(_packet[2..]);

    /// <summary>Bytes of the header.</summary>
    public int Length => LengthOf(_flags);

    /// <summary>The key; 0 without one.</summary>
    public uint Key => HasKey ? BinaryPrimitives.ReadUInt32BigEndian(_packet[(MinimumLength + (HasChecksum ? OptionLength : 0))..]) : 0;

    /// <summary>The sequence number; 0 without one.</summary>
    public uint Sequence => HasSequence ? BinaryPrimitives.ReadUInt32BigEndian(_packet[(Length - OptionLength)..]) : 0;

    /// <summary>What the checksum is of: header and payload (RFC 2784 section 2.5).</summary>
    public ReadOnlySpan<byte> Packet => _packet;

    /// <summary>Bytes of a header with these flags.</summary>
    public static int LengthOf(ushort flags) => MinimumLength
        + ((flags & ChecksumFlag) != 0 ? OptionLength : 0) + ((flags & KeyFlag) != 0 ? OptionLength : 0)
        + ((flags & SequenceFlag) != 0 ? OptionLength : 0);

    /// <summary>Accepts <paramref name="packet"/>, the whole payload of IP, as GRE, or says why it must be dropped.</summary>
    public static bool TryParse(ReadOnlySpan<byte> packet, out GreHeader header, out GreError error)
    {
        header = default;
        if (packet.Length < MinimumLength)
        {
            error = GreError.Truncated;
            return false;
        }

        ushort flags = BinaryPrimitives.ReadUInt16BigEndian(packet);
        error = (flags & VersionMask) != 0 ? GreError.BadVersion
            : (flags & RefusedFlags) != 0 ? GreError.ReservedFlag
            : packet.Length < LengthOf(flags) ? GreError.Truncated
            : GreError.None;
        if (error != GreError.None)
        {
            return false;
        }

        header = new GreHeader(packet, flags);
        return true;
    }

    /// <summary>Writes a header, its checksum and sequence number 0, and returns its bytes.</summary>
    /// <param name="destination">Room for it.</param>
    /// <param name="flags">What it has: <see cref="ChecksumFlag"/>, <see cref="KeyFlag"/>, <see cref="SequenceFlag"/>.</param>
    /// <param name="protocol">What the packet carries.</param>
    /// <param name="key">The key, where it has one.</param>
    public static int Write(Span<byte> destination, ushort flags, GreProtocol protocol, uint key)
    {
        int length = LengthOf(flags);
        Span<byte> header = destination[..length];
        header.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(header, flags);
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)protocol);
        if ((flags & KeyFlag) != 0)
        {
            BinaryPrimitives.WriteUInt32BigEndian(header[(MinimumLength + ((flags & ChecksumFlag) != 0 ? OptionLength : 0))..], key);
        }

        return length;
    }
}
