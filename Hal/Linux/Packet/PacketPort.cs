using RouterOS.Abstractions.Ports;
using RouterOS.Linux.Native;
using RouterOS.Packets;

namespace RouterOS.Linux.Packet;

/// <summary>A network device of the host: its frames come through receive rings, one for each queue, and leave through packet sockets.</summary>
internal sealed class PacketPort : IPort
{
    private readonly NetworkDevice _device;
    private readonly byte[] _address;
    private readonly PacketQueue[] _queues;

    public PacketPort(NetworkDevice device, byte[] address, PacketQueue[] queues)
    {
        _device = device;
        _address = address;
        _queues = queues;
        Mtu = device.Mtu;
        ClearErrors();
    }

    /// <inheritdoc/>
    public PortLink Link => PortLink.Ethernet;

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> LinkAddress => _address;

    /// <inheritdoc/>
    public int Mtu { get; private set; }

    /// <inheritdoc/>
    public bool IsUp
    {
        get
        {
            bool isUp = _device.IsUp;
            if (isUp)
            {
                Mtu = _device.Mtu;
            }
            else
            {
                ClearErrors();
            }

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
    public int Receive(Span<nint> packets, PacketPools pools) => _queues[0].Receive(packets, pools);

    /// <inheritdoc/>
    public int Receive(int queue, Span<nint> packets, PacketPools pools) => _queues[queue].Receive(packets, pools);

    /// <inheritdoc/>
    public int Transmit(ReadOnlySpan<nint> packets) => _queues[0].Transmit(packets);

    /// <inheritdoc/>
    public int Transmit(int queue, ReadOnlySpan<nint> packets) => _queues[queue].Transmit(packets);

    /// <inheritdoc/>
    public PortCounters ReadCounters()
    {
        ulong receive = 0;
        ulong transmit = 0;
        foreach (PacketQueue queue in _queues)
        {
            PortCounters counters = queue.Counters;
            receive += counters.ReceiveDrops;
            transmit += counters.TransmitDrops;
        }

        return new PortCounters(receive, transmit);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PacketQueue queue in _queues)
        {
            queue.Dispose();
        }

        _device.Dispose();
    }

    private void ClearErrors()
    {
        foreach (PacketQueue queue in _queues)
        {
            queue.ClearErrors();
        }
    }
}
