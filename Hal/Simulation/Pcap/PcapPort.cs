using RouterOS.Abstractions.Ports;
using RouterOS.Packets;

namespace RouterOS.Simulation.Pcap;

/// <summary>A port that receives the frames of a capture file and writes what it is to send to another.</summary>
public sealed class PcapPort : IPort
{
    private const long NanosecondsPerTick = 100;

    private readonly PcapFile _file;
    private readonly PcapWriter? _writer;
    private readonly TimeProvider _time;
    private readonly double _speed;
    private readonly byte[] _address;
    private readonly ITimer? _timer;
    private readonly long _start;
    private long _lapStart;
    private int _lapsLeft;
    private int _next;
    private Action? _wakeUp;

    /// <param name="file">What to receive.</param>
    /// <param name="laps">How often; 0 for ever.</param>
    /// <param name="speed">1 for the file's own timing, 2 for twice as fast, 0 for as fast as the router takes it.</param>
    /// <param name="writer">Where to write what is sent, or null; disposed with the port.</param>
    /// <param name="time">The clock.</param>
    public PcapPort(PcapFile file, int laps, double speed, PcapWriter? writer, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(time);
        _file = file;
        _writer = writer;
        _time = time;
        _speed = speed;
        _lapsLeft = file.Frames.Count == 0 ? 0 : laps == 0 ? int.MaxValue : laps;
        _address = file.Link == PortLink.Ethernet ? StationOf(file) : [];
        _start = time.GetTimestamp();
        _timer = speed > 0 ? time.CreateTimer(_ => WakeUp?.Invoke(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) : null;
    }

    /// <inheritdoc/>
    public PortLink Link => _file.Link;

    /// <summary>The station that the file's frames are for: the first one that is no group.</summary>
    public ReadOnlyMemory<byte> LinkAddress => _address;

    /// <inheritdoc/>
    public int Mtu => 1500;

    /// <inheritdoc/>
    public bool IsUp => true;

    /// <inheritdoc/>
    public int PollDescriptor => -1;

    /// <inheritdoc/>
    public Action? WakeUp
    {
        get => _wakeUp;
        set
        {
            _wakeUp = value;
            value?.Invoke();
        }
    }

    /// <inheritdoc/>
    public int Receive(Span<nint> packets, PacketPools pools)
    {
        ArgumentNullException.ThrowIfNull(pools);
        int count = 0;
        while (count < packets.Length && _lapsLeft > 0)
        {
            PcapFrame frame = _file.Frames[_next];
            if (_timer is not null && Wait(frame) is { Ticks: > 0 } wait)
            {
                _ = _timer.Change(wait, Timeout.InfiniteTimeSpan);
                break;
            }

            nint handle = pools.Rent(frame.Length);
            if (handle == 0)
            {
                break;
            }

            PacketBuffer.At(handle).Length = frame.Length;
            _file.BytesOf(frame).CopyTo(PacketBuffer.At(handle).Data);
            packets[count++] = handle;
            if (++_next == _file.Frames.Count)
            {
                _next = 0;
                _lapsLeft -= _lapsLeft == int.MaxValue ? 0 : 1;
                _lapStart = Elapsed();
            }
        }

        return count;
    }

    /// <inheritdoc/>
    public int Transmit(ReadOnlySpan<nint> packets)
    {
        if (_writer is not null)
        {
            DateTimeOffset now = _time.GetUtcNow();
            foreach (nint packet in packets)
            {
                _writer.Write(now, PacketBuffer.At(packet).Data);
            }

            _writer.Flush();
        }

        return packets.Length;
    }

    /// <inheritdoc/>
    public PortCounters ReadCounters() => default;

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer?.Dispose();
        _writer?.Dispose();
    }

    private static byte[] StationOf(PcapFile file)
    {
        foreach (PcapFrame frame in file.Frames)
        {
            if (frame.Length >= EthernetHeader.Length && (file.BytesOf(frame)[0] & 1) == 0)
            {
                return file.BytesOf(frame)[..EthernetHeader.AddressBytes].ToArray();
            }
        }

        return [2, 0, 0, 0, 0, 1];
    }

    private long Elapsed() => _time.GetElapsedTime(_start).Ticks;

    // How long until a frame is due; rounded up, so that a timer does not fire a moment too early.
    private TimeSpan Wait(PcapFrame frame)
    {
        double due = Math.Max(0, frame.Nanoseconds - _file.Frames[0].Nanoseconds) / (NanosecondsPerTick * _speed);
        double ticks = due - (Elapsed() - _lapStart);
        return ticks <= 0 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Min(Math.Ceiling(ticks / TimeSpan.TicksPerMillisecond), int.MaxValue));
    }
}
