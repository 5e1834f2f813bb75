using System.Buffers.Binary;

namespace RouterOS.Ppp.Wire;

/// <summary>Options that are being written.</summary>
internal sealed class OptionList
{
    private readonly List<byte> _bytes = new(32);

    public bool IsEmpty => _bytes.Count == 0;

    public byte[] ToArray() => [.. _bytes];

    public OptionList Add(byte type, ReadOnlySpan<byte> data)
    {
        _bytes.Add(type);
        _bytes.Add(checked((byte)(OptionReader.HeaderLength + data.Length)));
        _bytes.AddRange(data);
        return this;
    }

    public OptionList Add16(byte type, ushort value) => Add(type, [(byte)(value >> 8), (byte)value]);

    public OptionList Add32(byte type, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return Add(type, bytes);
    }

    /// <summary>An option as the peer wrote it.</summary>
    public void AddWhole(ReadOnlySpan<byte> option) => _bytes.AddRange(option);
}
