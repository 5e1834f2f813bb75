using System.Runtime.InteropServices;
using RouterOS.Abstractions.Ports;
using RouterOS.Linux.Native;
using RouterOS.Linux.Offload;
using RouterOS.Packets;

namespace RouterOS.Linux.Tun;

/// <summary>One queue of a TUN device: one readv(2) or writev(2) per packet or super-packet, a virtio header before each.</summary>
/// <remarks>Receive and transmit belong to one worker's thread.</remarks>
internal sealed unsafe class TunQueue : IDisposable
{
    // Super-packets of one call: half a megabyte, so that they are still in the cache when they are sent.
    private const int MaxSupers = 8;

    private readonly OutgoingBatch _batch = new(linkBytes: 0);
    private readonly SpareFrame _spare = new(isEthernet: false);
    private ulong _receiveDrops;
    private ulong _transmitDrops;

    /// <param name="file">The open queue; owned from here on.</param>
    /// <param name="offloads">What the device cuts.</param>
    public TunQueue(int file, PortOffloads offloads)
    {
        Descriptor = file;
        _batch.Offloads = offloads;
    }

    public int Descriptor { get; }

    public PortOffloads Offloads => _batch.Offloads;

    /// <summary>What it counted; any thread.</summary>
    public PortCounters Counters => new(Volatile.Read(ref _receiveDrops), Volatile.Read(ref _transmitDrops));

    public int Receive(Span<nint> packets, PacketPools pools, int mtu)
    {
        int count = 0;
        int supers = 0;
        while (count < packets.Length && supers < MaxSupers)
        {
            nint packet;
            if (_spare.Left > 0)
            {
                packet = _spare.Take(pools);
                if (packet == 0)
                {
                    break;
                }

                packets[count++] = packet;
            }
            else if (!TryRead(pools, mtu, count == 0, out packet))
            {
                break;
            }
            else if (packet != 0)
            {
                packets[count++] = packet;
                supers += PacketBuffer.At(packet).IsSuper ? 1 : 0;
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
            for (int message = 0; message < _batch.Count; message++)
            {
                int holds = _batch.PacketsOf(message);
                if (Libc.WriteSlices(Descriptor, _batch.Messages[message].Slices, (int)_batch.Messages[message].SliceCount) < 0)
                {
                    int error = Marshal.GetLastPInvokeError();
                    if (error is Libc.Eagain or Libc.Enobufs)
                    {
                        Lose(packets[sent..]);
                        return sent;
                    }

                    // Refused (device down, or no IP): those behind it get their own answer.
                    Lose(packets.Slice(sent, holds));
                }

                sent += holds;
            }
        }

        return sent;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ = Libc.Close(Descriptor);
        _batch.Dispose();
        _spare.Dispose();
    }

    // Reads one packet: its front into a small buffer, the rest of a super-packet into a large one behind the place of that front.
    // `packet` is 0 for one that is dropped or went to the spare. False when none waits or no buffer is free.
    private bool TryRead(PacketPools pools, int mtu, bool isFirst, out nint packet)
    {
        packet = 0;
        nint small = pools.Rent(mtu);
        if (small == 0)
        {
            return false;
        }

        nint large = pools.Rent(SpareFrame.Capacity);
        if (large == 0 && !isFirst)
        {
            // Others of this call give their buffers back first.
            pools.Return(small);
            return false;
        }

        byte* header = stackalloc byte[VirtioNetHeader.Length];
        byte* front = PacketBuffer.At(small).Start;
        byte* whole = large != 0 ? PacketBuffer.At(large).Start : _spare.Memory;
        BufferSlice* slices = stackalloc BufferSlice[3];
        slices[0].Start = header;
        slices[0].Bytes = VirtioNetHeader.Length;
        slices[1].Start = front;
        slices[1].Bytes = (nuint)mtu;
        // Safe: both places have room for a packet of 64 KB.
        slices[2].Start = whole + mtu;
        slices[2].Bytes = (nuint)(SpareFrame.Capacity - mtu);
        int bytes = (int)Libc.ReadSlices(Descriptor, slices, 3) - VirtioNetHeader.Length;
        VirtioNetHeader offload = new(new ReadOnlySpan<byte>(header, VirtioNetHeader.Length));
        if (bytes > mtu)
        {
            Buffer.MemoryCopy(front, whole, mtu, mtu);
        }

        if (bytes > 0 && large == 0 && bytes > mtu)
        {
            _receiveDrops += _spare.TryHold(bytes, offload) ? 0ul : 1;
        }
        else if (bytes > 0)
        {
            packet = bytes > mtu ? large : small;
            PacketBuffer.At(packet).Length = bytes;
            if (!IncomingFrame.TryFinish(ref PacketBuffer.At(packet), offload, isEthernet: false))
            {
                packet = 0;
                _receiveDrops++;
            }
        }

        if (packet != small)
        {
            pools.Return(small);
        }

        if (large != 0 && packet != large)
        {
            pools.Return(large);
        }

        return bytes > 0;
    }

    private void Lose(ReadOnlySpan<nint> packets)
    {
        foreach (nint packet in packets)
        {
            _transmitDrops += PacketBuffer.At(packet).SegmentCount;
        }
    }
}
