using System.Buffers.Binary;
using System.Runtime.InteropServices;
using RouterOS.Abstractions.Ports;
using RouterOS.Linux.Native;
using RouterOS.Packets;

namespace RouterOS.Linux.Packet;

/// <summary>A network device of the host, read through a TPACKET_V3 ring and written with sendmmsg past the queueing discipline.</summary>
internal sealed unsafe class PacketPort : IPort
{
    private const int MaxBurst = 64;
    private const int VlanLength = 4;
    private const int AddressesLength = 12;

    private readonly NetworkDevice _device;
    private readonly int _receiver;
    private readonly int _sender;
    private readonly nint _map;
    private readonly nuint _mapBytes;
    private readonly ReceiveRing _ring;
    private readonly byte[] _address;
    private readonly MessageHeader* _messages;
    private readonly BufferSlice* _slices;
    private FrameSegments _segments;
    private int _segment = -1;
    private ulong _receiveDrops;
    private ulong _transmitDrops;

    public PacketPort(NetworkDevice device, byte[] address, PacketSockets sockets)
    {
        _device = device;
        _address = address;
        _receiver = sockets.Receiver;
        _sender = sockets.Sender;
        _map = sockets.Map;
        _mapBytes = PacketSockets.MapBytes;
        _ring = new ReceiveRing((byte*)_map, PacketSockets.BlockBytes, PacketSockets.Blocks);
        Mtu = device.Mtu;
        // Safe: freed in Dispose, after the worker has stopped.
        _messages = (MessageHeader*)NativeMemory.AllocZeroed((nuint)(MaxBurst * sizeof(MessageHeader)));
        _slices = (BufferSlice*)NativeMemory.AllocZeroed((nuint)(MaxBurst * sizeof(BufferSlice)));
        for (int i = 0; i < MaxBurst; i++)
        {
            _messages[i].Slices = _slices + i;
            _messages[i].SliceCount = 1;
        }
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
                // A device that went down leaves an error on the socket, which poll would report for ever.
                ClearError(_receiver);
                ClearError(_sender);
            }

            return isUp;
        }
    }

    /// <inheritdoc/>
    public int PollDescriptor => _receiver;

    /// <inheritdoc/>
    public Action? WakeUp { get; set; }

    /// <inheritdoc/>
    public int Receive(Span<nint> packets, PacketPools pools)
    {
        int count = 0;
        while (count < packets.Length && _ring.TryPeek(out RingFrame frame))
        {
            nint packet = Take(frame, pools, out bool isDone);
            if (packet != 0)
            {
                packets[count++] = packet;
            }
            else if (!isDone)
            {
                // No free buffer: the frame stays where it is.
                break;
            }

            if (isDone)
            {
                _segment = -1;
                _ring.Advance();
            }
        }

        return count;
    }

    /// <inheritdoc/>
    public int Transmit(ReadOnlySpan<nint> packets)
    {
        int sent = 0;
        while (sent < packets.Length)
        {
            int burst = Math.Min(packets.Length - sent, MaxBurst);
            for (int i = 0; i < burst; i++)
            {
                ref PacketBuffer packet = ref PacketBuffer.At(packets[sent + i]);
                _slices[i].Start = packet.Start;
                _slices[i].Bytes = (nuint)packet.Length;
            }

            int taken = Libc.SendMany(_sender, _messages, (uint)burst, Libc.MsgDontwait);
            if (taken > 0)
            {
                sent += taken;
                continue;
            }

            if (Marshal.GetLastPInvokeError() == Libc.Emsgsize)
            {
                // Larger than the device takes: lost, but those behind it are not.
                _transmitDrops++;
                sent++;
                continue;
            }

            // The device's queue is full, or it is down.
            _transmitDrops += (ulong)(packets.Length - sent);
            break;
        }

        return sent;
    }

    /// <inheritdoc/>
    public PortCounters ReadCounters()
    {
        // struct tpacket_stats_v3; reading it starts it anew.
        uint* statistics = stackalloc uint[3];
        int bytes = 3 * sizeof(uint);
        if (Libc.GetOption(_receiver, Libc.SolPacket, Libc.PacketStatistics, statistics, &bytes) == 0)
        {
            _receiveDrops += statistics[1];
        }

        return new PortCounters(_receiveDrops, _transmitDrops);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ = Libc.Unmap(_map, _mapBytes);
        _ = Libc.Close(_receiver);
        _ = Libc.Close(_sender);
        NativeMemory.Free(_messages);
        NativeMemory.Free(_slices);
        _device.Dispose();
    }

    private static void ClearError(int socket)
    {
        int error;
        int bytes = sizeof(int);
        _ = Libc.GetOption(socket, Libc.SolSocket, Libc.SoError, &error, &bytes);
    }

    // The next packet of a frame: the frame itself, or one segment of a super-frame. 0 with isDone: not wanted; 0 without: no buffer.
    private nint Take(RingFrame frame, PacketPools pools, out bool isDone)
    {
        isDone = true;
        if (frame.IsOutgoing)
        {
            return 0;
        }

        Span<byte> bytes = frame.Bytes;
        VirtioNetHeader offload = frame.Offload;
        if (frame.IsCut || bytes.Length < AddressesLength)
        {
            _receiveDrops++;
            return 0;
        }

        if (offload.Segmentation == SegmentationKind.None)
        {
            return TakeWhole(frame, bytes, offload, pools, out isDone);
        }

        if (_segment < 0)
        {
            if (!FrameSegments.TryParse(bytes, offload.Segmentation, offload.SegmentBytes, out _segments))
            {
                _receiveDrops++;
                return 0;
            }

            _segment = 0;
        }

        int length = _segments.LengthOf(bytes, _segment);
        nint packet = Rent(pools, length, frame.VlanTag, out Span<byte> destination);
        if (packet == 0)
        {
            isDone = false;
            return 0;
        }

        _segments.Write(bytes, _segment, destination);
        InsertTag(packet, frame.VlanTag);
        isDone = ++_segment == _segments.Count;
        return packet;
    }

    private nint TakeWhole(RingFrame frame, Span<byte> bytes, VirtioNetHeader offload, PacketPools pools, out bool isDone)
    {
        nint packet = Rent(pools, bytes.Length, frame.VlanTag, out Span<byte> destination);
        isDone = packet != 0;
        if (packet == 0)
        {
            return 0;
        }

        bytes.CopyTo(destination);
        if (offload.LacksChecksum && !FrameChecksum.TryComplete(destination, offload.ChecksumStart, offload.ChecksumOffset))
        {
            pools.Return(packet);
            _receiveDrops++;
            return 0;
        }

        InsertTag(packet, frame.VlanTag);
        return packet;
    }

    private static nint Rent(PacketPools pools, int length, uint tag, out Span<byte> destination)
    {
        destination = default;
        nint handle = pools.Rent(length + (tag != 0 ? VlanLength : 0));
        if (handle != 0)
        {
            ref PacketBuffer packet = ref PacketBuffer.At(handle);
            packet.Length = length;
            destination = packet.Data;
        }

        return handle;
    }

    // The device takes VLAN tags off frames and tells them apart from the bytes; the graph wants the frame as it was on the wire.
    private static void InsertTag(nint handle, uint tag)
    {
        if (tag != 0)
        {
            ref PacketBuffer packet = ref PacketBuffer.At(handle);
            byte* start = packet.Push(VlanLength);
            new Span<byte>(start + VlanLength, AddressesLength).CopyTo(new Span<byte>(start, AddressesLength));
            BinaryPrimitives.WriteUInt32BigEndian(new Span<byte>(start + AddressesLength, VlanLength), tag);
        }
    }
}
