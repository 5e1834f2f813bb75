using Google.Protobuf;
using RouterOS.Abstractions.Ports;
using RouterOS.Crypto;
using RouterOS.Esp.Nodes;
using RouterOS.Forwarding;
using RouterOS.Forwarding.Arena;
using RouterOS.Forwarding.Local;
using RouterOS.Forwarding.Plane;
using RouterOS.Packets;
using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Forwarding.V1;
using RouterOS.Simulation;
using RouterOS.Unit.Forwarding;
using Kind = RouterOS.Proto.Forwarding.V1.RouteRow.Types.Kind;

namespace RouterOS.Unit.Esp;

/// <summary>Host, two gateways with a tunnel between them and host, all on the real graph over memory wires.</summary>
public sealed class EspNetworkTests() : EspNetworkCases(workers: 1);

/// <summary>The same on two workers: the tunnel is the second one's, the port that one gateway hears its peer by is the first one's.</summary>
public sealed class EspNetworkOnTwoWorkersTests() : EspNetworkCases(workers: 2);

/// <summary>The same on four workers: the tunnel is the fourth one's, which has no port at all, so that every packet comes to a wrong one.</summary>
public sealed class EspNetworkOnFourWorkersTests() : EspNetworkCases(workers: 4);

/// <summary>The tests, for gateways of any number of workers.</summary>
public abstract class EspNetworkCases : IDisposable
{
    private const uint Tunnel = 70;
    private readonly SimulatedClock _clock = new();
    private readonly SimulatedLoop _loop;
    private readonly CryptoEngines _engines = CryptoEngines.Open();
    private readonly Chassis _alice;
    private readonly Chassis _bob;
    private readonly Chassis _near;
    private readonly Chassis _far;
    private readonly int _workers;

    protected EspNetworkCases(int workers)
    {
        _workers = workers;
        _loop = new SimulatedLoop(_clock, new SimulatedExecutor());
        var left = new MemoryWire("left");
        var outer = new MemoryWire("outer", new MemoryWireOptions { Clock = _clock, Latency = TimeSpan.FromMilliseconds(5) });
        var right = new MemoryWire("right");
        _alice = Add([("p0", left.Left)]);
        _near = Add([("p0", left.Right), ("p1", outer.Left)], new EspNodePackage());
        _far = Add([("p0", outer.Right), ("p1", right.Left)], new EspNodePackage());
        _bob = Add([("p0", right.Right)]);
        _alice.Interface(1, "p0", "10.0.0.9/24");
        _alice.Route("0.0.0.0/0", Kind.Forward, 1, "10.0.0.1");
        _near.Interface(1, "p0", "10.0.0.1/24");
        _near.Interface(2, "p1", "192.0.2.1/24");
        _near.Interface(Tunnel, "", "10.9.0.1/30", mtu: 9192, linkType: "esp");
        _near.Route("10.1.0.0/24", Kind.Forward, Tunnel);
        _far.Interface(1, "p0", "192.0.2.2/24");
        _far.Interface(2, "p1", "10.1.0.1/24");
        _far.Interface(Tunnel, "", "10.9.0.2/30", mtu: 9192, linkType: "esp");
        _far.Route("10.0.0.0/24", Kind.Forward, Tunnel);
        _bob.Interface(1, "p0", "10.1.0.9/24");
        _bob.Route("0.0.0.0/0", Kind.Forward, 1, "10.1.0.1");
        Protect(DfBit.Clear);
    }

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        foreach (Chassis chassis in new[] { _alice, _near, _far, _bob })
        {
            chassis.Dispose();
        }

