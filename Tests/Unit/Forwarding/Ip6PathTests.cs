using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using RouterOS.Abstractions.Ports;
using RouterOS.Forwarding;
using RouterOS.Packets;
using RouterOS.Proto.Forwarding.V1;
using RouterOS.Simulation;
using Kind = RouterOS.Proto.Forwarding.V1.RouteRow.Types.Kind;

namespace RouterOS.Unit.Forwarding;

public sealed class Ip6PathTests : IDisposable
{
    private const string Here = "2001:db8:1::9";
    private const string There = "2001:db8:2::9";

    private readonly SimulatedClock _clock = new();
    private readonly SinkPort[] _ports = [new(PortLink.RawIp) { Keep = true }, new(PortLink.RawIp) { Keep = true }];
    private readonly Chassis _chassis;

    public Ip6PathTests()
    {
        _chassis = new Chassis(_clock, [("p0", _ports[0]), ("p1", _ports[1])]);
        _chassis.Interface6(1, "p0", "2001:db8:1::1/64");
        _chassis.Interface6(2, "p1", "2001:db8:2::1/64", mtu: 1400);
    }

    [Fact]
    public void A_packet_crosses_with_one_hop_less()
    {
        byte[] packet = Build6.Udp(Here, There, 53);
        Hear(packet);
        byte[] sent = Assert.Single(_ports[1].Frames);
        Assert.Equal(63, sent[7]);
        packet[7]--;
        Assert.Equal(packet, sent);
        Assert.Equal(1ul, _chassis.Counters(2).OutputPackets);
    }

    [Fact]
    public void The_last_hop_and_no_route_and_a_reject_are_told()
    {
        Hear(Build6.Udp(Here, There, 53, hops: 1));
        Hear(Build6.Udp(Here, "2001:db8:9::1", 53));
        _chassis.Route6(Chassis.Ip6("2001:db8:8::"), 48, Kind.Reject, 0);
        Hear(Build6.Udp(Here, "2001:db8:8::1", 53));
        Assert.Equal([(3, 0), (1, 0), (1, 3)], Errors().Select(error => ((int)error.Type, (int)error.Code)));
        Assert.Equal(1ul, _chassis.Drops("ip6/hop-limit"));
    }

    [Fact]
    public void What_is_too_big_is_answered_with_the_mtu_and_never_cut()
    {
        Hear(Build6.Udp(Here, There, 53, 1380));
        Assert.Empty(_ports[1].Frames);
        (byte type, _, uint rest) = Assert.Single(Errors());
        Assert.Equal((2, 1400u), (type, rest));
    }

    [Fact]
    public void A_ping_is_answered_and_an_unknown_port_and_protocol_are_told()
    {
        byte[] ping = Build6.Echo(Here, "2001:db8:2::1");
        Hear(ping);
        byte[] answer = Assert.Single(_ports[0].Frames);
        Assert.True(Icmp6Header.TryParse(answer.AsSpan(40), answer.AsSpan(8, 32), out Icmp6Header icmp, out _));
        Assert.Equal((Icmp6Type.EchoReply, 0x00010002u), (icmp.Type, icmp.Rest));
        Assert.Equal(ping[48..], icmp.Payload.ToArray());
        _ports[0].Frames.Clear();
        Hear(Build6.Udp(Here, "2001:db8:1::1", 9));
        Hear(Build6.Ip(Here, "2001:db8:1::1", 200, new byte[8]));
        Assert.Equal([(1, 4, 0u), (4, 1, 6u)], Errors().Select(error => ((int)error.Type, (int)error.Code, error.Detail)));
    }

