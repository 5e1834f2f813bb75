using System.Buffers.Binary;

namespace RouterOS.L2tp.Wire;

// L2TP header, RFC 2661 section 3.1. Length, Ns and Nr, and Offset are there when L, S and O say so.
//
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-------------------------------+
// |T|L|x|x|S|x|O|P|x|x|x|x|  Ver  |          Length (opt)         |
// +-------------------------------+-------------------------------+
// |           Tunnel ID           |           Session ID          |
// +-------------------------------+-------------------------------+
// |             Ns (opt)          |             Nr (opt)          |
// +-------------------------------+-------------------------------+
// |      Offset Size (opt)        |    Offset pad... (opt)
// +-------------------------------+--------------------------------

/// <summary>View of an L2TP message over the datagram's own bytes.</summary>
public readonly ref struct L2tpHeader
{
    /// <summary>UDP port of L2TP.</summary>
    public const ushort Port = 1701;

    /// <summary>Bytes of a control message's header.</summary>
    public const int ControlLength = 12;

    /// <summary>Bytes of a data message's header with neither length nor sequence numbers.</summary>
    public const int DataLength = 6;

    /// <summary>Bytes of a data message's header with sequence numbers.</summary>
    public const int SequencedDataLength = 10;

    private const ushort ControlBit = 0x8000;
    private const ushort LengthBit = 0x4000;
    private const ushort SequenceBit = 0x0800;
    private const ushort OffsetBit = 0x0200;
    private const ushort PriorityBit = 0x0100;
    private const ushort VersionMask = 0x000f;
    private const ushort Version = 2;

    private readonly ReadOnlySpan<byte> _message;
    private readonly ushort _flags;
    private readonly int _ids;
    private readonly int _payload;

    private L2tpHeader(ReadOnlySpan<byte> message, ushort flags, int ids, int payload)
    {
        _message = message;
        _flags = flags;
        _ids = ids;
        _payload = payload;
    }

    /// <summary>A control message.</summary>
    public bool IsControl => (_flags & ControlBit) != 0;

    /// <summary>Ns and Nr are there.</summary>
    public bool HasSequence => (_flags & SequenceBit) != 0;

    /// <summary>The receiver's number of the tunnel; 0 where it has told none.</summary>
    public ushort Tunnel => BinaryPrimitives.ReadUInt16BigEndian(_message[_ids..]);

    /// <summary>The receiver's number of the session; 0 where the message is about the tunnel.</summary>
    public ushort Session => BinaryPrimitives.ReadUInt16BigEndian(_message[(_ids + 2)..]);

    /// <summary>Number of this message; 0 without <see cref="HasSequence"/>.</summary>
    public ushort Ns => HasSequence ? BinaryPrimitives.ReadUInt16BigEndian(_message[(_ids + 4)..]) : (ushort)0;

    /// <summary>Number of the next control message that the sender expects; 0 without <see cref="HasSequence"/>.</summary>
    public ushort Nr => HasSequence ? BinaryPrimitives.ReadUInt16BigEndian(_message[(_ids + 6)..]) : (ushort)0;

    /// <summary>Bytes before the payload.</summary>
    public int Length => _payload;

    /// <summary>AVPs of a control message, a PPP frame of a data message.</summary>
    public ReadOnlySpan<byte> Payload => _message[_payload..];

    /// <summary>Accepts a datagram's payload as a message, or says why not.</summary>
    public static bool TryParse(ReadOnlySpan<byte> datagram, out L2tpHeader header, out L2tpError error)
    {
        header = default;
        if (datagram.Length < DataLength)
        {
            error = L2tpError.Truncated;
            return false;
        }

        ushort flags = BinaryPrimitives.ReadUInt16BigEndian(datagram);
        bool control = (flags & ControlBit) != 0;
        int ids = (flags & LengthBit) != 0 ? 4 : 2;
        int fixedLength = ids + 4 + ((flags & SequenceBit) != 0 ? 4 : 0) + ((flags & OffsetBit) != 0 ? 2 : 0);
        error = (flags & VersionMask) != Version ? L2tpError.BadVersion
            : control && (flags & (LengthBit | SequenceBit | OffsetBit | PriorityBit)) != (LengthBit | SequenceBit) ? L2tpError.BadFlags
            : datagram.Length < fixedLength ? L2tpError.Truncated
            : L2tpError.None;
        if (error != L2tpError.None)
        {
            return false;
        }

        int length = (flags & LengthBit) != 0 ? BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]) : datagram.Length;
        int payload = fixedLength + ((flags & OffsetBit) != 0 ? BinaryPrimitives.ReadUInt16BigEndian(datagram[(fixedLength - 2)..]) : 0);
        if (length > datagram.Length || payload > length)
        {
            error = L2tpError.BadLength;
            return false;
        }

        header = new L2tpHeader(datagram[..length], flags, ids, payload);
        return true;
    }

    /// <summary>Writes a control message's header in front of <paramref name="body"/> bytes.</summary>
    public static void WriteControl(Span<byte> destination, ushort tunnel, ushort session, ushort ns, ushort nr, int body)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, ControlBit | LengthBit | SequenceBit | Version);
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], checked((ushort)(ControlLength + body)));
        BinaryPrimitives.WriteUInt16BigEndian(destination[4..], tunnel);
        BinaryPrimitives.WriteUInt16BigEndian(destination[6..], session);
        BinaryPrimitives.WriteUInt16BigEndian(destination[8..], ns);
        BinaryPrimitives.WriteUInt16BigEndian(destination[10..], nr);
    }

    /// <summary>Writes a data message's header of <see cref="DataLength"/> bytes.</summary>
    public static void WriteData(Span<byte> destination, ushort tunnel, ushort session)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, Version);
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], tunnel);
        BinaryPrimitives.WriteUInt16BigEndian(destination[4..], session);
    }

    /// <summary>Writes a data message's header of <see cref="SequencedDataLength"/> bytes.</summary>
    public static void WriteData(Span<byte> destination, ushort tunnel, ushort session, ushort ns)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, SequenceBit | Version);
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], tunnel);
        BinaryPrimitives.WriteUInt16BigEndian(destination[4..], session);
        BinaryPrimitives.WriteUInt16BigEndian(destination[6..], ns);
        // RFC 2661 section 5.4: Nr is reserved in data messages.
        BinaryPrimitives.WriteUInt16BigEndian(destination[8..], 0);
    }
}
