using System.Buffers.Binary;
using System.Runtime.InteropServices;
using RouterOS.Abstractions.Ports;
using RouterOS.Linux.Native;
using RouterOS.Linux.Offload;
using RouterOS.Packets;

namespace RouterOS.Linux.Packet;

/// <summary>One queue of a packet port: a receive ring, and a socket that sends.</summary>
/// <remarks>Receive and transmit belong to one worker's thread.</remarks>
internal sealed unsafe class PacketQueue : IDisposable
{
    private const int VlanLength = 4;
    private const int AddressesLength = 12;

    // Super-frames of one call: half a megabyte, so that they are still in the cache when they are sent.
    private const int MaxSupers = 8;

    private readonly PacketSockets _sockets;
    private readonly ReceiveRing _ring;
    private readonly OutgoingBatch _batch = new(EthernetHeader.Length);
    private readonly SpareFrame _spare = new(isEthernet: true);
    private uint _spareTag;
    private bool _isOutOfStep;
    private ulong _kernelDrops;
    private ulong _receiveDrops;
    private ulong _transmitDrops;

    public PacketQueue(PacketSockets sockets)
    {
        _sockets = sockets;
        _ring = new ReceiveRing((byte*)sockets.Map, PacketSockets.SlotBytes, PacketSockets.Slots);
        _batch.Offloads = sockets.Offloads;
    }

    public int Descriptor => _sockets.Receiver;

    public PortOffloads Offloads => _batch.Offloads;

    /// <summary>What it counted; any thread.</summary>
    public PortCounters Counters
    {
        get
        {
            // struct tpacket_stats; reading it starts it anew.
            uint* statistics = stackalloc uint[2];
            int bytes = 2 * sizeof(uint);
            if (Libc.GetOption(_sockets.Receiver, Libc.SolPacket, Libc.PacketStatistics, statistics, &bytes) == 0)
            {
                Interlocked.Add(ref _kernelDrops, statistics[1]);
            }

            return new PortCounters(Volatile.Read(ref _kernelDrops) + Volatile.Read(ref _receiveDrops), Volatile.Read(ref _transmitDrops));
        }
    }

    public int Receive(Span<nint> packets, PacketPools pools)
    {
        int count = 0;
        int supers = 0;
        while (count < packets.Length)
        {
            nint packet;
            if (_spare.Left > 0)
            {
                packet = _spare.Take(pools);
                if (packet == 0)
                {
                    break;
                }

                InsertTag(packet, _spareTag);
                packets[count++] = packet;
                continue;
            }

            if (!_ring.TryPeek(out RingFrame frame))
            {
                Resynchronize();
                break;
            }

            if (!TryTake(frame, pools, count == 0, out packet))
            {
                // No free buffer: the frame stays where it is.
                break;
            }

            _ring.Advance();
            if (packet != 0)
            {
                packets[count++] = packet;
                if (PacketBuffer.At(packet).IsSuper && ++supers == MaxSupers)
                {
                    break;
                }
            }
        }

        return count;
    }

    public int Transmit(ReadOnlySpan<nint> packets)
    {
        int sent = 0;
        while (sent < packets.Length)
        {
            _ = _batch.Fill(packets[sent..]);
            for (int message = 0; message < _batch.Count;)
            {
                int taken = Libc.SendMany(_sockets.Sender, _batch.Messages + message, (uint)(_batch.Count - message), Libc.MsgDontwait);
                if (taken > 0)
                {
                    for (; taken > 0; taken--)
                    {
                        sent += _batch.PacketsOf(message++);
                    }

                    continue;
                }

                int error = Marshal.GetLastPInvokeError();
                if (error == Libc.Einval && _batch.PacketsOf(message) > 1)
                {
                    // A kernel that does not know this kind of super-frame: from here on the packets leave alone.
                    _batch.Offloads = PortOffloads.None;
                    break;
                }

                if (error is Libc.Emsgsize or Libc.Einval)
                {
                    // Larger than the device takes, or not to be cut: lost, but those behind it are not.
                    Lose(packets.Slice(sent, _batch.PacketsOf(message)));
                    sent += _batch.PacketsOf(message++);
                    continue;
                }

                // The device's queue is full, or it is down.
                Lose(packets[sent..]);
                return sent;
            }
        }

        return sent;
    }

    /// <summary>Clears the error that a device which went down leaves on the sockets: poll would report it for ever.</summary>
    public void ClearErrors()
    {
        ClearError(_sockets.Receiver);
        ClearError(_sockets.Sender);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _sockets.Close();
        _batch.Dispose();
        _spare.Dispose();
    }

    private static void ClearError(int socket)
    {
        int error;
        int bytes = sizeof(int);
        _ = Libc.GetOption(socket, Libc.SolSocket, Libc.SoError, &error, &bytes);
    }

