using RouterOS.Gre.Nodes;
using RouterOS.Packets;
using RouterOS.Simulation;

namespace RouterOS.Unit.Gre.Nodes;

/// <summary>The sum over the end of a packet, against the Internet checksum of the same bytes.</summary>
public sealed unsafe class PacketSumTests
{
    [Fact]
    public void It_is_the_checksum_of_the_same_bytes_at_any_length_and_place()
    {
        SeededRandom random = new(1);
        byte[] bytes = new byte[2048];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)(random.Chance(0.3) ? 0xff : random.Next(256));
        }

        fixed (byte* at = bytes)
        {
            for (int length = 0; length < 400; length++)
            {
                Compare(at + 128 + random.Next(64), length);
            }

            for (int i = 0; i < 200; i++)
            {
                Compare(at + 128 + random.Next(64), random.Next(1800));
            }
        }
    }

    private static void Compare(byte* at, int length)
    {
        ushort folded = PacketSum.Fold(PacketSum.Of(at, length));
        ushort inMemory = System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(folded);
        Assert.Equal(InternetChecksum.Compute(new ReadOnlySpan<byte>(at, length)), (ushort)~inMemory);
    }
}