    [Fact]
    public void Ike_goes_up_and_comes_down_in_pieces_that_every_path_carries()
    {
        Hear(Build6.Udp(Here, "2001:db8:1::1", 500, 40));
        RouterOS.Forwarding.Local.PuntedPacket up = Assert.Single(_chassis.Punted);
        Assert.Equal(("udp:500", Chassis.Ip6(Here), 40), (up.Channel, up.Source6, up.Payload.Length));
        _chassis.Plane.Inject(new()
        {
            Destination6 = up.Source6, Source6 = up.Destination6, Protocol = 17, SourcePort = 500, DestinationPort = 500, Payload = new byte[3000],
        });
        _chassis.Plane.RunOnce();
        Assert.Equal(3, _ports[0].Frames.Count);
        Assert.All(_ports[0].Frames, frame => Assert.InRange(frame.Length, 1, 1280));

        // Another router puts them together again, in any order, and finds the checksum right.
        foreach (byte[] frame in _ports[0].Frames.ToArray().Reverse())
        {
            Ipv6Address.Write(frame.AsSpan(8), Chassis.Ip6(Here));
            Ipv6Address.Write(frame.AsSpan(24), Chassis.Ip6("2001:db8:1::1"));
            Hear(frame);
        }

        Assert.Equal(3000, _chassis.Punted[1].Payload.Length);
        _chassis.AssertNothingLeaks();
    }

    [Fact]
    public void Overlapping_fragments_spoil_their_packet_and_an_atomic_one_is_whole()
    {
        byte[] whole = Build6.Udp(Here, "2001:db8:1::1", 500, 100);
        Hear(Piece(whole, 0, 48, more: true));
        Hear(Piece(whole, 40, 68, more: false));
        Assert.Empty(_chassis.Punted);
        Assert.Equal(1ul, _chassis.Drops("reassembly/duplicate") + 1);
        Hear(Piece(whole, 0, 108, more: false));
        Assert.Equal(100, Assert.Single(_chassis.Punted).Payload.Length);
        _chassis.AssertNothingLeaks();
    }

    [Theory]
    [InlineData("ff02::1", "2001:db8:2::9")]
    [InlineData("::1", "2001:db8:2::9")]
    [InlineData("2001:db8:1::1", "2001:db8:2::9")]
    [InlineData("2001:db8:1::9", "::1")]
    [InlineData("2001:db8:1::9", "fe80::9")]
    [InlineData("2001:db8:1::9", "ff05::1")]
    [InlineData("fe80::9", "2001:db8:2::9")]
    public void Addresses_that_do_not_belong_here_are_dropped_without_a_word(string source, string destination)
    {
        Hear(Build6.Udp(source, destination, 53));
        Assert.Empty(_ports[0].Frames);
        Assert.Empty(_ports[1].Frames);
        _chassis.AssertNothingLeaks();
    }

    [Fact]
    public void A_gateway_is_resolved_in_place_of_the_destination()
    {
        var port = new SinkPort { Keep = true };
        using var chassis = new Chassis(_clock, [("p0", _ports[0]), ("p1", port)]);
        chassis.Interface6(1, "p0", "2001:db8:1::1/64");
        chassis.Interface6(2, "p1", "2001:db8:2::1/64");
        chassis.Route6(0, 0, Kind.Forward, 2, Chassis.Ip6("2001:db8:2::fe"));
        chassis.Plane.RunOnce();
        port.Frames.Clear();
        chassis.Feed(KernelNodes.PortInput, Build6.Udp(Here, "2001:db8:5::5", 53));
        Assert.Equal(Chassis.Ip6("2001:db8:2::fe"), Ipv6Address.Read(Assert.Single(port.Frames).AsSpan(62)));
    }

    [Fact]
    public void A_super_packet_is_cut_with_right_checksums()
    {
        byte[] packet = Build6.Ip(Here, There, 6, new byte[20 + 5000]);
        packet[52] = 5 << 4;
        new Random(5).NextBytes(packet.AsSpan(60));
        _chassis.Feed(KernelNodes.PortInput, packet, prepare: handle =>
        {
            PacketBuffer.At(handle).SegmentBytes = 1300;
            PacketBuffer.At(handle).SegmentCount = 4;
        });
        Assert.Equal([1360, 1360, 1360, 1160], _ports[1].Frames.Select(frame => frame.Length));
        Assert.All(_ports[1].Frames, frame => Assert.Equal(
            0, InternetChecksum.Compute(frame.AsSpan(40), InternetChecksum.PseudoHeader(frame.AsSpan(8, 32), 6, frame.Length - 40))));
        Assert.Equal(packet[60..], _ports[1].Frames.SelectMany(frame => frame[60..]).ToArray());
        _chassis.AssertNothingLeaks();
    }

