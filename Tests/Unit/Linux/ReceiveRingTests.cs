using System.Runtime.InteropServices;
using RouterOS.Linux.Offload;
using RouterOS.Linux.Packet;

namespace RouterOS.Unit.Linux;

/// <summary>The ring reader over slots laid out by hand as the kernel does.</summary>
public sealed unsafe class ReceiveRingTests : IDisposable
{
    private const int SlotBytes = 256;
    private const int Slots = 3;

    private readonly byte* _memory = (byte*)NativeMemory.AllocZeroed(SlotBytes * Slots);

    public void Dispose() => NativeMemory.Free(_memory);

    [Fact]
    public void Slots_are_read_in_turn_and_given_back()
    {
        ReceiveRing ring = new(_memory, SlotBytes, Slots);
        Assert.False(ring.TryPeek(out _));
        for (int frame = 0; frame < 2 * Slots; frame++)
        {
            Fill(frame % Slots, (byte)(10 + frame));
            Assert.True(ring.TryPeek(out RingFrame first));
            Assert.True(ring.TryPeek(out RingFrame again));
            Assert.Equal((10 + frame, 10 + frame), (first.Bytes[0], again.Bytes[0]));
            ring.Advance();
            Assert.Equal(0u, *(uint*)(_memory + (frame % Slots * SlotBytes)));
            Assert.False(ring.TryPeek(out _));
        }
    }

    [Fact]
    public void A_frame_tells_what_the_kernel_noted_of_it()
    {
        Fill(0, 7);
        byte* header = _memory;
        RingFrame frame = new(header);
        Assert.Equal(60, frame.Bytes.Length);
        Assert.False(frame.IsOutgoing || frame.IsCut || frame.IsQueued);
        Assert.Equal(0u, frame.VlanTag);

        header[32 + 10] = 4;
        Assert.True(frame.IsOutgoing);
        *(uint*)(header + 4) = 61;
        Assert.True(frame.IsCut);
        Assert.Equal(61u, frame.Length);
        *(uint*)header = 3;
        Assert.True(frame.IsQueued);
        *(ushort*)(header + 24) = 0x6005;
        *(ushort*)(header + 26) = 0x88a8;
        *(uint*)header = 1 | (1 << 4);
        Assert.Equal(0x81006005u, frame.VlanTag);
        *(uint*)header = 1 | (1 << 4) | (1 << 6);
        Assert.Equal(0x88a86005u, frame.VlanTag);

        byte* offload = header + 92 - 10;
        offload[0] = 1;
        offload[1] = 0x81;
        *(ushort*)(offload + 4) = 1448;
        *(ushort*)(offload + 6) = 34;
        *(ushort*)(offload + 8) = 16;
        VirtioNetHeader read = frame.Offload;
        Assert.True(read.LacksChecksum);
        Assert.Equal((SegmentationKind.TcpIpv4, 1448, 34, 16), (read.Segmentation, read.SegmentBytes, read.ChecksumStart, read.ChecksumOffset));
    }

    // Header of 32 bytes, address of 20, offload header, frame at 92; 60 bytes long.
    private void Fill(int slot, byte firstByte)
    {
        byte* header = _memory + (slot * SlotBytes);
        new Span<byte>(header, SlotBytes).Clear();
        *(uint*)(header + 4) = 60;
        *(uint*)(header + 8) = 60;
        *(ushort*)(header + 12) = 92;
        header[92] = firstByte;
        *(uint*)header = 1;
    }
}
