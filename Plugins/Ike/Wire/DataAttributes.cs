using System.Buffers.Binary;

namespace RouterOS.Ike.Wire;

// Data attributes, RFC 2408 section 3.3.
//
// +-+-----------------------------+-------------------------------+
// |A|       Attribute Type        |  AF=0: length   AF=1: value   |
// |F|                             |                               |
// +-+-----------------------------+-------------------------------+
// |                   AF=0: Attribute Value                       |
// +---------------------------------------------------------------+

/// <summary>View of a list of attributes.</summary>
internal readonly ref struct DataAttributes
{
    private const ushort ShortForm = 0x8000;
    private const int FixedLength = 4;

    private readonly ReadOnlySpan<byte> _bytes;

    private DataAttributes(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>A list whose bytes <see cref="TryParse"/> has accepted before, as part of its transform.</summary>
    public static DataAttributes Accepted(ReadOnlySpan<byte> bytes) => new(bytes);

    public static bool TryParse(ReadOnlySpan<byte> bytes, out DataAttributes attributes, out IsakmpError error)
    {
        attributes = default;
        ReadOnlySpan<byte> rest = bytes;
        while (!rest.IsEmpty)
        {
            if (rest.Length < FixedLength)
            {
                error = IsakmpError.Truncated;
                return false;
            }

            int size = SizeOf(rest);
            if (size > rest.Length)
            {
                error = IsakmpError.BadLength;
                return false;
            }

            rest = rest[size..];
        }

        attributes = new DataAttributes(bytes);
        error = IsakmpError.None;
        return true;
    }

    /// <summary>Writes an attribute in its short form where the value fits 16 bits, else as four bytes; returns the bytes written.</summary>
    public static int Write(Span<byte> destination, ushort type, uint value)
    {
        if (value <= ushort.MaxValue)
        {
            BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)(type | ShortForm));
            BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)value);
            return FixedLength;
        }

        BinaryPrimitives.WriteUInt16BigEndian(destination, type);
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], 4);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], value);
        return FixedLength + 4;
    }

    /// <summary>An attribute in its long form.</summary>
    public static byte[] Make(ushort type, ReadOnlySpan<byte> value)
    {
        byte[] attribute = new byte[FixedLength + value.Length];
        BinaryPrimitives.WriteUInt16BigEndian(attribute, type);
        BinaryPrimitives.WriteUInt16BigEndian(attribute.AsSpan(2), checked((ushort)value.Length));
        value.CopyTo(attribute.AsSpan(FixedLength));
        return attribute;
    }

    public Enumerator GetEnumerator() => new(_bytes);

    private static int SizeOf(ReadOnlySpan<byte> attribute) =>
        (BinaryPrimitives.ReadUInt16BigEndian(attribute) & ShortForm) != 0 ? FixedLength
        : FixedLength + BinaryPrimitives.ReadUInt16BigEndian(attribute[2..]);

    /// <summary>Walks the attributes; a value longer than eight bytes reads as the largest number.</summary>
    internal ref struct Enumerator(ReadOnlySpan<byte> rest)
    {
        private ReadOnlySpan<byte> _rest = rest;

        public (ushort Type, ulong Value) Current { get; private set; }

        /// <summary>The value as it came.</summary>
        public ReadOnlySpan<byte> Bytes { get; private set; }

        public bool MoveNext()
        {
            if (_rest.IsEmpty)
            {
                return false;
            }

            ushort type = BinaryPrimitives.ReadUInt16BigEndian(_rest);
            int size = SizeOf(_rest);
            ReadOnlySpan<byte> value = (type & ShortForm) != 0 ? _rest[2..4] : _rest[4..size];
            ulong number = 0;
            foreach (byte part in value.TrimStart((byte)0))
            {
                number = number >> 56 != 0 ? ulong.MaxValue : (number << 8) | part;
            }

            Bytes = value;
            Current = ((ushort)(type & ~ShortForm), number);
            _rest = _rest[size..];
            return true;
        }
    }
}
