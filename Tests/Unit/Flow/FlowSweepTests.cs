using FsCheck;
using FsCheck.Fluent;
using RouterOS.Flow.Nodes;
using RouterOS.Packets;
using RouterOS.Proto.Flow.V1;
using RouterOS.Unit.Forwarding;
using static RouterOS.Unit.Flow.FlowPackets;
using static RouterOS.Unit.Flow.FlowRig;

namespace RouterOS.Unit.Flow;

/// <summary>Screens of what a source tries over time, of how many sessions addresses have, of extension headers and of tunnels.</summary>
public sealed class FlowSweepTests
{
    private const string Own = "203.0.113.1";
    private const string Peer = "203.0.113.2";
    private const string Own6 = "2001:db8:2::1";
    private const string Peer6 = "2001:db8:2::9";
    private static ushort s_port;

    [Theory]
    [InlineData(ScreenCheck.IcmpSweep)]
    [InlineData(ScreenCheck.TcpSweep)]
    [InlineData(ScreenCheck.UdpSweep)]
    [InlineData(ScreenCheck.TcpScan)]
    [InlineData(ScreenCheck.UdpScan)]
    public void Ten_different_targets_within_the_time_are_the_last(ScreenCheck check)
    {
        using FlowRig rig = Rig(new Screen { Checks = { check }, IcmpSweep = 5000, TcpSweep = 5000, UdpSweep = 5000, TcpScan = 5000, UdpScan = 5000 });
        // The same target again and again is none of it.
        Assert.All(Enumerable.Range(0, 30), _ => Assert.True(rig.In(Try(check, 1, Peer))));
        Assert.Equal(9, Enumerable.Range(2, 40).Count(target => rig.In(Try(check, target, Peer))));
        Assert.Equal((31UL, 31UL), (Count(rig, check), rig.Drops("screened")));
        Assert.True(rig.In(Try(check, 99, "203.0.113.3")));
        rig.Clock.Advance(TimeSpan.FromMilliseconds(5));
        Assert.True(rig.In(Try(check, 100, Peer)));
        // Slower than the time: never.
        Assert.All(Enumerable.Range(0, 40), target =>
        {
            rig.Clock.Advance(TimeSpan.FromMilliseconds(0.6));
            Assert.True(rig.In(Try(check, target + 101, Peer)));
        });
        rig.Clock.Advance(TimeSpan.FromMilliseconds(5));
        Bind(rig, new Screen { Checks = { check }, IcmpSweep = 5000, TcpSweep = 5000, UdpSweep = 5000, TcpScan = 5000, UdpScan = 5000, AlarmOnly = true });
        Assert.All(Enumerable.Range(0, 20), target => Assert.True(rig.In(Try(check, target, Peer))));
        Assert.Equal((41UL, 31UL), (Count(rig, check), rig.Drops("screened")));
    }

    [Fact]
    public void Answers_are_no_tries()
    {
        using FlowRig rig = Rig(new Screen { Checks = { ScreenCheck.UdpScan, ScreenCheck.IcmpSweep }, UdpScan = 5000, IcmpSweep = 5000 });
        rig.PermitOut();
        for (ushort port = 1; port <= 30; port++)
        {
            Assert.True(rig.Out(Udp("10.1.0.9", port, Peer, 53)));
            Assert.True(rig.In(Udp(Peer, 53, "10.1.0.9", port)));
            Assert.True(rig.Out(Icmp($"10.1.0.{port + 10}", Peer, 8, 1)));
            Assert.True(rig.In(Icmp(Peer, $"10.1.0.{port + 10}", 0, 1)));
        }
    }

    [Fact]
    public void Ports_of_the_router_itself_are_watched_too()
    {
        using FlowRig rig = Rig(new Screen { Checks = { ScreenCheck.UdpScan, ScreenCheck.TcpScan }, UdpScan = 5000, TcpScan = 5000 });
        Assert.Equal(10, Enumerable.Range(1, 30).Count(port => rig.Enters(Outside, Udp(Peer, 9, Own, (ushort)port))));
        Assert.Equal(10, Enumerable.Range(1, 30).Count(port => rig.Enters(Outside, Tcp(Peer, 9, Own, (ushort)port, Syn))));
        Assert.Equal((20UL, 20UL), (Count(rig, ScreenCheck.UdpScan), Count(rig, ScreenCheck.TcpScan)));
    }

