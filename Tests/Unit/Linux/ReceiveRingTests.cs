using System.Runtime.InteropServices;
using RouterOS.Linux.Packet;

namespace RouterOS.Unit.Linux;

/// <summary>The ring reader over blocks laid out by hand as the kernel does.</summary>
public sealed unsafe class ReceiveRingTests : IDisposable
{
    private const int BlockBytes = 4096;
    private const int Blocks = 3;

    private readonly byte* _memory = (byte*)NativeMemory.AllocZeroed(BlockBytes * Blocks);

    public void Dispose() => NativeMemory.Free(_memory);

    [Fact]
    public void Blocks_are_read_in_turn_and_given_back_when_empty()
    {
        ReceiveRing ring = new(_memory, BlockBytes, Blocks);
        Assert.False(ring.TryPeek(out _));
        for (int lap = 0; lap < 2; lap++)
        {
            for (int block = 0; block < Blocks; block++)
            {
                FillBlock(block, [(byte)(10 + block), 99, 98]);
                Assert.Equal([(byte)(10 + block), 99, 98], Drain(ring));
                Assert.Equal(0u, *(uint*)(_memory + (block * BlockBytes) + 8));
                Assert.False(ring.TryPeek(out _));
            }
        }
    }

    [Fact]
    public void A_frame_that_is_not_taken_is_there_again()
    {
        ReceiveRing ring = new(_memory, BlockBytes, Blocks);
        FillBlock(0, [1, 2]);
        Assert.True(ring.TryPeek(out RingFrame first));
        Assert.True(ring.TryPeek(out RingFrame again));
        Assert.Equal(first.Bytes[0], again.Bytes[0]);
        ring.Advance();
        Assert.Equal(1u, *(uint*)(_memory + 8));
        Assert.Equal([2], Drain(ring));
    }

    [Fact]
    public void Blocks_without_frames_are_skipped()
    {
        ReceiveRing ring = new(_memory, BlockBytes, Blocks);
        FillBlock(0, []);
        FillBlock(1, [5]);
        Assert.Equal([5], Drain(ring));
    }

    [Fact]
    public void A_frame_tells_what_the_kernel_noted_of_it()
    {
        FillBlock(0, [7]);
        byte* header = _memory + 64;
        RingFrame frame = new(header);
        Assert.Equal(60, frame.Bytes.Length);
        Assert.False(frame.IsOutgoing || frame.IsCut);
        Assert.Equal(0u, frame.VlanTag);

        header[48 + 10] = 4;
        Assert.True(frame.IsOutgoing);
        *(uint*)(header + 16) = 61;
        Assert.True(frame.IsCut);
        *(uint*)(header + 32) = 0x6005;
        *(ushort*)(header + 36) = 0x88a8;
        *(uint*)(header + 20) = 1 << 4;
        Assert.Equal(0x81006005u, frame.VlanTag);
        *(uint*)(header + 20) = (1 << 4) | (1 << 6);
        Assert.Equal(0x88a86005u, frame.VlanTag);

        byte* offload = header + 106 - 10;
        offload[0] = 1;
        offload[1] = 0x81;
        *(ushort*)(offload + 4) = 1448;
        *(ushort*)(offload + 6) = 34;
        *(ushort*)(offload + 8) = 16;
        VirtioNetHeader read = frame.Offload;
        Assert.True(read.LacksChecksum);
        Assert.Equal((SegmentationKind.TcpIpv4, 1448, 34, 16), (read.Segmentation, read.SegmentBytes, read.ChecksumStart, read.ChecksumOffset));
    }

    private static byte[] Drain(ReceiveRing ring)
    {
        List<byte> seen = [];
        while (ring.TryPeek(out RingFrame frame))
        {
            seen.Add(frame.Bytes[0]);
            ring.Advance();
        }

        return [.. seen];
    }

    private void FillBlock(int index, byte[] firstBytes)
    {
        byte* block = _memory + (index * BlockBytes);
        new Span<byte>(block, BlockBytes).Clear();
        *(uint*)(block + 12) = (uint)firstBytes.Length;
        *(uint*)(block + 16) = 64;
        byte* header = block + 64;
        for (int i = 0; i < firstBytes.Length; i++)
        {
            // Header of 48 bytes, address of 20, offload header, frame at 106; 60 bytes long.
            *(uint*)header = i < firstBytes.Length - 1 ? 256u : 0;
            *(uint*)(header + 12) = 60;
            *(uint*)(header + 16) = 60;
            *(ushort*)(header + 24) = 106;
            header[106] = firstBytes[i];
            header += 256;
        }

        *(uint*)(block + 8) = 1;
    }
}
