using RouterOS.Forwarding;
using RouterOS.Packets;
using RouterOS.Proto.Forwarding.V1;
using RouterOS.Simulation;
using Kind = RouterOS.Proto.Forwarding.V1.RouteRow.Types.Kind;

namespace RouterOS.Unit.Forwarding;

/// <summary>One router between two ports, fed with single packets; what leaves is read from the ports.</summary>
public sealed class ForwardingPathTests : IDisposable
{
    private const string Inside = "192.0.2.9";
    private const string Outside = "198.51.100.9";

    private static readonly byte[] s_insideLink = [2, 0, 0, 0, 1, 9];
    private static readonly byte[] s_outsideLink = [2, 0, 0, 0, 2, 9];

    private readonly SimulatedClock _clock = new();
    private readonly SinkPort _left = new() { Keep = true };
    private readonly SinkPort _right = new() { Keep = true };
    private readonly TestNode _tunnel = new("tunnel", GraphEdge.Drop);
    private readonly TestNode _out = new("spy-out", GraphEdge.Continue);
    private readonly Chassis _chassis;

    public ForwardingPathTests()
    {
        _chassis = new Chassis(
            _clock,
            [("p0", _left), ("p1", _right)],
            new TestPackage(registry =>
            {
                registry.AddNode(_tunnel);
                registry.AddNode(_out);
                registry.AddLinkType("tunnel", "tunnel");
                registry.AddFeature(Arcs.Output, "spy-out");
                registry.AddFeature(Arcs.PreRoute, KernelNodes.Ip4ReassembleTransit);
            }));
        _chassis.Interface(1, "p0", "192.0.2.1/24");
        _chassis.Interface(2, "p1", "198.51.100.1/24", mtu: 600);
        _chassis.Interface(3, "", "203.0.113.1/30", linkType: "tunnel");
        _chassis.Interface(4, "", "10.255.0.1/32", linkType: "loopback");
        Learn(0, s_insideLink, Inside, "192.0.2.1");
        Learn(1, s_outsideLink, Outside, "198.51.100.1");
        _left.Frames.Clear();
        _right.Frames.Clear();
    }

