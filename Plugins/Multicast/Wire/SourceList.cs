using System.Buffers.Binary;

namespace RouterOS.Multicast.Wire;

/// <summary>A list of source addresses in a message.</summary>
public readonly ref struct SourceList
{
    private readonly ReadOnlySpan<byte> _bytes;

    internal SourceList(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>How many there are.</summary>
    public int Count => _bytes.Length / sizeof(uint);

    /// <summary>One of them, host byte order.</summary>
    public uint this[int index] => BinaryPrimitives.ReadUInt32BigEndian(_bytes[(index * sizeof(uint))..]);
}
