using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using RouterOS.Linux.Offload;
using RouterOS.Packets;
using RouterOS.Unit.Crypto;

namespace RouterOS.Unit.Linux;

/// <summary>Super-frames that come without a large buffer: they leave cut into small ones.</summary>
public sealed unsafe class SpareFrameTests : IDisposable
{
    private readonly PacketPools _pools = new(64, 4);
    private readonly SpareFrame _spare = new(isEthernet: true);

    public void Dispose()
    {
        _spare.Dispose();
        _pools.Dispose();
    }

    [Fact]
    public void Segments_of_any_super_frame_join_to_it_again_with_right_checksums() =>
        Check.One(Seeded.Config.WithMaxTest(300), Prop.ForAll(
            Arb.From(
                from payload in Gen.Choose(1, 20_000)
                from segment in Gen.Choose(8, 2_000)
                from isTcp in Gen.Elements(true, false)
                from vlan in Gen.Elements(true, false)
                select (payload, segment, isTcp, vlan)),
            c =>
            {
                byte[] frame = Super(c.payload, c.isTcp, c.vlan, out int front);
                SegmentationKind kind = c.isTcp ? SegmentationKind.TcpIpv4 : SegmentationKind.Udp;
                Assert.True(Hold(frame, kind, c.segment));
                int count = (c.payload + c.segment - 1) / c.segment;
                Assert.Equal(count, _spare.Left);
                List<byte> joined = [];
                for (int i = 0; i < count; i++)
                {
                    byte[] part = Take();
                    CheckPart(part, c.isTcp, c.vlan, i, i * c.segment, i == count - 1);
                    joined.AddRange(part.AsSpan(front).ToArray());
                }

                Assert.Equal(0, _spare.Left);
                Assert.Equal<byte>(frame[front..], joined.ToArray());
            }));

    [Fact]
    public void Frames_that_cannot_be_cut_are_refused()
    {
        byte[] frame = Super(3000, isTcp: true, vlan: false, out int front);
        Assert.False(Hold(frame, SegmentationKind.TcpIpv6, 1000));
        Assert.False(Hold(frame, SegmentationKind.UdpFragments, 1000));
        Assert.False(Hold(frame, SegmentationKind.Udp, 1000));
        Assert.False(Hold(frame, SegmentationKind.TcpIpv4, 0));
        for (int length = 0; length < frame.Length; length += length < front + 2 ? 1 : 100)
        {
            Assert.False(Hold(frame[..length], SegmentationKind.TcpIpv4, 1000));
        }

        foreach (int at in (int[])[14, 23, 46])
        {
            // No IPv4 of at least 20 bytes, no TCP, a TCP header of 16 bytes.
            byte[] wrong = [.. frame];
            wrong[at] = (byte)(at == 14 ? 0x41 : at == 46 ? 0x40 : 0);
            Assert.False(Hold(wrong, SegmentationKind.TcpIpv4, 1000));
        }

        Assert.Equal(0, _spare.Left);
    }

    [Fact]
    public void A_packet_without_buffer_is_there_again()
    {
        using PacketPools one = new(1, 0);
        Assert.True(Hold(Super(1500, isTcp: true, vlan: false, out _), SegmentationKind.TcpIpv4, 1000));
        nint first = _spare.Take(one);
        Assert.NotEqual(0, first);
        Assert.Equal(0, _spare.Take(one));
        Assert.Equal(1, _spare.Left);
        one.Return(first);
        nint last = _spare.Take(one);
        Assert.Equal(14 + 52 + 500, PacketBuffer.At(last).Length);
    }

    [Fact]
    public void A_partial_checksum_is_finished_where_the_header_says()
    {
        byte[] frame = Super(100, isTcp: false, vlan: false, out _);
        byte[] expected = [.. frame];
        Span<byte> udp = frame.AsSpan(34);
        uint pseudo = InternetChecksum.PseudoHeader(0x0A000001, 0x0A000002, 17, udp.Length);
        BinaryPrimitives.WriteUInt16BigEndian(expected.AsSpan(40), InternetChecksum.Compute(udp, pseudo));
        BinaryPrimitives.WriteUInt16BigEndian(udp[6..], (ushort)~InternetChecksum.Fold(pseudo));
        Assert.True(FrameChecksum.TryComplete(frame, 34, 6));
        Assert.Equal(expected, frame);
        Assert.False(FrameChecksum.TryComplete(frame, frame.Length - 4, 6));
        Assert.False(FrameChecksum.TryComplete(frame, 65535, 65535));
    }

    private static VirtioNetHeader Header(SegmentationKind kind, int segmentBytes)
    {
        byte[] bytes = new byte[VirtioNetHeader.Length];
        bytes[1] = (byte)kind;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(4), (ushort)segmentBytes);
        return new VirtioNetHeader(bytes);
    }

    private bool Hold(byte[] frame, SegmentationKind kind, int segmentBytes)
    {
        frame.CopyTo(new Span<byte>(_spare.Memory, frame.Length));
        return _spare.TryHold(frame.Length, Header(kind, segmentBytes));
    }

    private byte[] Take()
    {
        nint handle = _spare.Take(_pools);
        byte[] bytes = PacketBuffer.At(handle).Data.ToArray();
        _pools.Return(handle);
        return bytes;
    }

    private static void CheckPart(byte[] part, bool isTcp, bool vlan, int index, int start, bool last)
    {
        Assert.True(Ipv4Header.TryParse(part.AsSpan(vlan ? 18 : 14), out Ipv4Header ip, out WireError error), $"{error}");
        Assert.Equal((ushort)(7 + index), ip.Identification);
        Assert.Equal(part.Length - (vlan ? 18 : 14), ip.TotalLength);
        uint pseudo = InternetChecksum.PseudoHeader(ip.Source, ip.Destination, (byte)ip.Protocol, ip.Payload.Length);
        Assert.Equal(0, InternetChecksum.Compute(ip.Payload, pseudo));
        if (isTcp)
        {
            Assert.Equal((uint)(1000 + start), BinaryPrimitives.ReadUInt32BigEndian(ip.Payload[4..]));
            // Sent with CWR, ACK, PSH and FIN.
            Assert.Equal(0x10 | (last ? 0x09 : 0) | (index == 0 ? 0x80 : 0), ip.Payload[13]);
        }
        else
        {
            Assert.Equal(ip.Payload.Length, BinaryPrimitives.ReadUInt16BigEndian(ip.Payload[4..]));
        }
    }

    private static byte[] Super(int payload, bool isTcp, bool vlan, out int front)
    {
        int network = vlan ? 18 : 14;
        front = network + 20 + (isTcp ? 32 : 8);
        byte[] frame = new byte[front + payload];
        new FixedRandom((ulong)payload).Fill(frame);
        frame[12] = (byte)(vlan ? 0x81 : 0x08);
        frame[13] = 0;
        frame[vlan ? 16 : 12] = 0x08;
        frame[vlan ? 17 : 13] = 0;
        Ipv4Header.Write(
            frame.AsSpan(network), Math.Min(frame.Length - network, 65535), isTcp ? IpProtocol.Tcp : IpProtocol.Udp, 0x0A000001, 0x0A000002,
            identification: 7);
        Span<byte> transport = frame.AsSpan(network + 20);
        BinaryPrimitives.WriteUInt32BigEndian(transport[4..], isTcp ? 1000u : 0);
        if (isTcp)
        {
            transport[12] = 0x80;
            transport[13] = 0x99;
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(transport[4..], (ushort)transport.Length);
        }

        return frame;
    }
}