        _engines.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(56)]
    [InlineData(1400)]
    [InlineData(1410)]
    [InlineData(1411)]
    [InlineData(1472)]
    [InlineData(8000)]
    public void Ping_of_any_size_passes_the_tunnel(int bytes)
    {
        Ping(_alice, "10.1.0.9", 1);
        Ping(_alice, "10.1.0.9", bytes);
        Assert.True(State(_near).EncryptedPackets >= 2 && State(_near).DecryptedPackets >= 2);
        Assert.Equal(State(_near).EncryptedBytes, State(_far).EncryptedBytes);
        Assert.Equal(State(_near).DecryptedPackets, State(_far).EncryptedPackets);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1400)]
    [InlineData(1429)]
    [InlineData(8000)]
    public void Ping_of_any_size_passes_a_tunnel_of_ah(int bytes)
    {
        Protect(DfBit.Clear, Protocol.Ah);
        Ping(_alice, "10.1.0.9", 1);
        Ping(_alice, "10.1.0.9", bytes);
        Assert.True(State(_near).AhSentPackets >= 2 && State(_near).AhReceivedPackets >= 2);
        Assert.Equal((State(_near).EncryptedBytes, State(_near).AhSentBytes), (State(_far).EncryptedBytes, State(_near).EncryptedBytes));
        Assert.Equal(State(_near).AhReceivedPackets, State(_far).AhSentPackets);
        Protect(DfBit.Clear);
        Ping(_alice, "10.1.0.9", bytes);
    }

    /// <summary>What a tap copies is what the other gateway's tap copies, in the other direction; of other protections and without a row there is nothing.</summary>
    [Theory]
    [InlineData(Protocol.Esp)]
    [InlineData(Protocol.Ah)]
    public void A_tap_copies_the_outer_packets_of_its_protection_alone(Protocol protocol)
    {
        Protect(DfBit.Clear, protocol);
        _near.Set("tap", "4", new TapRow { Protection = 4 });
        Ping(_alice, "10.1.0.9", 56);
        Assert.Empty(_near.Punted);
        Assert.Equal(0ul, Taps(_near, "4").Packets);

        _near.Set("tap", "3", new TapRow { Protection = 3 });
        _far.Set("tap", "3", new TapRow { Protection = 3 });
        Ping(_alice, "10.1.0.9", 56);
        PuntedPacket[] near = [.. _near.Punted];
        PuntedPacket[] far = [.. _far.Punted];
        Assert.Equal([(3u, true), (3u, false)], near.Select(p => (p.Protection, p.IsOutbound)));
        Assert.Equal([false, true], far.Select(p => p.IsOutbound));
        for (int i = 0; i < near.Length; i++)
        {
            Assert.Equal("tap", near[i].Channel);
            Assert.Equal(protocol == Protocol.Ah ? IpProtocol.Ah : IpProtocol.Esp, (IpProtocol)near[i].Payload[9]);
            // The one has seen it before the outer header was complete for its way, which changes nothing here.
            Assert.Equal(near[i].Payload, far[i].Payload);
            Assert.Equal(5_000_000, Math.Abs((long)(near[i].UnixNanoseconds - far[i].UnixNanoseconds)), 1_000_000.0);
        }

        Assert.Equal((2ul, 0ul), (Taps(_near, "3").Packets, Taps(_near, "3").Lost));
        _near.Plane.RemoveRow("tap", "3");
        _near.Plane.RemoveRow("tap", "4");
        Ping(_alice, "10.1.0.9", 56);
        Assert.Equal(2, _near.Punted.Count);
    }

    [Fact]
    public void Five_hundred_pings_of_mixed_sizes_are_none_lost()
    {
        for (int i = 0; i < 500; i++)
        {
            Ping(_alice, "10.1.0.9", i * 37 % 3000);
        }
    }

    [Fact]
    public void Gateways_reach_each_other_through_the_tunnel_too() => Ping(_near, "10.9.0.2", 100);

    [Fact]
    public void Too_big_with_df_tells_the_host_what_fits()
    {
        Protect(DfBit.Copy);
        Ping(_alice, "10.1.0.9", 1);
        _alice.Punted.Clear();
        Send(_alice, "10.1.0.9", 1472, dontFragment: true);
        Assert.True(_loop.RunUntil(() => _alice.Punted.Count > 0, TimeSpan.FromSeconds(5)));
        byte[] error = _alice.Punted[0].Payload;
        Assert.Equal((3, 4, 1438), (error[0], error[1], (error[6] << 8) | error[7]));
        Ping(_alice, "10.1.0.9", 1410, dontFragment: true);
    }

    [Fact]
    public void Too_big_with_df_passes_in_outer_fragments_where_the_outer_df_is_clear()
    {
        Ping(_alice, "10.1.0.9", 1);
        Ping(_alice, "10.1.0.9", 1472, dontFragment: true);
    }

    [Fact]
    public void Default_route_into_the_tunnel_does_not_capture_its_own_outer_packets()
    {
        _near.Route("0.0.0.0/0", Kind.Forward, Tunnel);
        _far.Route("0.0.0.0/0", Kind.Forward, Tunnel);
        Ping(_alice, "10.1.0.9", 500);
    }

    [Fact]
    public void Without_an_sa_negotiation_is_asked_for_and_nothing_leaves()
    {
        _near.Set("protection", "3", Row(outbound: 0, "192.0.2.1", "192.0.2.2", DfBit.Clear));
        Send(_alice, "10.1.0.9", 10);
        Assert.False(_loop.RunUntil(() => _alice.Punted.Count > 0, TimeSpan.FromSeconds(5)));
        ModuleNotice notice = Assert.Single(_near.Events, e => e.Table == "protection");
        Assert.Equal(("3", "acquire"), (notice.Key, notice.Name));
        Assert.Equal(1ul, _near.Drops("esp/no-sa"));
    }

    [Fact]
    public void A_replayed_packet_on_the_wire_is_dropped()
    {
        Ping(_alice, "10.1.0.9", 10);
        byte[] outer = Build.Ip("192.0.2.1", "192.0.2.2", IpProtocol.Esp, [0, 0, 0x20, 2, 0, 0, 0, 1, .. new byte[16 + 32 + 12]]);
        _far.Feed(KernelNodes.Ip4Input, outer, ingress: 1);
        Assert.Equal(1ul, _far.Drops("esp/replayed"));
    }

    [Fact]
    public void No_buffer_is_lost_whatever_came_of_its_packet()
    {
        foreach (int bytes in (int[])[10, 1472, 5000, 20_000])
        {
            Ping(_alice, "10.1.0.9", bytes);
            Send(_alice, "10.1.0.77", bytes);
        }

        foreach (Chassis chassis in new[] { _near, _far })
        {
            _loop.Run(TimeSpan.FromSeconds(40));
            chassis.AssertNothingLeaks();
        }
    }

    private static TapState Taps(Chassis gateway, string key) => TapState.Parser.ParseFrom(Assert.Single(gateway.Plane.Snapshot("tap", key)).Value);

    private static ProtectionState State(Chassis gateway) =>
        ProtectionState.Parser.ParseFrom(Assert.Single(gateway.Plane.Snapshot("protection", "3")).Value);

    private static ProtectionRow Row(uint outbound, string local, string remote, DfBit df) => new()
    {
        Id = 3, Name = "vpn-a", Interface = Tunnel, LocalAddress = Chassis.Ip(local), RemoteAddress = Chassis.Ip(remote),
        OutboundSpi = outbound, DfBit = df,
    };

    private void Protect(DfBit df, Protocol protocol = Protocol.Esp)
    {
        SaRow there = EspRig.Sa(protocol == Protocol.Ah ? AhPackets.Sha1 : EspPackets.AesSha1, spi: 0x2002);
        SaRow back = EspRig.Sa(protocol == Protocol.Ah ? AhPackets.Sha1 : EspPackets.AesSha1, spi: 0x2001, fill: 5);
        there.Protocol = back.Protocol = protocol;
        _near.Set("sa-in", $"{0x2001}", back);
        _near.Set("sa-out", $"3/{0x2002}", there);
        _near.Set("protection", "3", Row(0x2002, "192.0.2.1", "192.0.2.2", df));
        _far.Set("sa-in", $"{0x2002}", there);
        _far.Set("sa-out", $"3/{0x2001}", back);
        _far.Set("protection", "3", Row(0x2001, "192.0.2.2", "192.0.2.1", df));
    }

    private void Ping(Chassis from, string to, int bytes, bool dontFragment = false)
    {
        from.Punted.Clear();
        byte[] message = Send(from, to, bytes, dontFragment);
        Assert.True(_loop.RunUntil(() => from.Punted.Count > 0, TimeSpan.FromSeconds(10)), $"no answer to {bytes} bytes");
        PuntedPacket reply = Assert.Single(from.Punted);
        Assert.Equal((Chassis.Ip(to), 0), (reply.Source, reply.Payload[0]));
        Assert.Equal(message[8..], reply.Payload[8..]);
    }

    private static byte[] Send(Chassis from, string to, int bytes, bool dontFragment = false)
    {
        byte[] message = Build.Echo("0.0.0.0", "0.0.0.0", bytes)[20..];
        from.Plane.Inject(new InjectedPacket
        {
            Destination = Chassis.Ip(to), Protocol = (byte)IpProtocol.Icmp, Payload = message, Ttl = 64, DontFragment = dontFragment,
        });
        return message;
    }

    private Chassis Add(IReadOnlyList<(string, IPort)> ports, params INodePackage[] packages)
    {
        Chassis chassis = new(_clock, ports, _engines.For, packages, workers: _workers);
        _loop.Add(chassis.Plane.RunOnce, () => chassis.Plane.NextTimerNanoseconds);
        return chassis;
    }
}
