using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using RouterOS.Abstractions.Ports;
using RouterOS.Linux.Datagram;
using RouterOS.Linux.Native;
using RouterOS.Linux.Offload;
using RouterOS.Packets;

namespace RouterOS.Linux.Wire;

/// <summary>An Ethernet wire in UDP: each frame is one datagram to and from one peer.</summary>
internal sealed unsafe class UdpWirePort : IPort
{
    private const int Places = 4;

    private readonly UdpWireEnds _ends;
    private readonly int _socket;
    private readonly byte[] _address;
    private readonly DatagramIntake _intake = new(Places);
    private readonly DatagramBatch _batch = new();
    private readonly byte* _memory;
    private int _received;
    private int _place;
    private int _at;
    private ulong _receiveDrops;
    private ulong _transmitDrops;

    /// <param name="socket">Bound and connected; owned from here on.</param>
    /// <param name="ends">Its two ends.</param>
    /// <param name="identity">What the port's Ethernet address is derived from.</param>
    public UdpWirePort(int socket, UdpWireEnds ends, string identity)
    {
        _socket = socket;
        _ends = ends;
        _address = SHA256.HashData(Encoding.UTF8.GetBytes(identity))[..EthernetHeader.AddressBytes];
        // A local address of one station.
        _address[0] = (byte)((_address[0] & 0xfc) | 2);
        // Safe: freed in Dispose, after the worker has stopped.
        _memory = (byte*)NativeMemory.Alloc(Places * SpareFrame.Capacity);
    }

    /// <inheritdoc/>
    public PortLink Link => PortLink.Ethernet;

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> LinkAddress => _address;

    /// <inheritdoc/>
    public int Mtu => 1500;

    /// <inheritdoc/>
    public bool IsUp => true;

    /// <inheritdoc/>
    public int PollDescriptor => _socket;

    /// <inheritdoc/>
    public Action? WakeUp { get; set; }

    /// <inheritdoc/>
    public int Receive(Span<nint> packets, PacketPools pools)
    {
        int count = 0;
        while (count < packets.Length)
        {
            if (_place == _received)
            {
                Prepare();
                _received = _intake.Receive(_socket, Places);
                _place = 0;
                if (_received == 0)
                {
                    break;
                }
            }

            // The kernel joins frames of equal size (UDP_GRO): here they part again.
            int bytes = _intake.BytesOf(_place);
            _intake.ReadControl(_place, out int segment, out _);
            int length = segment > 0 ? Math.Min(segment, bytes - _at) : bytes;
            nint handle = length < EthernetHeader.Length ? 0 : pools.Rent(length);
            if (handle != 0)
            {
                PacketBuffer.At(handle).Length = length;
                new ReadOnlySpan<byte>(_memory + (_place * SpareFrame.Capacity) + _at, length).CopyTo(PacketBuffer.At(handle).Data);
                packets[count++] = handle;
            }
            else if (length >= EthernetHeader.Length)
            {
                break;
            }
            else
            {
                _receiveDrops++;
            }

            _at += length;
            if (_at >= bytes)
            {
                _place++;
                _at = 0;
            }
        }

        return count;
    }

    /// <inheritdoc/>
    public int Transmit(ReadOnlySpan<nint> packets)
    {
        foreach (nint handle in packets)
        {
            ref PacketBuffer packet = ref PacketBuffer.At(handle);
            while (!_batch.TryAdd(packet.Start, packet.Length, _ends.Remote, _ends.RemotePort, 0))
            {
                _transmitDrops += (uint)_batch.Send(_socket);
            }
        }

        // A wire loses what its far end does not take.
        _transmitDrops += (uint)_batch.Send(_socket);
        return packets.Length;
    }

    /// <inheritdoc/>
    public PortCounters ReadCounters() => new(Volatile.Read(ref _receiveDrops), Volatile.Read(ref _transmitDrops));

    /// <inheritdoc/>
    public void Dispose()
    {
        _ = Libc.Close(_socket);
        _intake.Dispose();
        _batch.Dispose();
        NativeMemory.Free(_memory);
    }

    private void Prepare()
    {
        // The kernel writes lengths back into the messages.
        for (int i = 0; i < Places; i++)
        {
            _intake.SetPlace(i, _memory + (i * SpareFrame.Capacity), SpareFrame.Capacity, null, 0);
        }
    }
}