    [Fact]
    public void Ipv6_is_followed_as_well()
    {
        using FlowRig rig = Rig6(new Screen { Checks = { ScreenCheck.UdpScan, ScreenCheck.IcmpSweep }, UdpScan = 5000, IcmpSweep = 5000 });
        Assert.Equal(10, Enumerable.Range(1, 30).Count(port => Enters6(rig, Build6.Udp(Peer6, Own6, (ushort)port))));
        rig.Policies(Untrust, Trust, Rule(1, Policy.Types.Action.Permit));
        Assert.Equal(10, Enumerable.Range(2, 30).Count(host => rig.Send(Outside, Build6.Echo(Peer6, $"2001:db8:1::{host:x}")).Exists(left => left.Interface == Inside)));
    }

    [Fact]
    public void Sessions_of_an_address_are_limited_and_counted_as_they_come_and_go()
    {
        Screen screen = new() { Checks = { ScreenCheck.SourceSessions, ScreenCheck.DestinationSessions }, SourceSessions = 5, DestinationSessions = 8 };
        using FlowRig rig = new();
        rig.Policies(Untrust, Trust, Rule(1, Policy.Types.Action.Permit));
        // Three are there before the screen.
        Assert.All(Enumerable.Range(1, 3), port => Assert.True(rig.In(Udp(Peer, (ushort)port, "10.1.0.9", 53))));
        Bind(rig, screen);
        Assert.Equal(2, Enumerable.Range(10, 20).Count(port => rig.In(Udp(Peer, (ushort)port, "10.1.0.9", 53))));
        Assert.True(rig.In(Udp(Peer, 1, "10.1.0.9", 53)));
        Assert.Equal(3, Enumerable.Range(10, 20).Count(host => rig.In(Udp($"203.0.113.{host}", 9, "10.1.0.9", 53))));
        Assert.Equal((18UL, 17UL), (Count(rig, ScreenCheck.SourceSessions), Count(rig, ScreenCheck.DestinationSessions)));
        Assert.True(rig.In(Udp("203.0.113.99", 9, "10.1.0.10", 53)));
        rig.Wait(63);
        Assert.Equal(0u, rig.Summary().Sessions);
        Assert.Equal(5, Enumerable.Range(10, 20).Count(port => rig.In(Udp(Peer, (ushort)port, "10.1.0.9", 53))));
        screen.AlarmOnly = true;
        Bind(rig, screen);
        Assert.True(rig.In(Udp(Peer, 77, "10.1.0.9", 53)));
    }

    [Fact]
    public void Counts_agree_with_a_naive_model() => Prop.ForAll<int[]>(steps =>
    {
        AddressCounts counts = new(64);
        List<FlowKey> model = [];
        foreach (int step in steps)
        {
            FlowKey key = new((uint)(step & 7), (uint)((step >> 3) & 7), 0, 1, 2, FlowKey.KindOf(17));
            if (step < 0 && model.Count > 0)
            {
                counts.Remove(model[0]);
                model.RemoveAt(0);
            }
            else if (model.Count < 64)
            {
                counts.Add(key);
                model.Add(key);
            }
        }

        return Enumerable.Range(0, 8).All(address =>
        {
            FlowKey key = new((uint)address, (uint)address, 0, 1, 2, FlowKey.KindOf(17));
            return counts.From(key) == model.Count(k => k.Source == address) && counts.To(key) == model.Count(k => k.Destination == address);
        });
    }).Check(Seeded.Config);