    [Fact]
    public void Any_bytes_are_borne() =>
        Check.One(
            Seeded.Config.WithMaxTest(2000),
            Prop.ForAll<byte[], byte, byte>((bytes, next, hops) =>
            {
                // Chains of extension headers made of anything, to the router and through it.
                byte first = (byte)((next % 5) switch { 0 => 0, 1 => 43, 2 => 44, 3 => 60, _ => next });
                foreach (string destination in new[] { There, "2001:db8:1::1" })
                {
                    Hear(Build6.Ip(Here, destination, first, bytes, hops));
                    byte[] chained = [.. bytes, .. new byte[8]];
                    chained[0] = first;
                    chained[1] = 0;
                    Hear(Build6.Ip(Here, destination, first, chained, hops));
                }

                Assert.Equal(0ul, _chassis.Plane.Worker.Graph.Faults);
                _ports[0].Frames.Clear();
                _ports[1].Frames.Clear();
            }));

    [Fact]
    public void Extension_headers_are_walked_with_a_bound()
    {
        byte[] ten = Build6.Ip(Here, There, 60, new byte[80]);
        for (int at = 40; at < 120; at += 8)
        {
            ten[at] = 60;
        }

        Assert.False(Ipv6Extensions.TryWalk(ten, out _));
        ten[40 + 16] = 17;
        Assert.True(Ipv6Extensions.TryWalk(ten, out Ipv6Extensions walked));
        Assert.Equal((17, 64, 56), (walked.Protocol, walked.Offset, walked.ProtocolAt));
        ten[41] = 200;
        Assert.False(Ipv6Extensions.TryWalk(ten, out _));
        ten[41] = 0;
        ten[48] = 0;
        Assert.False(Ipv6Extensions.TryWalk(ten, out _));
    }

    [Fact]
    public void A_port_that_a_tunnel_has_takes_datagrams_without_a_checksum_and_no_other_does()
    {
        TestNode node = new("test-tunnel", GraphEdge.Drop);
        using Chassis chassis = new(_clock, [("p0", new SinkPort(PortLink.RawIp))], new TestPackage(registry =>
        {
            registry.AddNode(node);
            registry.AddLocalUdpPort6(4500, node.Name);
        }));
        chassis.Interface6(1, "p0", "2001:db8:1::1/64");
        foreach (ushort port in (ushort[])[4500, 500])
        {
            byte[] right = Build6.Udp(Here, "2001:db8:1::1", port);
            byte[] none = [.. right];
            none.AsSpan(46, 2).Clear();
            byte[] wrong = [.. right];
            wrong[60] ^= 1;
            foreach (byte[] packet in (byte[][])[right, none, wrong])
            {
                chassis.Feed(KernelNodes.PortInput, packet);
            }
        }

        Assert.Equal(2, node.Seen.Count);
        Assert.Equal("udp:500", Assert.Single(chassis.Punted).Channel);
        Assert.Equal(3ul, chassis.Drops("local/bad-udp"));
    }

    public void Dispose() => _chassis.Dispose();

    private static byte[] Piece(byte[] whole, int offset, int bytes, bool more)
    {
        byte[] piece = [.. whole[..40], .. new byte[8], .. whole[(40 + offset)..(40 + offset + bytes)]];
        BinaryPrimitives.WriteUInt16BigEndian(piece.AsSpan(4), (ushort)(8 + bytes));
        piece[40] = whole[6];
        piece[6] = 44;
        BinaryPrimitives.WriteUInt16BigEndian(piece.AsSpan(42), (ushort)(offset | (more ? 1 : 0)));
        BinaryPrimitives.WriteUInt32BigEndian(piece.AsSpan(44), 77);
        return piece;
    }

    private void Hear(byte[] packet) => _chassis.Feed(KernelNodes.PortInput, packet);

    private (byte Type, byte Code, uint Detail)[] Errors() =>
    [
        .. _ports[0].Frames.Select(frame =>
        {
            Assert.True(Icmp6Header.TryParse(frame.AsSpan(40), frame.AsSpan(8, 32), out Icmp6Header icmp, out _));
            return ((byte)icmp.Type, icmp.Code, icmp.Rest);
        }),
    ];
}
