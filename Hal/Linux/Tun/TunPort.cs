using System.Runtime.InteropServices;
using RouterOS.Abstractions.Ports;
using RouterOS.Linux.Native;
using RouterOS.Packets;

namespace RouterOS.Linux.Tun;

/// <summary>A TUN device: one read(2) or write(2) per packet.</summary>
internal sealed unsafe class TunPort : IPort
{
    private readonly NetworkDevice _device;
    private readonly int _file;
    private ulong _transmitDrops;

    public TunPort(NetworkDevice device, int file)
    {
        _device = device;
        _file = file;
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
    public int PollDescriptor => _file;

    /// <inheritdoc/>
    public Action? WakeUp { get; set; }

    /// <inheritdoc/>
    public int Receive(Span<nint> packets, PacketPools pools)
    {
        int count = 0;
        while (count < packets.Length)
        {
            nint handle = pools.Rent(Mtu);
            if (handle == 0)
            {
                break;
            }

            // Safe: the buffer was rented for a packet of this size; a longer one would be cut by the kernel, which keeps to the MTU.
            ref PacketBuffer packet = ref PacketBuffer.At(handle);
            nint bytes = Libc.Read(_file, packet.Start, (nuint)Mtu);
            if (bytes <= 0)
            {
                pools.Return(handle);
                break;
            }

            packet.Length = (int)bytes;
            packets[count++] = handle;
        }

        return count;
    }

    /// <inheritdoc/>
    public int Transmit(ReadOnlySpan<nint> packets)
    {
        for (int i = 0; i < packets.Length; i++)
        {
            ref PacketBuffer packet = ref PacketBuffer.At(packets[i]);
            if (Libc.Write(_file, packet.Start, (nuint)packet.Length) >= 0)
            {
                continue;
            }

            int error = Marshal.GetLastPInvokeError();
            if (error is Libc.Eagain or Libc.Enobufs)
            {
                _transmitDrops += (ulong)(packets.Length - i);
                return i;
            }

            // This packet was refused (device down, or no IP): those behind it get their own answer.
            _transmitDrops++;
        }

        return packets.Length;
    }

    /// <inheritdoc/>
    public PortCounters ReadCounters() => new(0, _transmitDrops);

    /// <inheritdoc/>
    public void Dispose()
    {
        _ = Libc.Close(_file);
        _device.Dispose();
    }
}