    [Fact]
    public void What_is_on_a_white_list_is_in_no_flood()
    {
        Screen screen = new()
        {
            Checks = { ScreenCheck.SynFlood, ScreenCheck.UdpFlood }, SynAttack = 2, UdpFlood = 2, SynSources = { "203.0.113.64/26" },
            SynDestinations = { "10.1.0.0/28" }, UdpSources = { "203.0.113.2/32" },
        };
        using FlowRig rig = Rig(screen);
        Assert.Equal(2, Enumerable.Range(1, 9).Count(port => rig.In(Tcp(Peer, (ushort)port, "10.1.0.99", 80, Syn))));
        Assert.Equal(9, Enumerable.Range(1, 9).Count(port => rig.In(Tcp("203.0.113.70", (ushort)port, "10.1.0.99", 80, Syn))));
        Assert.Equal(9, Enumerable.Range(1, 9).Count(port => rig.In(Tcp(Peer, (ushort)port, "10.1.0.9", 80, Syn))));
        Assert.Equal(9, Enumerable.Range(1, 9).Count(port => rig.In(Udp(Peer, (ushort)port, "10.1.0.9", 80))));
        Assert.Equal(2, Enumerable.Range(1, 9).Count(port => rig.In(Udp("203.0.113.3", (ushort)port, "10.1.0.9", 80))));
    }

    [Theory]
    [InlineData(ScreenCheck.ExtensionHeader, 60, "3c", false)]
    [InlineData(ScreenCheck.ExtensionHeader, 60, "00", true)]
    [InlineData(ScreenCheck.HopOption, 0xc2, "00", true)]
    [InlineData(ScreenCheck.HopOption, 0xc3, "00", false)]
    [InlineData(ScreenCheck.DestinationOption, 0xc9, "3c", true)]
    [InlineData(ScreenCheck.ExtensionLimit, 0, "00", true)]
    public void Extension_headers_and_their_options_are_found(ScreenCheck check, uint number, string first, bool isTwo)
    {
        NumberRange range = new() { First = number, Last = number };
        Screen screen = new() { Checks = { check }, Headers = { range }, HopOptions = { range }, DestinationOptions = { range }, HeaderLimit = 1 };
        byte hop = Convert.FromHexString(first)[0];
        // Two headers of eight bytes: the first as asked for, with a jumbo payload or a home address that is cut short, then destination options.
        byte[] headers = [60, 0, 1, 0, hop == 0 ? (byte)0xc2 : (byte)0xc9, 2, 0, 0, 17, 0, 1, 4, 0, 0, 0, 0];
        byte[] udp = Build6.Udp(Peer6, Own6, 500);
        byte[] packet = isTwo ? Build6.Ip(Peer6, Own6, hop, [.. headers, .. udp.AsSpan(40)]) : Build6.Ip(Peer6, Own6, hop, [17, .. headers.AsSpan(1, 7), .. udp.AsSpan(40)]);
        bool isFound = !(check == ScreenCheck.HopOption && number == 0xc3);
        Assert.Equal(isFound ? check : ScreenCheck.Unspecified, ScreenExtensions.Find(new ScreenSettings(screen), packet));
        using FlowRig rig = Rig6(screen);
        Assert.Equal(!isFound, Enters6(rig, packet));
        Assert.Equal(isFound ? 1UL : 0, Count(rig, check));
        Assert.True(Enters6(rig, udp));
    }

