using System.Buffers.Binary;

namespace RouterOS.L2tp.Wire;

// Attribute-value pair, RFC 2661 section 4.1.
//
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |M|H| rsvd  |      Length       |           Vendor ID           |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |         Attribute Type        |        Attribute Value...
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

/// <summary>Walks the attributes of a control message as they are on the wire.</summary>
internal ref struct AttributeReader(ReadOnlySpan<byte> body)
{
    /// <summary>Bytes before the value.</summary>
    public const int HeaderLength = 6;

    private const ushort MandatoryBit = 0x8000;
    private const ushort HiddenBit = 0x4000;
    private const ushort ReservedBits = 0x3c00;
    private const ushort LengthMask = 0x03ff;

    private ReadOnlySpan<byte> _rest = body;

    /// <summary>True when what follows is no attribute.</summary>
    public bool Failed { get; private set; }

    public bool IsMandatory { get; private set; }

    public bool IsHidden { get; private set; }

    /// <summary>A reserved bit is set: the attribute is to be treated as unknown (RFC 2661 section 4.1).</summary>
    public bool HasReservedBits { get; private set; }

    public ushort Vendor { get; private set; }

    public ushort Type { get; private set; }

    /// <summary>The value's bytes, hidden or not.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    public bool Next()
    {
        if (_rest.IsEmpty || Failed)
        {
            return false;
        }

        if (_rest.Length < HeaderLength)
        {
            Failed = true;
            return false;
        }

        ushort first = BinaryPrimitives.ReadUInt16BigEndian(_rest);
        int length = first & LengthMask;
        if (length < HeaderLength || length > _rest.Length)
        {
            Failed = true;
            return false;
        }

        IsMandatory = (first & MandatoryBit) != 0;
        IsHidden = (first & HiddenBit) != 0;
        HasReservedBits = (first & ReservedBits) != 0;
        Vendor = BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]);
        Type = BinaryPrimitives.ReadUInt16BigEndian(_rest[4..]);
        Value = _rest[HeaderLength..length];
        _rest = _rest[length..];
        return true;
    }
}
