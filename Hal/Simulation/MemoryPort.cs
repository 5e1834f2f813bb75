using RouterOS.Abstractions.Ports;
using RouterOS.Packets;

namespace RouterOS.Simulation;

/// <summary>One end of a <see cref="MemoryWire"/>. Works on one thread, or with each end on its own.</summary>
public sealed class MemoryPort : IPort
{
    private readonly MemoryWire _wire;
    private readonly MemoryWireOptions _options;
    private readonly byte[] _address;
    private readonly MemoryLane _out;
    private readonly MemoryLane _in;
    private ulong _transmitDrops;

    internal MemoryPort(MemoryWire wire, MemoryWireOptions options, byte[] address, MemoryLane send, MemoryLane receive)
    {
        _wire = wire;
        _options = options;
        _address = options.Link == PortLink.Ethernet ? address : [];
        _out = send;
        _in = receive;
    }

    /// <inheritdoc/>
    public PortLink Link => _options.Link;

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> LinkAddress => _address;

    /// <inheritdoc/>
    public int Mtu => _options.Mtu;

    /// <inheritdoc/>
    public bool IsUp => _wire.IsPlugged && IsOpen && Peer.IsOpen;

    /// <inheritdoc/>
    public int PollDescriptor => -1;

    /// <inheritdoc/>
    public Action? WakeUp { get; set; }

    internal bool IsOpen { get; set; } = true;

    private MemoryPort Peer => ReferenceEquals(_wire.Left, this) ? _wire.Right : _wire.Left;

    /// <inheritdoc/>
    public int Receive(Span<nint> packets, PacketPools pools)
    {
        ArgumentNullException.ThrowIfNull(pools);
        int count = 0;
        while (count < packets.Length)
        {
            int length = _in.PeekLength();
            nint handle = length < 0 ? 0 : pools.Rent(length);
            if (handle == 0)
            {
                break;
            }

            ref PacketBuffer packet = ref PacketBuffer.At(handle);
            packet.Length = length;
            packet.Length = _in.Receive(packet.Data);
            packets[count++] = handle;
        }

        return count;
    }

    /// <inheritdoc/>
    public int Transmit(ReadOnlySpan<nint> packets)
    {
        for (int i = 0; i < packets.Length; i++)
        {
            if (!Send(PacketBuffer.At(packets[i]).Data))
            {
                _transmitDrops += (uint)(packets.Length - i);
                return i;
            }
        }

        return packets.Length;
    }

    /// <summary>Sends one frame without a packet buffer: for tests that play a host.</summary>
    public bool Send(ReadOnlySpan<byte> frame)
    {
        _wire.Tap?.Invoke(this, frame.ToArray());
        // What is sent on a pulled cable is gone, as on a real one.
        return !IsUp || _out.Send(frame);
    }

    /// <summary>Takes one frame without a packet buffer; null when none has arrived: for tests that play a host.</summary>
    public byte[]? Take()
    {
        int length = _in.PeekLength();
        if (length < 0)
        {
            return null;
        }

        byte[] frame = new byte[length];
        _in.Receive(frame);
        return frame;
    }

    /// <inheritdoc/>
    public PortCounters ReadCounters() => new(0, _transmitDrops);

    /// <inheritdoc/>
    public void Dispose()
    {
        IsOpen = false;
        WakeUp = null;
        _in.Clear();
    }
}