    // The packet of a frame: 0 for a frame that is not wanted, or that went to the spare. False when no buffer is free.
    private bool TryTake(RingFrame frame, PacketPools pools, bool isFirst, out nint packet)
    {
        packet = 0;
        if (frame.IsQueued)
        {
            return TryTakeQueued(frame, pools, isFirst, out packet);
        }

        Span<byte> bytes = frame.Bytes;
        if (frame.IsOutgoing)
        {
            return true;
        }

        if (frame.IsCut || bytes.Length < AddressesLength)
        {
            _receiveDrops++;
            return true;
        }

        uint tag = frame.VlanTag;
        packet = Rent(pools, bytes.Length, tag);
        if (packet == 0)
        {
            return false;
        }

        bytes.CopyTo(PacketBuffer.At(packet).Data);
        packet = Finish(packet, frame.Offload, tag, pools);
        return true;
    }

    // A frame larger than a slot waits in the socket's queue, in the ring's order: it is read straight into its buffer.
    private bool TryTakeQueued(RingFrame frame, PacketPools pools, bool isFirst, out nint packet)
    {
        packet = 0;
        uint tag = frame.VlanTag;
        bool isWanted = !_isOutOfStep && !frame.IsOutgoing && frame.Length is >= AddressesLength and <= SpareFrame.Capacity;
        int length = isWanted ? (int)frame.Length : 0;
        nint handle = isWanted ? Rent(pools, length, tag) : 0;
        if (handle == 0 && isWanted && !isFirst)
        {
            // Others of this call give their buffers back first.
            return false;
        }

        byte* header = stackalloc byte[VirtioNetHeader.Length];
        BufferSlice* slices = stackalloc BufferSlice[2];
        slices[0].Start = header;
        slices[0].Bytes = VirtioNetHeader.Length;
        // Safe: both places have room for `length` bytes, and the kernel cuts what is longer.
        slices[1].Start = handle != 0 ? PacketBuffer.At(handle).Start : _spare.Memory;
        slices[1].Bytes = (nuint)length;
        nint read = Read(slices);
        // Ring and queue go in step; a frame of another length shows that they no longer do.
        _isOutOfStep |= isWanted && read != VirtioNetHeader.Length + length;
        VirtioNetHeader offload = new(new ReadOnlySpan<byte>(header, VirtioNetHeader.Length));
        bool isWhole = isWanted && read == VirtioNetHeader.Length + length;
        if (handle != 0 && isWhole)
        {
            packet = Finish(handle, offload, tag, pools);
        }
        else if (handle != 0)
        {
            pools.Return(handle);
            _receiveDrops++;
        }
        else if (isWhole && _spare.TryHold(length, offload))
        {
            _spareTag = tag;
        }
        else if (!frame.IsOutgoing)
        {
            _receiveDrops++;
        }

        return true;
    }

    private nint Read(BufferSlice* slices)
    {
        nint read = Libc.ReadSlices(_sockets.Receiver, slices, 2);
        // An error that waits on the socket (the device was down) is told once, in place of the frame.
        return read >= 0 || Marshal.GetLastPInvokeError() == Libc.Eagain ? read : Libc.ReadSlices(_sockets.Receiver, slices, 2);
    }

    // Empties the socket's queue when the ring is empty: what comes later stands in both.
    private void Resynchronize()
    {
        if (_isOutOfStep)
        {
            BufferSlice* slices = stackalloc BufferSlice[2];
            byte* header = stackalloc byte[VirtioNetHeader.Length];
            slices[0].Start = header;
            slices[0].Bytes = VirtioNetHeader.Length;
            slices[1].Start = _spare.Memory;
            slices[1].Bytes = 1;
            while (Read(slices) >= 0)
            {
                _receiveDrops++;
            }

            _isOutOfStep = false;
        }
    }

    private nint Finish(nint handle, in VirtioNetHeader offload, uint tag, PacketPools pools)
    {
        if (!IncomingFrame.TryFinish(ref PacketBuffer.At(handle), offload, isEthernet: true))
        {
            pools.Return(handle);
            _receiveDrops++;
            return 0;
        }

        InsertTag(handle, tag);
        return handle;
    }

    private void Lose(ReadOnlySpan<nint> packets)
    {
        foreach (nint packet in packets)
        {
            _transmitDrops += PacketBuffer.At(packet).SegmentCount;
        }
    }

    private static nint Rent(PacketPools pools, int length, uint tag)
    {
        nint handle = pools.Rent(length + (tag != 0 ? VlanLength : 0));
        if (handle != 0)
        {
            PacketBuffer.At(handle).Length = length;
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
