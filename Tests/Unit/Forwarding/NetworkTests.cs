using RouterOS.Forwarding.Local;
using RouterOS.Packets;
using RouterOS.Simulation;
using Kind = RouterOS.Proto.Forwarding.V1.RouteRow.Types.Kind;

namespace RouterOS.Unit.Forwarding;

/// <summary>Host, two routers and host on memory wires: what a ping and a traceroute see.</summary>
public sealed class NetworkTests : IDisposable
{
    private readonly SimulatedClock _clock = new();
    private readonly SimulatedLoop _loop;
    private readonly Chassis _alice;
    private readonly Chassis _first;
    private readonly Chassis _second;
    private readonly Chassis _bob;
    private readonly MemoryWire _middle;

    public NetworkTests()
    {
        _loop = new SimulatedLoop(_clock, new SimulatedExecutor());
        var left = new MemoryWire("left");
        _middle = new MemoryWire("middle", new MemoryWireOptions { Clock = _clock, Latency = TimeSpan.FromMilliseconds(5) });
        var right = new MemoryWire("right");
        _alice = Add([("p0", left.Left)]);
        _first = Add([("p0", left.Right), ("p1", _middle.Left)]);
        _second = Add([("p0", _middle.Right), ("p1", right.Left)]);
        _bob = Add([("p0", right.Right)]);
        _alice.Interface(1, "p0", "192.0.2.9/24");
        _first.Interface(1, "p0", "192.0.2.1/24");
        _first.Interface(2, "p1", "10.0.0.1/30", mtu: 900);
        _second.Interface(1, "p0", "10.0.0.2/30", mtu: 900);
        _second.Interface(2, "p1", "198.51.100.1/24");
        _bob.Interface(1, "p0", "198.51.100.9/24");
        _alice.Route("0.0.0.0/0", Kind.Forward, 1, "192.0.2.1");
        _first.Route("198.51.100.0/24", Kind.Forward, 2, "10.0.0.2");
        _second.Route("192.0.2.0/24", Kind.Forward, 1, "10.0.0.1");
        _bob.Route("0.0.0.0/0", Kind.Forward, 1, "198.51.100.1");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(56)]
    [InlineData(872)]
    [InlineData(873)]
    [InlineData(1472)]
    [InlineData(8000)]
    [InlineData(65507)]
    public void Ping_of_any_size_comes_back_as_it_was_sent(int bytes)
    {
        // The neighbours are met first: only a few packets wait for an answer, and the largest datagram has 75 fragments.
        Send("198.51.100.9", Ping(1));
        Assert.True(_loop.RunUntil(() => _alice.Punted.Count > 0, TimeSpan.FromSeconds(5)));
        _alice.Punted.Clear();
        byte[] message = Ping(bytes);
        Send("198.51.100.9", message);
        Assert.True(_loop.RunUntil(() => _alice.Punted.Count > 0, TimeSpan.FromSeconds(5)));
        PuntedPacket reply = Assert.Single(_alice.Punted);
        Assert.Equal(("icmp", Chassis.Ip("198.51.100.9")), (reply.Channel, reply.Source));
        Assert.Equal(message[8..], reply.Payload[8..]);
        Assert.Equal((0, 62), (reply.Payload[0], reply.Ttl));
    }

    [Fact]
    public void Every_one_of_a_thousand_pings_comes_back()
    {
        for (int i = 0; i < 1000; i++)
        {
            Send("198.51.100.9", Ping(i * 3 % 1400));
            _loop.Run(TimeSpan.FromMilliseconds(20));
        }

        Assert.Equal(1000, _alice.Punted.Count);
    }

    [Fact]
    public void Each_hop_of_a_traceroute_answers_with_the_address_that_faces_the_sender()
    {
        var hops = new List<string>();
        for (byte ttl = 1; ttl <= 3; ttl++)
        {
            _alice.Punted.Clear();
            Send("198.51.100.9", Ping(20), ttl);
            Assert.True(_loop.RunUntil(() => _alice.Punted.Count > 0, TimeSpan.FromSeconds(5)));
            hops.Add($"{Ipv4Address.Format(_alice.Punted[0].Source)} {_alice.Punted[0].Payload[0]}");
        }

        Assert.Equal(["192.0.2.1 11", "10.0.0.2 11", "198.51.100.9 0"], hops);
    }

    [Fact]
    public void A_packet_that_must_not_be_cut_learns_the_narrow_links_mtu()
    {
        Send("198.51.100.9", Ping(1000), dontFragment: true);
        Assert.True(_loop.RunUntil(() => _alice.Punted.Count > 0, TimeSpan.FromSeconds(5)));
        byte[] error = _alice.Punted[0].Payload;
        Assert.Equal((3, 4, 900), (error[0], error[1], (error[6] << 8) | error[7]));
    }

    [Fact]
    public void A_host_that_is_not_there_is_reported_by_the_last_router()
    {
        Send("198.51.100.200", Ping(20));
        Assert.True(_loop.RunUntil(() => _alice.Punted.Count > 0, TimeSpan.FromSeconds(10)));
        Assert.Equal((Chassis.Ip("10.0.0.2"), 3, 1),
            (_alice.Punted[0].Source, _alice.Punted[0].Payload[0], _alice.Punted[0].Payload[1]));
    }

    [Fact]
    public void A_pulled_cable_stops_traffic_and_a_plugged_one_brings_it_back()
    {
        _middle.IsPlugged = false;
        _loop.Run(TimeSpan.FromSeconds(1));
        Send("198.51.100.9", Ping(20));
        Assert.False(_loop.RunUntil(() => _alice.Punted.Count > 0, TimeSpan.FromSeconds(5)));
        Assert.True(_first.Drops("ip4/egress-down") > 0);
        _middle.IsPlugged = true;
        _loop.Run(TimeSpan.FromSeconds(1));
        Send("198.51.100.9", Ping(20));
        Assert.True(_loop.RunUntil(() => _alice.Punted.Count > 0, TimeSpan.FromSeconds(5)));
    }

    public void Dispose()
    {
        foreach (Chassis chassis in new[] { _alice, _first, _second, _bob })
        {
            chassis.Dispose();
        }
    }

    private static byte[] Ping(int bytes)
    {
        byte[] message = new byte[8 + bytes];
        for (int i = 8; i < message.Length; i++)
        {
            message[i] = (byte)(i * 5);
        }

        IcmpHeader.Write(message, IcmpType.EchoRequest, 0, 0x12340001);
        return message;
    }

    private void Send(string to, byte[] message, byte ttl = 64, bool dontFragment = false) => _alice.Plane.Inject(new InjectedPacket
    {
        Destination = Chassis.Ip(to), Protocol = (byte)IpProtocol.Icmp, Payload = message, Ttl = ttl, DontFragment = dontFragment,
    });

    private Chassis Add(IReadOnlyList<(string, Abstractions.Ports.IPort)> ports)
    {
        var chassis = new Chassis(_clock, ports);
        _loop.Add(chassis.Plane.RunOnce, () => chassis.Plane.Worker.NextTimerNanoseconds);
        return chassis;
    }
}
