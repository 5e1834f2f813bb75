using System.Buffers.Binary;
using RouterOS.Linux.Offload;
using RouterOS.Packets;

namespace RouterOS.Fuzz.Linux;

/// <summary>What a port does to a frame of the kernel before the graph sees it, and to frames of any kind that it is to send.</summary>
public sealed unsafe class IncomingFrameTests : IDisposable
{
    private const int Iterations = 20_000;

    private readonly PacketPools _pools = new(512, 4);
    private readonly SpareFrame _spare = new(isEthernet: true);
    private readonly OutgoingBatch _batch = new(EthernetHeader.Length);

    public void Dispose()
    {
        _spare.Dispose();
        _batch.Dispose();
        _pools.Dispose();
    }

    [Fact]
    public void Super_frames_without_large_buffer() => FuzzLoop.Parse("super-frames", Iterations, bytes =>
    {
        // The header that the kernel puts in front, then the frame.
        if (bytes.Length < VirtioNetHeader.Length)
        {
            return;
        }

        ReadOnlySpan<byte> frame = bytes[VirtioNetHeader.Length..];
        frame.CopyTo(new Span<byte>(_spare.Memory, SpareFrame.Capacity));
        if (!_spare.TryHold(frame.Length, new VirtioNetHeader(bytes)))
        {
            return;
        }

        for (int left = _spare.Left; left > 0; left--)
        {
            nint packet = _spare.Take(_pools);
            Assert.True(packet != 0 && PacketBuffer.At(packet).Length <= frame.Length && _spare.Left == left - 1);
            _pools.Return(packet);
        }
    });

    [Fact]
    public void Frames_received_and_sent_again() => FuzzLoop.Parse("super-frames", Iterations, bytes =>
    {
        if (bytes.Length < VirtioNetHeader.Length + 1)
        {
            return;
        }

        ReadOnlySpan<byte> frame = bytes[VirtioNetHeader.Length..];
        Span<nint> packets = stackalloc nint[3];
        int count = 0;
        for (int i = 0; i < packets.Length; i++)
        {
            nint packet = _pools.Rent(frame.Length);
            Assert.True(packet != 0);
            PacketBuffer.At(packet).Length = frame.Length;
            frame.CopyTo(PacketBuffer.At(packet).Data);
            if (IncomingFrame.TryFinish(ref PacketBuffer.At(packet), new VirtioNetHeader(bytes), isEthernet: true))
            {
                packets[count++] = packet;
            }
            else
            {
                _pools.Return(packet);
            }
        }

        int held = _batch.Fill(packets[..count]);
        Assert.True(held == count);
        for (int message = 0; message < _batch.Count; message++)
        {
            held -= _batch.PacketsOf(message);
            Assert.True(_batch.Messages[message].SliceCount is 1 or 2 or 3 or 4);
        }

        Assert.True(held == 0);
        foreach (nint packet in packets[..count])
        {
            _pools.Return(packet);
        }

        Assert.True(_pools.SmallFree == 512 && _pools.LargeFree == 4);
    });

    [Fact]
    public void Unfinished_checksums()
    {
        byte[] copy = new byte[32_768];
        FuzzLoop.Parse("super-frames", Iterations, bytes =>
        {
            if (bytes.Length >= VirtioNetHeader.Length)
            {
                VirtioNetHeader offload = new(bytes);
                Span<byte> frame = copy.AsSpan(0, bytes.Length - VirtioNetHeader.Length);
                bytes[VirtioNetHeader.Length..].CopyTo(frame);
                bool done = FrameChecksum.TryComplete(frame, offload.ChecksumStart, offload.ChecksumOffset);
                Assert.True(done == (offload.ChecksumStart + offload.ChecksumOffset + 2 <= frame.Length));
                Assert.True(!done || BinaryPrimitives.ReadUInt16BigEndian(frame[(offload.ChecksumStart + offload.ChecksumOffset)..]) != 0);
            }
        });
    }
}
