using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using RouterOS.Packets;

namespace RouterOS.Unit.Packets;

public sealed class SuperPacketTests
{
    [Fact]
    public void Cut_tcp_carries_the_bytes_in_order_under_right_headers() =>
        Prop.ForAll<byte, ushort, PositiveInt>((options, segment, size) =>
        {
            int segmentBytes = 1 + (segment % 1460);
            byte[] payload = Bytes(1 + (size.Get * 37 % 4000));
            byte[] packet = Tcp(payload, optionWords: options % 6, flags: 0x99);
            Assert.True(SuperPacket.TryParse(packet, segmentBytes, out SuperPacket super));
            List<byte> together = [];
            for (int i = 0; i < super.Count; i++)
            {
                byte[] piece = new byte[super.LengthOf(i)];
                super.Write(packet, i, piece);
                Assert.True(Ipv4Header.TryParse(piece, out Ipv4Header ip, out _));
                Assert.Equal((ushort)(0xfffe + i), ip.Identification);
                ReadOnlySpan<byte> tcp = ip.Payload;
                Assert.Equal(0, InternetChecksum.Compute(tcp, InternetChecksum.PseudoHeader(ip.Source, ip.Destination, 6, tcp.Length)));
                Assert.Equal(0xffff_fff0 + (uint)together.Count, BinaryPrimitives.ReadUInt32BigEndian(tcp[4..]));
                bool last = i == super.Count - 1;
                Assert.Equal((i == 0 ? 0x80 : 0) | (last ? 0x19 : 0x10), tcp[13]);
                together.AddRange(tcp[((tcp[12] >> 4) * 4)..]);
            }

            Assert.Equal(payload, together);
        }).Check(Seeded.Config);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Cut_udp_gives_datagrams_with_lengths_and_checksums_of_their_own_or_none(bool checksum)
    {
        byte[] payload = Bytes(1000);
        byte[] packet = Udp(payload);
        Assert.True(SuperPacket.TryParse(packet, 300, out SuperPacket super));
        Assert.Equal((4, 28), (super.Count, super.HeaderBytes));
        List<byte> together = [];
        for (int i = 0; i < super.Count; i++)
        {
            byte[] piece = new byte[super.LengthOf(i)];
            super.Write(packet, i, piece, checksum);
            Assert.True(Ipv4Header.TryParse(piece, out Ipv4Header ip, out _));
            Assert.True(UdpHeader.TryParse(ip.Payload, out UdpHeader udp, out _));
            Assert.True(udp.IsChecksumRight(ip.Source, ip.Destination));
            Assert.Equal(checksum, udp.Checksum != 0);
            together.AddRange(ip.Payload[8..]);
        }

        Assert.Equal(payload, together);
    }

    [Fact]
    public void Anything_else_is_no_super_packet()
    {
        byte[] tcp = Tcp(Bytes(100), 0, 0x10);
        Assert.False(SuperPacket.TryParse(tcp, 0, out _));
        Assert.False(SuperPacket.TryParse(tcp, 65535, out _));
        Assert.False(SuperPacket.TryParse(tcp.AsSpan(0, 139), 50, out _));
        Assert.False(SuperPacket.TryParse(Changed(tcp, 9, 50), 50, out _));
        Assert.False(SuperPacket.TryParse(Changed(tcp, 6, 0x20), 50, out _));
        Assert.False(SuperPacket.TryParse(Changed(tcp, 0, 0x65), 50, out _));
        Assert.False(SuperPacket.TryParse(Changed(tcp, 32, 0x40), 50, out _));
        Assert.False(SuperPacket.TryParse(Tcp([], 0, 0x10), 50, out _));
    }

    [Fact]
    public void Arbitrary_bytes_are_refused_or_cut_within_their_bounds() =>
        Prop.ForAll<byte[], ushort>((bytes, segment) =>
        {
            byte[] packet = [0x45, 0, 0, (byte)(20 + bytes.Length), 0, 0, 0, 0, 64, 6, .. new byte[10], .. bytes];
            if (SuperPacket.TryParse(packet, segment, out SuperPacket super))
            {
                for (int i = 0; i < super.Count; i++)
                {
                    super.Write(packet, i, new byte[super.LengthOf(i)]);
                }
            }
        }).Check(Seeded.Config);

    [Fact]
    public void The_first_packet_is_made_in_place()
    {
        using PacketPools pools = new(4, 4);
        byte[] bytes = Tcp(Bytes(3000), 0, 0x10);
        nint handle = pools.Rent(bytes.Length);
        ref PacketBuffer packet = ref PacketBuffer.At(handle);
        packet.Length = bytes.Length;
        bytes.CopyTo(packet.Data);
        packet.SegmentBytes = 1000;
        packet.SegmentCount = 3;
        Assert.True(SuperPacket.TryParse(bytes, 1000, out SuperPacket super));
        byte[] first = new byte[super.LengthOf(0)];
        super.Write(bytes, 0, first);
        SuperPacket.KeepFirst(ref packet);
        Assert.Equal(first, packet.Data.ToArray());
        Assert.False(packet.IsSuper);
        pools.Return(handle);
    }

    private static byte[] Bytes(int count) => [.. Enumerable.Range(0, count).Select(i => (byte)((i * 31) + (i >> 8)))];

    private static byte[] Changed(byte[] packet, int at, byte value)
    {
        byte[] copy = [.. packet];
        copy[at] = value;
        return copy;
    }

    private static byte[] Tcp(byte[] payload, int optionWords, byte flags)
    {
        int header = 20 + (4 * optionWords);
        byte[] packet = new byte[20 + header + payload.Length];
        Ipv4Header.Write(packet, packet.Length, IpProtocol.Tcp, 0xc0000201, 0xc6336401, 64, 0xfffe, dontFragment: true);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(24), 0xffff_fff0);
        packet[32] = (byte)(header / 4 << 4);
        packet[33] = flags;
        payload.CopyTo(packet, 20 + header);
        return packet;
    }

    private static byte[] Udp(byte[] payload)
    {
        byte[] packet = new byte[28 + payload.Length];
        Ipv4Header.Write(packet, packet.Length, IpProtocol.Udp, 0xc0000201, 0xc6336401);
        payload.CopyTo(packet, 28);
        UdpHeader.Write(packet.AsSpan(20), 4500, 4500, 0xc0000201, 0xc6336401);
        return packet;
    }
}
