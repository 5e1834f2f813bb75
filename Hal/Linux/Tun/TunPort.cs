using RouterOS.Abstractions.Ports;
using RouterOS.Linux.Native;
using RouterOS.Packets;

namespace RouterOS.Linux.Tun;

/// <summary>A TUN device of the host: bare IP packets, and super-packets both ways.</summary>
internal sealed class TunPort : IPort
{
    // A packet of this size fits a small buffer; what is larger comes as a super-packet or needs a large one.
    private const int MaxSmall = 1600;

    private readonly NetworkDevice _device;
    private readonly TunQueue[] _queues;

    public TunPort(NetworkDevice device, TunQueue[] queues)
    {
        _device = device;
        _queues = queues;
        Mtu = device.Mtu;
    }

    /// <inheritdoc/>
    public PortLink Link => PortLink.RawIp;

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> LinkAddress => default;

    /// <inheritdoc/>
    public int Mtu { get; private set; }

    /// <inheritdoc/>
    public bool IsUp
    {
        get
        {
            bool isUp = _device.IsUp;
            Mtu = isUp ? _device.Mtu : Mtu;
            return isUp;
        }
    }

    /// <inheritdoc/>
    public int PollDescriptor => _queues[0].Descriptor;

    /// <inheritdoc/>
    public Action? WakeUp { get; set; }

    /// <inheritdoc/>
    public PortOffloads Offloads => _queues[0].Offloads;

    /// <inheritdoc/>
    public int Queues => _queues.Length;

    /// <inheritdoc/>
    public int PollDescriptorOf(int queue) => _queues[queue].Descriptor;

    /// <inheritdoc/>
    public int Receive(Span<nint> packets, PacketPools pools) => Receive(0, packets, pools);

    /// <inheritdoc/>
    public int Receive(int queue, Span<nint> packets, PacketPools pools) =>
        _queues[queue].Receive(packets, pools, Math.Clamp(Mtu, 1, MaxSmall));

    /// <inheritdoc/>
    public int Transmit(ReadOnlySpan<nint> packets) => _queues[0].Transmit(packets);

    /// <inheritdoc/>
    public int Transmit(int queue, ReadOnlySpan<nint> packets) => _queues[queue].Transmit(packets);

    /// <inheritdoc/>
    public PortCounters ReadCounters()
    {
        ulong receive = 0;
        ulong transmit = 0;
        foreach (TunQueue queue in _queues)
        {
            receive += queue.Counters.ReceiveDrops;
            transmit += queue.Counters.TransmitDrops;
        }

        return new PortCounters(receive, transmit);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (TunQueue queue in _queues)
        {
            queue.Dispose();
        }

        _device.Dispose();
    }
}