    [Theory]
    [InlineData(ScreenTunnel.Gre4In4, 4, "2f", "00000800", 4)]
    [InlineData(ScreenTunnel.Gre6In4, 4, "2f", "2000" + "86dd" + "00000001", 6)]
    [InlineData(ScreenTunnel.Gre4In6, 6, "2f", "00000800", 4)]
    [InlineData(ScreenTunnel.Gre6In6, 6, "2f", "000086dd", 6)]
    [InlineData(ScreenTunnel.Ipip4In4, 4, "04", "", 4)]
    [InlineData(ScreenTunnel.Ipip4In6, 6, "04", "", 4)]
    [InlineData(ScreenTunnel.Ipip6In4, 4, "29", "", 6)]
    [InlineData(ScreenTunnel.Ipip6In6, 6, "29", "", 6)]
    [InlineData(ScreenTunnel.SixToFourRelay, 4, "29", "", 6, "2002:c000:201::1")]
    [InlineData(ScreenTunnel.Isatap, 4, "29", "", 6, "2001:db8::5efe:192.0.2.1")]
    [InlineData(ScreenTunnel.SixOverFour, 4, "29", "", 6, "fe80::203.0.113.2")]
    [InlineData(ScreenTunnel.Dslite, 6, "04", "", 4, "192.0.0.2")]
    [InlineData(ScreenTunnel.BadInnerHeader, 4, "04", "", 5)]
    [InlineData(ScreenTunnel.BadInnerHeader, 6, "2f", "00000800", 6)]
    [InlineData(ScreenTunnel.Teredo, 4, "11", "0dd80dd8", 6)]
    public void Tunnels_are_told_apart(ScreenTunnel tunnel, int outer, string protocol, string header, int inner, string source = "")
    {
        byte[] within = inner == 6
            ? Build6.Udp(source.Length > 0 ? source : "2001:db8:9::1", "2001:db8:9::2", 9) : Udp(source.Length > 0 ? source : "192.0.2.1", 1, "192.0.2.2", 9);
        within[0] = (byte)((inner << 4) | (within[0] & 15));
        byte number = Convert.FromHexString(protocol)[0];
        byte[] payload = [.. Convert.FromHexString(header), .. within];
        byte[] packet = outer == 6 ? Build6.Ip(Peer6, Own6, number, payload) : Build.Ip(Peer, Own, (IpProtocol)number, payload);
        int at = outer == 6 ? 40 : 20;
        foreach (ScreenTunnel asked in Enum.GetValues<ScreenTunnel>().Where(t => t != ScreenTunnel.Unspecified))
        {
            bool isRefused = ScreenTunnels.IsRefused(new ScreenSettings(new Screen { Tunnels = { asked } }), number, packet, at);
            // Kinds of IPv6 over IPv4, and of IPv4 over IPv6, are those, too.
            bool isKind = (asked == ScreenTunnel.Ipip6In4 && tunnel is ScreenTunnel.SixToFourRelay or ScreenTunnel.Isatap or ScreenTunnel.SixOverFour)
                || (asked == ScreenTunnel.Ipip4In6 && tunnel == ScreenTunnel.Dslite) || tunnel == ScreenTunnel.BadInnerHeader;
            Assert.True(isRefused == (asked == tunnel) || isKind, $"{asked}");
        }
    }

    [Fact]
    public void Any_bytes_are_borne() => Prop.ForAll<byte[], byte>((bytes, protocol) =>
    {
        Screen screen = new() { HeaderLimit = 3 };
        screen.Tunnels.Add(Enum.GetValues<ScreenTunnel>());
        screen.Checks.Add(Enum.GetValues<ScreenCheck>());
        ScreenSettings settings = new(screen);
        foreach (byte[] packet in new byte[][] { Build6.Ip(Peer6, Own6, protocol, bytes), Build6.Ip(Peer6, Own6, 0, [60, 0, .. bytes]), Build6.Ip(Peer6, Own6, 47, bytes), Build6.Ip(Peer6, Own6, 4, bytes) })
        {
            _ = ScreenExtensions.Find(settings, packet);
            _ = ScreenTunnels.IsRefused(settings, packet[6], packet, 40);
            _ = ScreenSweeps.Find(settings, (IpProtocol)packet[6], packet.AsSpan(40), 1, 2, 3);
        }

        return true;
    }).Check(Seeded.Config);

    [Fact]
    public void Tries_of_very_many_sources_take_no_memory_and_leave_no_garbage()
    {
        ScreenSettings settings = new(new Screen { Checks = { ScreenCheck.TcpScan, ScreenCheck.TcpSweep }, TcpScan = 5000, TcpSweep = 5000 });
        byte[] segment = Tcp(Peer, 1, Own, 22, Syn)[20..];
        AddressCounts counts = new(1000);
        Assert.Equal(0, Allocation.Of(() =>
        {
            for (uint i = 0; i < 10_000; i++)
            {
                segment[2] = (byte)i;
                _ = ScreenSweeps.Find(settings, IpProtocol.Tcp, segment, i / 20, i % 20, i);
                FlowKey key = new(i, 1, 0, 1, 2, 17);
                counts.Add(key);
                _ = counts.From(key);
                counts.Remove(key);
            }
        }));
    }

