using System.Buffers.Binary;
using RouterOS.Abstractions.Ports;

namespace RouterOS.Simulation.Pcap;

/// <summary>Writes frames to a classic pcap file with nanoseconds.</summary>
public sealed class PcapWriter : IDisposable
{
    private const uint NanosecondMagic = 0xa1b23c4d;
    private const uint SnapLength = 262_144;

    private readonly Stream _stream;
    private readonly byte[] _header = new byte[24];

    /// <summary>Writes the file's header.</summary>
    /// <param name="stream">Where to; disposed with this.</param>
    /// <param name="link">Link layer of the frames.</param>
    public PcapWriter(Stream stream, PortLink link)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _stream = stream;
        BinaryPrimitives.WriteUInt32LittleEndian(_header, NanosecondMagic);
        BinaryPrimitives.WriteUInt16LittleEndian(_header.AsSpan(4), 2);
        BinaryPrimitives.WriteUInt16LittleEndian(_header.AsSpan(6), 4);
        BinaryPrimitives.WriteUInt32LittleEndian(_header.AsSpan(16), SnapLength);
        BinaryPrimitives.WriteUInt32LittleEndian(_header.AsSpan(20), link == PortLink.Ethernet ? 1u : 101u);
        _stream.Write(_header);
    }

    /// <summary>Writes one frame.</summary>
    public void Write(DateTimeOffset time, ReadOnlySpan<byte> frame)
    {
        long ticks = (time - DateTimeOffset.UnixEpoch).Ticks;
        BinaryPrimitives.WriteUInt32LittleEndian(_header, (uint)(ticks / TimeSpan.TicksPerSecond));
        BinaryPrimitives.WriteUInt32LittleEndian(_header.AsSpan(4), (uint)(ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick));
        BinaryPrimitives.WriteUInt32LittleEndian(_header.AsSpan(8), (uint)frame.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(_header.AsSpan(12), (uint)frame.Length);
        _stream.Write(_header.AsSpan(0, 16));
        _stream.Write(frame);
    }

    /// <summary>Makes what was written visible to readers of the file.</summary>
    public void Flush() => _stream.Flush();

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();
}