    [Fact]
    public void Transit_packet_leaves_with_one_hop_less_and_new_link_addresses()
    {
        Feed(Build.Udp(Inside, Outside, 53, ttl: 9));
        byte[] frame = Assert.Single(_right.Frames);
        Assert.Equal(s_outsideLink, frame[..6]);
        Assert.Equal(SinkPort.Address, frame[6..12]);
        Assert.True(Ipv4Header.TryParse(frame.AsSpan(14), out Ipv4Header header, out _));
        Assert.Equal(8, header.Ttl);
        Assert.Equal(2u, Assert.Single(_out.Seen).Metadata.EgressInterface);
        InterfaceCounters counters = _chassis.Counters(2);
        Assert.Equal((1ul, 44ul, 0ul), (counters.OutputPackets, counters.OutputBytes, counters.LocalOutputPackets));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public void A_packet_without_hops_left_is_answered_from_the_interface_that_it_came_in_by(byte ttl)
    {
        byte[] packet = Build.Udp(Inside, Outside, 53, ttl: ttl);
        Feed(packet);
        ReadError(IcmpType.TimeExceeded, 0, "192.0.2.1", packet, out _);
        Assert.Empty(_right.Frames);
        Assert.Equal(1ul, _chassis.Drops("ip4/ttl-exceeded"));
    }

    [Fact]
    public void A_packet_that_must_not_be_cut_is_answered_with_the_mtu()
    {
        byte[] packet = Build.Udp(Inside, Outside, 53, 1000, df: true);
        Feed(packet);
        ReadError(IcmpType.DestinationUnreachable, 4, "192.0.2.1", packet, out uint rest);
        Assert.Equal(600u, rest);
    }

    [Fact]
    public void A_large_packet_is_cut_and_the_pieces_make_the_packet_again()
    {
        byte[] packet = Build.Udp(Inside, Outside, 53, 1400);
        Feed(packet);
        byte[] payload = new byte[packet.Length - 20];
        int seen = 0;
        Assert.Equal(3, _right.Frames.Count);
        foreach (byte[] frame in _right.Frames)
        {
            Assert.True(Ipv4Header.TryParse(frame.AsSpan(14), out Ipv4Header header, out _));
            Assert.InRange(header.TotalLength, 21, 600);
            Assert.Equal(header.FragmentOffset + header.Payload.Length < payload.Length, header.MoreFragments);
            header.Payload.CopyTo(payload.AsSpan(header.FragmentOffset));
            seen += header.Payload.Length;
        }

        Assert.Equal(payload.Length, seen);
        Assert.Equal(packet[20..], payload);
        Assert.Equal(3ul, _chassis.Counters(2).OutputPackets);
    }

    [Fact]
    public void Options_that_are_not_copied_stay_in_the_first_fragment()
    {
        byte[] plain = Build.Udp(Inside, Outside, 53, 1000);
        // Router alert (copied) and a record route of 7 bytes (not copied).
        byte[] options = [0x94, 4, 0, 0, 7, 7, 4, 0, 0, 0, 0, 0];
        byte[] packet = [.. plain[..20], .. options, .. plain[20..]];
        packet[0] = 0x48;
        packet[2] = (byte)(packet.Length >> 8);
        packet[3] = (byte)packet.Length;
        FixChecksum(packet);
        Feed(packet);
        Assert.Equal(2, _right.Frames.Count);
        Assert.True(Ipv4Header.TryParse(_right.Frames[0].AsSpan(14), out Ipv4Header first, out _));
        Assert.True(Ipv4Header.TryParse(_right.Frames[1].AsSpan(14), out Ipv4Header second, out _));
        Assert.Equal(options, first.Options.ToArray());
        Assert.Equal([0x94, 4, 0, 0], second.Options.ToArray());
    }

    [Fact]
    public void Transit_fragments_are_put_together_where_a_package_asks_for_it()
    {
        byte[] datagram = Build.Udp(Inside, Outside, 53, 480)[20..];
        Feed(Build.Fragment(Inside, Outside, datagram, 240, datagram.Length - 240, more: false));
        Feed(Build.Fragment(Inside, Outside, datagram, 0, 240, more: true));
        Assert.Equal(datagram, Assert.Single(_out.Seen).Bytes[20..]);
        Assert.Equal(datagram, Assert.Single(_right.Frames)[34..]);
    }

    [Theory]
    [InlineData("203.0.114.1", IcmpType.DestinationUnreachable, 0, "ip4/no-route")]
    [InlineData("10.66.0.1", IcmpType.DestinationUnreachable, 1, "ip4/reject")]
    public void A_packet_without_a_way_is_answered(string to, IcmpType type, byte code, string counter)
    {
        _chassis.Route("10.66.0.0/16", Kind.Reject);
        byte[] packet = Build.Udp(Inside, to, 53);
        Feed(packet);
        ReadError(type, code, "192.0.2.1", packet, out _);
        Assert.Equal(1ul, _chassis.Drops(counter));
    }

    [Theory]
    [InlineData("10.77.0.1", "ip4/discard")]
    [InlineData("239.1.1.1", "ip4/multicast")]
    [InlineData("127.0.0.1", "ip4/martian-destination")]
    [InlineData("10.88.0.1", "ip4/egress-down")]
    [InlineData("10.99.0.1", "ip4/no-link")]
    public void Some_packets_are_dropped_in_silence(string to, string counter)
    {
        _chassis.Route("10.77.0.0/16", Kind.Discard);
        _chassis.Interface(5, "", "", linkType: "tunnel", up: false);
        _chassis.Route("10.88.0.0/16", Kind.Forward, 5);
        _chassis.Route("10.99.0.0/16", Kind.Forward, 4);
        Feed(Build.Udp(Inside, to, 53));
        Assert.Equal(1ul, _chassis.Drops(counter));
        Assert.Empty(_left.Frames);
        Assert.Empty(_right.Frames);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("224.0.0.5")]
    [InlineData("255.255.255.255")]
    public void A_source_that_cannot_be_is_dropped_in_silence(string from)
    {
        Feed(Build.Udp(from, Outside, 53));
        Assert.Equal(1ul, _chassis.Drops("ip4/martian-source"));
        Assert.Empty(_left.Frames);
    }

    [Fact]
    public void Echo_to_the_router_is_answered_whole()
    {
        byte[] packet = Build.Echo(Inside, "192.0.2.1", 56);
        Feed(packet);
        Assert.True(Ipv4Header.TryParse(Assert.Single(_left.Frames).AsSpan(14), out Ipv4Header ip, out _));
        Assert.Equal((Chassis.Ip("192.0.2.1"), Chassis.Ip(Inside)), (ip.Source, ip.Destination));
        Assert.True(IcmpHeader.TryParse(ip.Payload, out IcmpHeader icmp, out _));
        Assert.Equal((IcmpType.EchoReply, 0x00010002u), (icmp.Type, icmp.Rest));
        Assert.Equal(packet[28..], icmp.Payload.ToArray());
        InterfaceCounters counters = _chassis.Counters(1);
        Assert.Equal((1ul, 84ul, 1ul, 84ul),
            (counters.LocalInputPackets, counters.LocalInputBytes, counters.LocalOutputPackets, counters.LocalOutputBytes));
    }

    [Fact]
    public void Echo_to_a_broadcast_address_is_not_answered()
    {
        Feed(Build.Echo(Inside, "192.0.2.255"));
        Feed(Build.Echo(Inside, "255.255.255.255"));
        Assert.Empty(_left.Frames);
        Assert.Equal(2ul, _chassis.Drops("local/broadcast-echo"));
    }

    [Fact]
    public void An_unclaimed_port_and_protocol_are_answered_and_tcp_is_not()
    {
        byte[] udp = Build.Udp(Inside, "192.0.2.1", 9999);
        Feed(udp);
        ReadError(IcmpType.DestinationUnreachable, 3, "192.0.2.1", udp, out _);
        _left.Frames.Clear();
        byte[] ospf = Build.Ip(Inside, "192.0.2.1", IpProtocol.Ospf, new byte[24]);
        Feed(ospf);
        ReadError(IcmpType.DestinationUnreachable, 2, "192.0.2.1", ospf, out _);
        _left.Frames.Clear();
        Feed(Build.Ip(Inside, "192.0.2.1", IpProtocol.Tcp, new byte[20]));
        Assert.Empty(_left.Frames);
        Assert.Equal(1ul, _chassis.Drops("local/tcp"));
        Assert.Equal(1ul, _chassis.Drops("local/unclaimed-udp-port"));
        Assert.Equal(1ul, _chassis.Drops("local/unclaimed-protocol"));
    }

    [Fact]
    public void Errors_are_never_about_errors_later_fragments_or_broadcasts()
    {
        byte[] message = new byte[8 + 28];
        IcmpHeader.Write(message, IcmpType.DestinationUnreachable, 1, 0);
        Feed(Build.Ip(Inside, "203.0.114.1", IpProtocol.Icmp, message));
        Feed(Build.Udp(Inside, "192.0.2.255", 9999));
        _chassis.Feed(
            KernelNodes.IcmpError,
            Build.Fragment(Inside, Outside, new byte[64], 32, 32, more: false),
            ingress: 1,
            prepare: handle => PacketBuffer.At(handle).IcmpReply = 0x0301);
        Assert.Empty(_left.Frames);
        Assert.Equal(1ul, _chassis.Drops("icmp-error/about-error"));
        Assert.Equal(1ul, _chassis.Drops("icmp-error/about-group"));
        Assert.Equal(1ul, _chassis.Drops("icmp-error/about-fragment"));
    }

    [Fact]
    public void Errors_to_one_sender_are_bounded_and_come_back_with_time()
    {
        for (int i = 0; i < 200; i++)
        {
            Feed(Build.Udp(Inside, "203.0.114.1", 53));
        }

        Assert.Equal(50, _left.Frames.Count);
        Assert.Equal(150ul, _chassis.Drops("icmp-error/rate-limited"));
        _clock.Advance(TimeSpan.FromMilliseconds(100));
        for (int i = 0; i < 200; i++)
        {
            Feed(Build.Udp(Inside, "203.0.114.1", 53));
        }

        Assert.Equal(60, _left.Frames.Count);
    }

    [Fact]
    public void A_link_type_gets_its_packets_after_the_output_arc_with_the_ttl_lowered()
    {
        _chassis.Route("10.1.0.0/16", Kind.Forward, 3);
        Feed(Build.Udp(Inside, "10.1.2.3", 53, ttl: 20));
        (byte[] bytes, PacketBuffer metadata) = Assert.Single(_tunnel.Seen);
        Assert.Equal(19, bytes[8]);
        Assert.Equal((3u, Chassis.Ip("10.1.2.3")), (metadata.EgressInterface, metadata.NextHop));
        Assert.Single(_out.Seen);
    }

    [Fact]
    public void A_tunnel_never_carries_its_own_outer_packet_nor_what_must_avoid_it()
    {
        _chassis.Route("0.0.0.0/0", Kind.Forward, 3);
        _chassis.Plane.Tables.BindProtection(3, 7);
        _chassis.Feed(KernelNodes.Ip4LocalOut, Build.Udp("198.51.100.1", "203.0.114.1", 500), prepare: handle =>
        {
            PacketBuffer.At(handle).Flags = PacketFlags.TunnelOuter | PacketFlags.LocallyOriginated;
            PacketBuffer.At(handle).AvoidProtection = 7;
        });
        Assert.Empty(_tunnel.Seen);
        Assert.Equal(1ul, _chassis.Drops("ip4/tunnel-loop"));
        _chassis.Plane.Inject(new() { Destination = Chassis.Ip("203.0.114.1"), Protocol = 17, Payload = new byte[4], AvoidProtection = 7 });
        _chassis.Plane.RunOnce();
        Assert.Equal(1ul, _chassis.Drops("inject/tunnel-loop"));
        Assert.Contains(_chassis.Events, notice => notice is { Table: "inject", Key: "203.0.114.1", Name: "tunnel-loop" });
        _chassis.Plane.Inject(new() { Destination = Chassis.Ip("203.0.114.1"), Protocol = 17, Payload = new byte[4], AvoidProtection = 8 });
        _chassis.Plane.RunOnce();
        Assert.Single(_tunnel.Seen);
    }

    [Fact]
    public unsafe void Two_tunnels_that_lead_into_each_other_end_after_a_few_rounds()
    {
        _chassis.Route("10.1.0.0/16", Kind.Forward, 3);
        int localOut = _chassis.Plane.Worker.NodeIndex(KernelNodes.Ip4LocalOut);
        _tunnel.Decide = handle =>
        {
            ref PacketBuffer packet = ref PacketBuffer.At(handle);
            packet.Push(20);
            Ipv4Header.Write(packet.Data, packet.Length, (IpProtocol)200, Chassis.Ip("198.51.100.1"), Chassis.Ip("10.1.0.1"));
            packet.Flags |= PacketFlags.LocallyOriginated | PacketFlags.TunnelOuter;
            _chassis.Plane.Worker.Enqueue(localOut, handle);
            return GraphEdge.Consumed;
        };
        Feed(Build.Udp(Inside, "10.1.2.3", 53));
        Assert.Equal(5, _tunnel.Seen.Count);
        Assert.Equal(1ul, _chassis.Drops("ip4/tunnel-loop"));
        _chassis.AssertNothingLeaks();
    }

    [Fact]
    public void Nobody_else_sends_from_our_own_address()
    {
        Feed(Build.Udp("198.51.100.1", "192.0.2.1", 500));
        Assert.Empty(_chassis.Punted);
        Assert.Equal(1ul, _chassis.Drops("ip4/martian-source"));
        _chassis.Plane.Inject(new() { Destination = Chassis.Ip("192.0.2.1"), Protocol = 17, DestinationPort = 500, Payload = new byte[4] });
        _chassis.Plane.RunOnce();
        Assert.Single(_chassis.Punted);
    }

    [Fact]
    public void A_packet_that_requires_a_protection_leaves_by_it_or_not_at_all()
    {
        _chassis.Route("10.1.0.0/16", Kind.Forward, 3);
        _chassis.Plane.Tables.BindProtection(3, 7);
        foreach ((string to, uint required) in new[] { ("10.1.0.1", 7u), ("10.1.0.1", 8u), (Outside, 7u) })
        {
            _chassis.Plane.Inject(new() { Destination = Chassis.Ip(to), Protocol = 17, Payload = new byte[4], RequiredProtection = required });
            _chassis.Plane.RunOnce();
        }

        Assert.Single(_tunnel.Seen);
        Assert.Empty(_right.Frames);
        Assert.Equal(2ul, _chassis.Drops("ip4/protection-missing"));
    }

    [Fact]
    public void Udp_500_goes_up_with_everything_that_the_control_plane_needs()
    {
        Feed(Build.Udp(Inside, "192.0.2.1", 500, 20, ttl: 33), handle => PacketBuffer.At(handle).Protection = 0);
        var packet = Assert.Single(_chassis.Punted);
        Assert.Equal(("udp:500", 1u, (ushort)40000, (ushort)500, (byte)33),
            (packet.Channel, packet.Interface, packet.SourcePort, packet.DestinationPort, packet.Ttl));
        Assert.Equal(Build.Udp(Inside, "192.0.2.1", 500, 20)[28..], packet.Payload);
        _chassis.AssertNothingLeaks();
    }

    [Fact]
    public void Punts_are_bounded_per_source_without_hurting_others()
    {
        for (int i = 0; i < 1000; i++)
        {
            Feed(Build.Udp(Inside, "192.0.2.1", 500));
        }

        Assert.Equal(200, _chassis.Punted.Count);
        Feed(Build.Udp("192.0.2.77", "192.0.2.1", 500));
        Assert.Equal(201, _chassis.Punted.Count);
        Assert.Equal(800ul, _chassis.Drops("punt/source-rate"));
    }

    [Fact]
    public void A_flood_of_spoofed_sources_keeps_no_known_peer_away()
    {
        _chassis.Set("control-peer", $"{Chassis.Ip("192.0.2.200")}", new ControlPeerRow { Address = Chassis.Ip("192.0.2.200") });
        int known = 0;
        for (int i = 0; i < 50_000; i++)
        {
            Feed(Build.Udp($"10.{i >> 16}.{(i >> 8) & 255}.{i & 255}", "192.0.2.1", 500));
            if (i % 500 == 0)
            {
                known++;
                Feed(Build.Udp("192.0.2.200", "192.0.2.1", 500));
            }
        }

        Assert.Equal(known, _chassis.Punted.Count(p => p.Source == Chassis.Ip("192.0.2.200")));
        Assert.Equal(300, _chassis.Punted.Count - known);
        Assert.Equal(49_700ul, _chassis.Drops("punt/stranger-rate"));

        // Whoever the control plane answers is known, too.
        Feed(Build.Udp("192.0.2.77", "192.0.2.1", 500));
        Assert.DoesNotContain(_chassis.Punted, p => p.Source == Chassis.Ip("192.0.2.77"));
        _chassis.Plane.Inject(new() { Destination = Chassis.Ip("192.0.2.77"), Protocol = 17, SourcePort = 500, DestinationPort = 500, Payload = new byte[8] });
        _chassis.Plane.RunOnce();
        Feed(Build.Udp("192.0.2.77", "192.0.2.1", 500));
        Assert.Contains(_chassis.Punted, p => p.Source == Chassis.Ip("192.0.2.77"));

        _chassis.Plane.RemoveRow("control-peer", $"{Chassis.Ip("192.0.2.200")}");
        Feed(Build.Udp("192.0.2.200", "192.0.2.1", 500));
        Assert.Equal(known, _chassis.Punted.Count(p => p.Source == Chassis.Ip("192.0.2.200")));
        Assert.NotNull(_chassis.Plane.SetRow("control-peer", "nobody", []));
    }

    [Fact]
    public void An_injected_packet_leaves_complete_from_the_right_address()
    {
        _chassis.Plane.Inject(new()
        {
            Destination = Chassis.Ip(Outside), Protocol = 17, SourcePort = 500, DestinationPort = 4500, Payload = "hello"u8.ToArray(),
            Ttl = 3, DontFragment = true, Tos = 0xb8,
        });
        _chassis.Plane.RunOnce();
        Assert.True(Ipv4Header.TryParse(Assert.Single(_right.Frames).AsSpan(14), out Ipv4Header ip, out _));
        Assert.Equal((Chassis.Ip("198.51.100.1"), (byte)3, true, (byte)0xb8), (ip.Source, ip.Ttl, ip.DontFragment, ip.Tos));
        Assert.True(UdpHeader.TryParse(ip.Payload, out UdpHeader udp, out _));
        Assert.True(udp.IsChecksumRight(ip.Source, ip.Destination));
        Assert.Equal("hello"u8.ToArray(), udp.Payload.ToArray());
    }

    [Fact]
    public void Icmp_errors_go_to_the_node_of_the_protocol_that_they_quote_and_others_up()
    {
        var listener = new TestNode("listener", 0, KernelNodes.IcmpPunt) { Decide = _ => GraphEdge.Drop };
        var clock = new SimulatedClock();
        using var chassis = new Chassis(clock, [("p0", new SinkPort())], new TestPackage(registry =>
        {
            registry.AddNode(listener);
            registry.AddIcmpErrors((byte)IpProtocol.Esp, "listener");
        }));
        chassis.Interface(1, "p0", "192.0.2.1/24");
        foreach (IpProtocol quoted in new[] { IpProtocol.Esp, IpProtocol.Udp })
        {
            byte[] message = [.. new byte[8], .. Build.Ip("192.0.2.1", Outside, quoted, new byte[8])];
            IcmpHeader.Write(message, IcmpType.DestinationUnreachable, 4, 1400);
            chassis.Feed(KernelNodes.Ip4Input, Build.Ip(Inside, "192.0.2.1", IpProtocol.Icmp, message), ingress: 1);
        }

        Assert.Single(listener.Seen);
        Assert.Equal("icmp", Assert.Single(chassis.Punted).Channel);
    }

    public void Dispose() => _chassis.Dispose();

    private static void FixChecksum(byte[] packet)
    {
        int header = (packet[0] & 15) * 4;
        packet[10] = packet[11] = 0;
        ushort checksum = InternetChecksum.Compute(packet.AsSpan(0, header));
        packet[10] = (byte)(checksum >> 8);
        packet[11] = (byte)checksum;
    }

    private void Feed(byte[] packet, Action<nint>? prepare = null) =>
        _chassis.Feed(KernelNodes.PortInput, Build.Frame(SinkPort.Address, s_insideLink, packet), prepare: prepare);

    private void Learn(ushort port, byte[] link, string address, string router) => _chassis.Feed(
        KernelNodes.PortInput, Build.Arp(ArpOperation.Request, link, address, new byte[6], router), port: port);

    private void ReadError(IcmpType type, byte code, string from, byte[] about, out uint rest)
    {
        byte[] frame = Assert.Single(_left.Frames);
        Assert.True(Ipv4Header.TryParse(frame.AsSpan(14), out Ipv4Header ip, out _));
        Assert.Equal((Chassis.Ip(from), Chassis.Ip(Inside)), (ip.Source, ip.Destination));
        Assert.InRange(ip.TotalLength, 56, 576);
        Assert.True(IcmpHeader.TryParse(ip.Payload, out IcmpHeader icmp, out _));
        Assert.Equal((type, code), (icmp.Type, icmp.Code));
        Assert.Equal(about[12..20], icmp.Payload[12..20].ToArray());
        Assert.Equal(about.AsSpan(20, 8).ToArray(), icmp.Payload.Slice(20, 8).ToArray());
        rest = icmp.Rest;
    }
}
