using RouterOS.Forwarding;
using RouterOS.Multicast.Nodes;
using RouterOS.Packets;
using RouterOS.Proto.Multicast.V1;
using RouterOS.Simulation;
using RouterOS.Unit.Forwarding;

namespace RouterOS.Unit.Multicast.Nodes;

public sealed class MulticastPathTests : IDisposable
{
    private const string Source = "10.1.0.10";
    private const string Group = "239.129.2.3";
    private static readonly byte[] s_groupLink = [0x01, 0x00, 0x5e, 0x01, 0x02, 0x03];
    private static readonly byte[] s_sender = [2, 0, 0, 0, 0, 9];

    private readonly SimulatedClock _clock = new();
    private readonly SinkPort[] _ports = [.. Enumerable.Range(0, 4).Select(_ => new SinkPort { Keep = true })];
    private readonly Chassis _chassis;

    public MulticastPathTests()
    {
        _chassis = new Chassis(_clock, [.. _ports.Select((p, i) => ($"p{i}", (Abstractions.Ports.IPort)p))], new MulticastNodePackage());
        for (uint i = 0; i < 4; i++)
        {
            _chassis.Interface(i + 1, $"p{i}", $"10.{i + 1}.0.1/24");
            _chassis.Set("multicast-interface", $"{i + 1}", new InterfaceRow { Interface = i + 1 });
        }

        // Addresses are announced once.
        _chassis.Plane.RunOnce();
        Array.ForEach(_ports, p => p.Frames.Clear());
    }

    public void Dispose() => _chassis.Dispose();

    [Fact]
    public void A_packet_leaves_by_every_interface_with_the_groups_ethernet_address()
    {
        Route(1, 2, 3, 4);
        Receive(0, Build.Udp(Source, Group, 5000, 100));
        foreach (SinkPort port in _ports[1..])
        {
            byte[] frame = Assert.Single(port.Frames);
            Assert.Equal(s_groupLink, frame[..6]);
            Assert.True(Ipv4Header.TryParse(frame.AsSpan(14), out Ipv4Header ip, out _));
            Assert.Equal((63, Chassis.Ip(Group)), (ip.Ttl, ip.Destination));
            Assert.Equal(Build.Udp(Source, Group, 5000, 100)[20..], frame[34..]);
        }

        Assert.Empty(_ports[0].Frames);
        RouteCounters counters = Counters();
        Assert.Equal((1ul, 3ul), (counters.Packets, counters.Copies));
        _chassis.AssertNothingLeaks();
    }

    [Fact]
    public void What_comes_by_another_interface_is_dropped()
    {
        Route(1, 2);
        Receive(2, Build.Udp(Source, Group, 5000));
        Assert.Empty(_ports[1].Frames);
        Assert.Equal(1ul, Counters().WrongInterface);
        Assert.Equal(1ul, _chassis.Drops("multicast/wrong-interface"));
    }

    [Fact]
    public void Interfaces_have_thresholds_of_their_own()
    {
        _chassis.Set("multicast-interface", "2", new InterfaceRow { Interface = 2, TtlThreshold = 32 });
        Route(1, 2, 3);
        Receive(0, Build.Udp(Source, Group, 5000, ttl: 32));
        Assert.Empty(_ports[1].Frames);
        Assert.Single(_ports[2].Frames);
        Receive(0, Build.Udp(Source, Group, 5000, ttl: 33));
        Assert.Single(_ports[1].Frames);
        Receive(0, Build.Udp(Source, Group, 5000, ttl: 1));
        Assert.Equal(2, _ports[2].Frames.Count);
        Assert.Equal(3ul, Counters().TtlDrops);
    }

    [Fact]
    public void A_rate_is_kept()
    {
        // 100 packets of 128 bytes a second.
        _chassis.Set("multicast-interface", "2", new InterfaceRow { Interface = 2, RateLimit = 102_400 });
        Route(1, 2);
        for (int i = 0; i < 1_000; i++)
        {
            Receive(0, Build.Udp(Source, Group, 5000, 100));
            _clock.Advance(TimeSpan.FromMilliseconds(2));
        }

        // Two seconds, and a quarter of one at once.
        Assert.InRange(_ports[1].Frames.Count, 215, 226);
        Assert.Equal(1_000ul, Counters().RateDrops + (ulong)_ports[1].Frames.Count);
    }

    [Fact]
    public void What_has_no_entry_goes_up_once_a_second()
    {
        for (int i = 0; i < 30; i++)
        {
            Receive(0, Build.Udp(Source, Group, 5000));
            _clock.Advance(TimeSpan.FromMilliseconds(100));
        }

        Assert.Equal(3, _chassis.Punted.Count);
        Assert.All(_chassis.Punted, p => Assert.Equal((MulticastForwardNode.MissChannel, 1u), (p.Channel, p.Interface)));
    }