    [Theory]
    [InlineData(ReversePath.Strict)]
    [InlineData(ReversePath.Loose)]
    public void Sources_need_a_way_back(ReversePath asked)
    {
        using FlowRig rig = Rig6(new Screen());
        rig.Chassis.Set("zone-interface", $"{Outside}", new ZoneInterfaceRow
        {
            Interface = Outside, Zone = Untrust, HostInbound = All(), ReversePath = asked, ReversePath6 = asked,
        });
        bool loose = asked == ReversePath.Loose;
        Assert.True(rig.Enters(Outside, Udp(Peer, 1, Own, 9)));
        Assert.Equal(loose, rig.Enters(Outside, Udp("10.3.0.9", 1, Own, 9)));
        Assert.False(rig.Enters(Outside, Udp("198.51.100.9", 1, Own, 9)));
        Assert.True(Enters6(rig, Build6.Udp(Peer6, Own6, 9)));
        Assert.Equal(loose, Enters6(rig, Build6.Udp("2001:db8:1::9", Own6, 9)));
        Assert.False(Enters6(rig, Build6.Udp("2001:db8:7::9", Own6, 9)));
        Assert.Equal(loose ? 2UL : 4, rig.Drops("reverse-path"));
    }

    private static byte[] Try(ScreenCheck check, int target, string source) => check switch
    {
        ScreenCheck.IcmpSweep => Icmp(source, $"10.1.0.{target + 2}", 8, 1),
        ScreenCheck.TcpSweep => Tcp(source, 9, $"10.1.0.{target + 2}", 80, Syn),
        // Packets of a session are no tries: each has its own.
        ScreenCheck.UdpSweep => Udp(source, ++s_port, $"10.1.0.{target + 2}", 80),
        ScreenCheck.TcpScan => Tcp(source, 9, "10.1.0.9", (ushort)target, Syn),
        _ => Udp(source, ++s_port, "10.1.0.9", (ushort)target),
    };

    private static HostInboundRow All() => new() { AllServices = true, AllProtocols = true };

    private static void Bind(FlowRig rig, Screen screen) => rig.Chassis.Set("zone-interface", $"{Outside}", new ZoneInterfaceRow
    {
        Interface = Outside, Zone = Untrust, HostInbound = All(), Screen = screen,
    });

    private static FlowRig Rig(Screen screen)
    {
        FlowRig rig = new();
        rig.Policies(Untrust, Trust, Rule(1, Policy.Types.Action.Permit));
        Bind(rig, screen);
        return rig;
    }

    private static FlowRig Rig6(Screen screen)
    {
        FlowRig rig = new();
        rig.Chassis.Set("flow", "default", new FlowDefaultRow { Inet6FlowBased = true });
        rig.Chassis.Interface6(Inside, "p1", "2001:db8:1::1/64");
        rig.Chassis.Interface6(Outside, "p2", $"{Own6}/64");
        Bind(rig, screen);
        return rig;
    }

    private static bool Enters6(FlowRig rig, byte[] packet)
    {
        ulong before = rig.Chassis.Node("ip6-deliver").Packets;
        _ = rig.Send(Outside, packet);
        return rig.Chassis.Node("ip6-deliver").Packets > before;
    }

    private static ulong Count(FlowRig rig, ScreenCheck check) =>
        rig.Chassis.Plane.Snapshot("flow-screen", $"{Outside}").Select(r => ScreenCounters.Parser.ParseFrom(r.Value)).Select(
            c => (ulong)ScreenCounters.Descriptor.FindFieldByNumber((int)check).Accessor.GetValue(c)).Single();
}
