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
            for (int shift = 0; shift < 32; shift += 8)
            {
                _bytes.Add((byte)(value >> shift));
            }
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

    public byte[] ToArray() => [.. _bytes];

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