    [Fact]
    public void A_flood_of_groups_goes_up_at_a_bounded_rate()
    {
        for (int i = 0; i < 5_000; i++)
        {
            Receive(0, Build.Udp(Source, $"239.1.{i / 250}.{i % 250}", 5000));
        }

        Assert.InRange(_chassis.Punted.Count, 100, MissFilter.PerSecond);
        Assert.True(_chassis.Drops("multicast/miss-rate") >= 4_500);
        _chassis.AssertNothingLeaks();
    }

    [Fact]
    public void An_entry_without_a_way_out_lets_a_packet_go_up_every_three_seconds()
    {
        Route(1);
        for (int i = 0; i < 70; i++)
        {
            Receive(0, Build.Udp(Source, Group, 5000));
            _clock.Advance(TimeSpan.FromMilliseconds(100));
        }

        Assert.Equal(3, _chassis.Punted.Count);
        Assert.Equal(67ul, _chassis.Drops("multicast/no-receivers"));
    }

    [Fact]
    public void Interfaces_without_multicast_take_nothing_and_send_nothing()
    {
        Route(1, 2, 3);
        _chassis.Plane.RemoveRow("multicast-interface", "2");
        Receive(0, Build.Udp(Source, Group, 5000));
        Assert.Empty(_ports[1].Frames);
        Assert.Single(_ports[2].Frames);
        Receive(1, Build.Udp("10.2.0.10", Group, 5000));
        Assert.Equal(1ul, _chassis.Drops("multicast/not-enabled"));
    }

    [Fact]
    public void Reports_to_the_group_itself_reach_the_router()
    {
        Receive(0, Build.Ip(Source, Group, IpProtocol.Igmp, new byte[8], ttl: 1));
        Assert.Equal("ip:2", Assert.Single(_chassis.Punted).Channel);
    }

    [Fact]
    public void A_packet_larger_than_a_link_is_cut_for_that_link_alone()
    {
        _chassis.Interface(3, "p2", "10.3.0.1/24", mtu: 600);
        _chassis.Plane.RunOnce();
        _ports[2].Frames.Clear();
        Route(1, 2, 3);
        Receive(0, Build.Udp(Source, Group, 5000, 1000));
        Assert.Single(_ports[1].Frames);
        Assert.Equal(2, _ports[2].Frames.Count);
        Assert.All(_ports[2].Frames, f => Assert.Equal(s_groupLink, f[..6]));
        _chassis.AssertNothingLeaks();
    }

    [Fact]
    public void Entries_are_replaced_and_removed_and_there_may_be_ten_thousand()
    {
        for (uint i = 0; i < 10_000; i++)
        {
            _chassis.Set("multicast-route", $"0/10.1.0.10/{Ipv4Address.Format(0xef000000 + i)}", new RouteRow
            {
                Source = Chassis.Ip(Source), Group = 0xef000000 + i, Incoming = 1, Outgoing = { 2, 3 },
            });
        }

        Receive(0, Build.Udp(Source, "239.0.39.15", 5000));
        Assert.Single(_ports[1].Frames);
        Assert.Equal(10_000, _chassis.Plane.Snapshot("multicast-route", string.Empty).Count);
        Assert.Equal(128, System.Runtime.CompilerServices.Unsafe.SizeOf<RouteRecord>());
    }

    [Fact]
    public void Copies_are_made_without_allocation()
    {
        foreach (SinkPort port in _ports)
        {
            port.Keep = false;
        }

        Route(1, 2, 3, 4);
        byte[] packet = Build.Udp(Source, Group, 5000, 100);
        long sent = _ports.Sum(p => p.Sent);
        int injected = 0;
        Assert.Equal(0, Allocation.Of(() =>
        {
            for (int i = 0; i < 5_000; i++, injected++)
            {
                Inject(packet);
            }
        }));
        Assert.Equal(3 * injected, _ports.Sum(p => p.Sent) - sent);
    }

    private void Route(uint incoming, params uint[] outgoing)
    {
        RouteRow row = new() { Source = Chassis.Ip(Source), Group = Chassis.Ip(Group), Incoming = incoming };
        row.Outgoing.Add(outgoing);
        _chassis.Set("multicast-route", $"0/{Source}/{Group}", row);
    }

    private RouteCounters Counters() =>
        RouteCounters.Parser.ParseFrom(Assert.Single(_chassis.Plane.Snapshot("multicast-route", $"0/{Source}/{Group}")).Value);

    private void Receive(int port, byte[] packet) =>
        _chassis.Feed(KernelNodes.PortInput, Build.Frame(s_groupLink, s_sender, packet), port: (ushort)port);

    private void Inject(byte[] bytes)
    {
        nint handle = _chassis.Plane.Pools.Rent(bytes.Length);
        ref PacketBuffer packet = ref PacketBuffer.At(handle);
        packet.Length = bytes.Length;
        bytes.CopyTo(packet.Data);
        packet.IngressInterface = 1;
        _chassis.Plane.Worker.Enqueue(_chassis.Plane.Worker.NodeIndex(KernelNodes.Ip4Input), handle);
        _chassis.Plane.RunOnce();
    }
}
