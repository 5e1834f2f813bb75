using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using RouterOS.Linux.Packet;
using RouterOS.Packets;
using RouterOS.Unit.Crypto;

namespace RouterOS.Unit.Linux;

public sealed class FrameSegmentsTests
{
    [Fact]
    public void Segments_of_any_super_frame_join_to_it_again_with_right_checksums() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(
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
                Assert.True(FrameSegments.TryParse(frame, kind, c.segment, out FrameSegments segments));
                Assert.Equal((c.payload + c.segment - 1) / c.segment, segments.Count);
                List<byte> joined = [];
                for (int i = 0; i < segments.Count; i++)
                {
                    byte[] part = new byte[segments.LengthOf(frame, i)];
                    segments.Write(frame, i, part);
                    CheckPart(part, c.isTcp, c.vlan, i, i * c.segment, i == segments.Count - 1);
                    joined.AddRange(part.AsSpan(front).ToArray());
                }

                Assert.Equal<byte>(frame[front..], joined.ToArray());
            }));

    [Fact]
    public void Frames_that_cannot_be_cut_are_refused()
    {
        byte[] frame = Super(3000, isTcp: true, vlan: false, out int front);
        Assert.False(FrameSegments.TryParse(frame, SegmentationKind.TcpIpv6, 1000, out _));
        Assert.False(FrameSegments.TryParse(frame, SegmentationKind.Udp, 1000, out _));
        Assert.False(FrameSegments.TryParse(frame, SegmentationKind.TcpIpv4, 0, out _));
        for (int length = 0; length <= front; length++)
        {
            Assert.False(FrameSegments.TryParse(frame.AsSpan(0, length), SegmentationKind.TcpIpv4, 1000, out _));
        }

        foreach (int at in (int[])[14, 23, 46])
        {
            // No IPv4 of at least 20 bytes, no TCP, a TCP header of 16 bytes.
            byte[] wrong = [.. frame];
            wrong[at] = (byte)(at == 14 ? 0x41 : at == 46 ? 0x40 : 0);
            Assert.False(FrameSegments.TryParse(wrong, SegmentationKind.TcpIpv4, 1000, out _));
        }
    }

    [Fact]
    public void Random_bytes_never_make_it_read_outside() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(
            Arb.From(from bytes in Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf(80) from size in Gen.Choose(1, 100) select (bytes, size)),
            c =>
            {
                if (c.bytes.Length > 23)
                {
                    c.bytes[12] = 8;
                    c.bytes[13] = 0;
                    c.bytes[14] = (byte)(0x40 | (c.bytes[14] & 7));
                    c.bytes[23] = 6;
                }

                if (FrameSegments.TryParse(c.bytes, SegmentationKind.TcpIpv4, c.size, out FrameSegments segments))
                {
                    for (int i = 0; i < segments.Count; i++)
                    {
                        segments.Write(c.bytes, i, new byte[segments.LengthOf(c.bytes, i)]);
                    }
                }
            }));

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
