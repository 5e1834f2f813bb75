using System.Buffers.Binary;
using RouterOS.Abstractions.Ports;
using RouterOS.Linux.Datagram;
using RouterOS.Linux.Native;
using RouterOS.Packets;

namespace RouterOS.Linux.Host;

/// <summary>
/// A port without link layer that shares the host's own address on a device: it receives the claimed UDP ports and protocols, and what it
/// sends goes out by the host's own sockets and routes. ARP, ICMP and everything else stay the kernel's.
/// </summary>
internal sealed unsafe class HostPort : IPort
{
    // A packet of this size fits a small buffer.
    private const int SmallBytes = 1600;

    private readonly NetworkDevice _device;
    private readonly HostSockets _sockets;
    private readonly uint _address;
    private readonly DatagramBatch _raw = new(isMerging: false);
    private int _turn;
    private ulong _transmitDrops;

    public HostPort(NetworkDevice device, uint address, HostSockets sockets, string notice)
    {
        _device = device;
        _address = address;
        _sockets = sockets;
        Notice = notice;
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
    public int PollDescriptor => _sockets.Poll;

    /// <inheritdoc/>
    public Action? WakeUp { get; set; }

    /// <inheritdoc/>
    public string Notice { get; }

    /// <inheritdoc/>
    public int Receive(Span<nint> packets, PacketPools pools)
    {
        int largest = Math.Max(Mtu, SmallBytes);
        int channels = _sockets.Udp.Length + _sockets.Protocols.Length;
        int count = 0;
        // Another channel is the first each time, so that none starves behind a busy one.
        _turn = _turn + 1 == channels ? 0 : _turn + 1;
        for (int i = 0; i < channels && count < packets.Length; i++)
        {
            int channel = (_turn + i) % channels;
            count += channel < _sockets.Udp.Length
                ? _sockets.Udp[channel].Receive(packets[count..], pools)
                : _sockets.Protocols[channel - _sockets.Udp.Length].Receive(packets[count..], pools, largest);
        }

        return count;
    }

    /// <inheritdoc/>
    public int Transmit(ReadOnlySpan<nint> packets)
    {
        foreach (nint handle in packets)
        {
            ref PacketBuffer packet = ref PacketBuffer.At(handle);
            byte* ip = packet.Start;
            if (packet.Length < Ipv4Header.MinimumLength)
            {
                _transmitDrops++;
            }
            else if (ChannelOf(ip, packet.Length) is { } channel)
            {
                channel.Add(ip, packet.Length);
            }
            else
            {
                AddRaw(ip, packet.Length);
            }
        }

        foreach (UdpChannel channel in _sockets.Udp)
        {
            channel.Flush();
        }

        FlushRaw();
        // What a socket refused is lost and counted; the rest of the batch is not held up by it.
        return packets.Length;
    }

    /// <inheritdoc/>
    public PortCounters ReadCounters()
    {
        ulong receive = 0;
        ulong transmit = Volatile.Read(ref _transmitDrops);
        foreach (UdpChannel channel in _sockets.Udp)
        {
            receive += channel.ReceiveDrops;
            transmit += channel.TransmitDrops;
        }

        foreach (RawChannel channel in _sockets.Protocols)
        {
            receive += channel.ReceiveDrops;
        }

        return new PortCounters(receive, transmit);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _sockets.Dispose();
        _raw.Dispose();
        _device.Dispose();
    }

    // The claimed port that a packet leaves by: whole UDP from the shared address with a right checksum, or none. All else goes as it is.
    private UdpChannel? ChannelOf(byte* ip, int length)
    {
        ReadOnlySpan<byte> packet = new(ip, length);
        if (ip[0] != 0x45 || ip[9] != (byte)IpProtocol.Udp || length < Ipv4Header.MinimumLength + UdpHeader.Length
            || BinaryPrimitives.ReadUInt16BigEndian(packet[2..]) != length
            || (BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) & (Ipv4Header.MoreFragmentsBit | Ipv4Header.FragmentOffsetMask)) != 0
            || BinaryPrimitives.ReadUInt32BigEndian(packet[12..]) != _address)
        {
            return null;
        }

        ushort port = BinaryPrimitives.ReadUInt16BigEndian(packet[Ipv4Header.MinimumLength..]);
        foreach (UdpChannel channel in _sockets.Udp)
        {
            if (channel.Port == port)
            {
                return UdpHeader.TryParse(packet[Ipv4Header.MinimumLength..], out UdpHeader udp, out _)
                    && udp.Payload.Length == length - Ipv4Header.MinimumLength - UdpHeader.Length
                    && udp.IsChecksumRight(_address, BinaryPrimitives.ReadUInt32BigEndian(packet[16..])) ? channel : null;
            }
        }

        return null;
    }

    private void AddRaw(byte* ip, int length)
    {
        uint target = BinaryPrimitives.ReadUInt32BigEndian(new ReadOnlySpan<byte>(ip + 16, 4));
        if (!_raw.TryAdd(ip, length, target, 0, 0))
        {
            FlushRaw();
            _ = _raw.TryAdd(ip, length, target, 0, 0);
        }
    }

    private void FlushRaw() => _transmitDrops += _raw.Count == 0 ? 0u : (uint)_raw.Send(_sockets.Sender);
}
