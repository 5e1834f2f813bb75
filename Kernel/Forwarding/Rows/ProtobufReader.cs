namespace RouterOS.Forwarding.Rows;

/// <summary>Reads the fields of a small protobuf message in wire form: enough for the rows of tables, without the runtime and its garbage.</summary>
/// <remarks>Never throws and never allocates: a malformed message ends with <see cref="Failed"/> set.</remarks>
public ref struct ProtobufReader
{
    private const int VarintWire = 0;
    private const int Fixed64Wire = 1;
    private const int BytesWire = 2;
    private const int Fixed32Wire = 5;

    private ReadOnlySpan<byte> _rest;

    /// <summary>Begins before the first field of <paramref name="message"/>.</summary>
    public ProtobufReader(ReadOnlySpan<byte> message) => _rest = message;

    /// <summary>Number of the field that <see cref="Next"/> has read.</summary>
    public int Field { get; private set; }

    /// <summary>The field's tag: number and wire type.</summary>
    public ulong Tag { get; private set; }

    /// <summary>Value of a varint or fixed field.</summary>
    public ulong Number { get; private set; }

    /// <summary>Value of a bytes, string or message field.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>True when the message was cut or malformed.</summary>
    public bool Failed { get; private set; }

    /// <summary>Reads the next field; false at the end or at a malformed one.</summary>
    public bool Next()
    {
        if (_rest.IsEmpty || Failed)
        {
            return false;
        }

        ulong tag = Varint();
        Tag = tag;
        Field = (int)Math.Min(tag >> 3, int.MaxValue);
        Number = 0;
        Bytes = default;
        switch ((int)(tag & 7))
        {
            case VarintWire:
                Number = Varint();
                break;
            case Fixed32Wire:
                Number = Little(4);
                break;
            case Fixed64Wire:
                Number = Little(8);
                break;
            case BytesWire:
                ulong length = Varint();
                if (length > (ulong)_rest.Length)
                {
                    Failed = true;
                    break;
                }

                Bytes = _rest[..(int)length];
                _rest = _rest[(int)length..];
                break;
            default:
                Failed = true;
                break;
        }

        return !Failed;
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            if (_rest.IsEmpty)
            {
                break;
            }

            byte octet = _rest[0];
            _rest = _rest[1..];
            value |= shift < 64 ? (ulong)(octet & 0x7f) << shift : 0;
            if (octet < 0x80)
            {
                return value;
            }
        }

        Failed = true;
        return 0;
    }

    private ulong Little(int bytes)
    {
        if (_rest.Length < bytes)
        {
            Failed = true;
            return 0;
        }

        ulong value = 0;
        for (int i = bytes - 1; i >= 0; i--)
        {
            value = (value << 8) | _rest[i];
        }

        _rest = _rest[bytes..];
        return value;
    }
}
