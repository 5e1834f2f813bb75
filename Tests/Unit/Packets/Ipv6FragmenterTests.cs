using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using RouterOS.Packets;
using RouterOS.Unit.Crypto;

namespace RouterOS.Unit.Packets;

public sealed class Ipv6FragmenterTests
{
    [Fact]
    public void Fragments_fit_and_are_the_packet_again_when_put_together()
    {
        Arbitrary<int> numbers = Gen.Choose(0, 4000).ToArbitrary();
        Prop.ForAll(numbers, numbers, numbers, (bytes, limit, headers) =>
        {
            using var pools = new PacketPools(1024, 4);
            byte[] packet = Packet(bytes + 1, headers, out int front);
            nint handle = pools.Rent(packet.Length);
            ref PacketBuffer buffer = ref PacketBuffer.At(handle);
            buffer.Length = packet.Length;
            packet.CopyTo(buffer.Data);
            int largest = front + 16 + (limit % 1500);
            var made = new nint[Ipv6Fragmenter.MostFragments];
            int count = Ipv6Fragmenter.Cut(ref buffer, largest, 0x01020304, pools, made);
            bool isRight = count == 0 ? (packet.Length - front + 7) / 8 > made.Length * ((largest - front - 8) / 8) : Together(made[..count], largest, front).SequenceEqual(packet);
            foreach (nint fragment in made[..count])
            {
                pools.Return(fragment);
            }

            pools.Return(handle);
            return isRight && pools.SmallFree == 1024 && pools.LargeFree == 4;
        }).Check(Seeded.Config);
    }

    // Hop-by-hop options, destination options, a route, destination options again: the last ones alone may be cut.
    private static byte[] Packet(int bytes, int headers, out int front)
    {
        List<byte> order = [];
        foreach ((byte header, int bit) in (ReadOnlySpan<(byte, int)>)[(0, 1), (60, 2), (43, 4), (60, 8)])
        {
            if ((headers & bit) != 0)
            {
                order.Add(header);
            }
        }

        byte[] payload = new FixedRandom((ulong)bytes).Bytes(bytes);
        byte[] packet = new byte[40 + (order.Count * 8) + bytes];
        Ipv6Header.Write(packet, packet.Length - 40, order.Count > 0 ? order[0] : (byte)17, 1, 2);
        front = 40;
        for (int i = 0; i < order.Count; i++)
        {
            packet[40 + (i * 8)] = i + 1 < order.Count ? order[i + 1] : (byte)17;
            front = order[i] is 0 or 43 ? 48 + (i * 8) : front;
        }

        payload.CopyTo(packet.AsSpan(packet.Length - bytes));
        return packet;
    }

    private static byte[] Together(nint[] fragments, int largest, int front)
    {
        List<byte> whole = [];
        for (int i = 0; i < fragments.Length; i++)
        {
            byte[] piece = PacketBuffer.At(fragments[i]).Data.ToArray();
            Assert.True(piece.Length <= largest);
            Assert.Equal(piece.Length - 40, BinaryPrimitives.ReadUInt16BigEndian(piece.AsSpan(4)));
            Assert.True(Ipv6Extensions.TryWalk(piece, out Ipv6Extensions walked));
            Assert.Equal(front, walked.FragmentAt);
            Assert.Equal(0x01020304u, BinaryPrimitives.ReadUInt32BigEndian(piece.AsSpan(front + 4)));
            Assert.Equal(i + 1 < fragments.Length, walked.MoreFragments);
            if (i == 0)
            {
                whole.AddRange(piece[..front]);
                whole[Named(piece, front)] = piece[front];
            }

            Assert.Equal(walked.FragmentOffset, whole.Count - front);
            whole.AddRange(piece[(front + 8)..]);
        }

        BinaryPrimitives.WriteUInt16BigEndian(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(whole)[4..], (ushort)(whole.Count - 40));
        return [.. whole];
    }

    private static int Named(byte[] piece, int front)
    {
        int named = 6;
        for (int at = 40; at < front; at += (piece[at + 1] + 1) * 8)
        {
            named = at;
        }

        return named;
    }
}
