using System.Text;

namespace RouterOS.Forwarding.Rows;

/// <summary>Writes the fields of a small protobuf message in wire form, leaving defaults out.</summary>
internal sealed class ProtobufWriter
{
    private readonly List<byte> _bytes = [];

    public ProtobufWriter Number(int field, ulong value)
    {
        if (value != 0)
        {
            Varint((ulong)field << 3);
            Varint(value);
        }

        return this;
    }

    public ProtobufWriter Fixed32(int field, uint value)
    {
        if (value != 0)
        {
            Varint(((ulong)field << 3) | 5);
            Little(value, 4);
        }

        return this;
    }

    public ProtobufWriter Bytes(int field, ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty)
        {
            Varint(((ulong)field << 3) | 2);
            Varint((ulong)value.Length);
            _bytes.AddRange(value);
        }

        return this;
    }

    public ProtobufWriter Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    /// <summary>Writes the field that a reader stands at.</summary>
    public ProtobufWriter Copy(in ProtobufReader field)
    {
        Varint(field.Tag);
        switch ((int)(field.Tag & 7))
        {
            case 0:
                Varint(field.Number);
                break;
            case 1:
                Little(field.Number, 8);
                break;
            case 5:
                Little(field.Number, 4);
                break;
            default:
                Varint((ulong)field.Bytes.Length);
                _bytes.AddRange(field.Bytes);
                break;
        }

        return this;
    }

    public byte[] ToArray() => [.. _bytes];

    private void Little(ulong value, int bytes)
    {
        for (int shift = 0; shift < bytes * 8; shift += 8)
        {
            _bytes.Add((byte)(value >> shift));
        }
    }

    private void Varint(ulong value)
    {
        while (value >= 0x80)
        {
            _bytes.Add((byte)(value | 0x80));
            value >>= 7;
        }

        _bytes.Add((byte)value);
    }
}
