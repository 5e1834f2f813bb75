using System.Buffers.Binary;
using RouterOS.Linux.Packet;

namespace RouterOS.Fuzz.Linux;

/// <summary>What a packet port does to a frame of the kernel before the graph sees it: cutting super-frames, finishing checksums.</summary>
public sealed class FrameSegmentsTests
{
    private const int Iterations = 20_000;

    [Fact]
    public void Super_frames()
    {
        byte[] part = new byte[2048];
        FuzzLoop.Parse("super-frames", Iterations, bytes =>
        {
            // The header that the kernel puts in front, then the frame.
            if (bytes.Length < VirtioNetHeader.Length)
            {
                return;
            }

            VirtioNetHeader offload = new(bytes);
            ReadOnlySpan<byte> frame = bytes[VirtioNetHeader.Length..];
            if (!FrameSegments.TryParse(frame, offload.Segmentation, offload.SegmentBytes, out FrameSegments segments))
            {
                return;
            }

            Assert.True(segments.Count > 0 && segments.Count <= frame.Length);
            for (int i = 0; i < segments.Count; i += 1 + (segments.Count / 7))
            {
                int length = segments.LengthOf(frame, i);
                Assert.True(length > 0 && length <= frame.Length);
                if (length <= part.Length)
                {
                    segments.Write(frame, i, part.AsSpan(0, length));
                }
            }
        });
    }

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
