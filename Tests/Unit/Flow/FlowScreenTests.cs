using System.Buffers.Binary;
using RouterOS.Flow.Nodes;
using RouterOS.Packets;
using RouterOS.Proto.Flow.V1;
using RouterOS.Unit.Forwarding;
using static RouterOS.Unit.Flow.FlowPackets;
using static RouterOS.Unit.Flow.FlowRig;

namespace RouterOS.Unit.Flow;

public sealed class FlowScreenTests
{
    private const string Own = "203.0.113.1";
    private const string Peer = "203.0.113.2";
    private const byte Psh = 8;
    private const byte Urg = 32;

    public static TheoryData<ScreenCheck, string> Attacks { get; } = new()
    {
        { ScreenCheck.Land, "land" }, { ScreenCheck.SynFragment, "syn-frag" }, { ScreenCheck.NoFlag, "no-flag" }, { ScreenCheck.SynFin, "syn-fin" },
        { ScreenCheck.FinNoAck, "fin-no-ack" }, { ScreenCheck.PingOfDeath, "ping-death" }, { ScreenCheck.IcmpFragment, "icmp-fragment" },
        { ScreenCheck.IcmpLarge, "icmp-large" }, { ScreenCheck.Spoofing, "spoofing" }, { ScreenCheck.SourceRoute, "loose" }, { ScreenCheck.SourceRoute, "strict" },
        { ScreenCheck.LooseSourceRoute, "loose" }, { ScreenCheck.StrictSourceRoute, "strict" }, { ScreenCheck.RecordRoute, "record" },
        { ScreenCheck.Timestamp, "timestamp" }, { ScreenCheck.Security, "security" }, { ScreenCheck.Stream, "stream" }, { ScreenCheck.BadOption, "bad-option" },
        { ScreenCheck.UnknownProtocol, "unknown-protocol" }, { ScreenCheck.BlockFragment, "fragment" },
    };

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Each_check_stops_its_attack_and_lets_the_rest_pass(ScreenCheck check, string name)
    {
        byte[] attack = Attack(name);
        Assert.Equal(check, ScreenPatternsFind(check, attack));
        using FlowRig rig = Rig(new Screen { Name = "s", Checks = { check } });
        Assert.Equal(0, Arrives(rig, attack));
        Assert.Equal(1u, rig.Drops("screened"));
        Assert.Equal(1u, Count(rig, check));
        Assert.True(rig.Enters(Outside, Icmp(Peer, Own, 8, 1)));
        Assert.True(rig.Enters(Outside, Tcp(Peer, 1, Own, 22, Syn)));
        Assert.True(rig.Enters(Outside, Udp(Peer, 1, Own, 500)));
        Assert.Equal(1u, rig.Drops("screened"));
        // A zone without a screen is not looked at, nor is one whose screen only counts in the way.
        rig.Bind(Outside, Untrust, All());
        _ = Arrives(rig, attack);
        Bind(rig, new Screen { Name = "s", Checks = { check }, AlarmOnly = true });
        _ = Arrives(rig, attack);
        Assert.Equal((1UL, 2UL), (rig.Drops("screened"), Count(rig, check)));
        // The error statistics of the interface are about drops.
        Assert.Equal(check == ScreenCheck.Spoofing ? 1UL : 0, rig.Counters(Outside).AddressSpoofing);
    }

    [Fact]
    public void Ordinary_traffic_passes_a_screen_with_every_check()
    {
        Screen screen = new() { Name = "s", IcmpFlood = 1000, UdpFlood = 1000, SynAttack = 200, SynSource = 4000, SynDestination = 4000, SourceSessions = 9, DestinationSessions = 9 };
        screen.Checks.Add(Enum.GetValues<ScreenCheck>().Where(c => c != ScreenCheck.Unspecified));
        using FlowRig rig = Rig(screen);
        rig.Policies(Untrust, Trust, Rule(1, Policy.Types.Action.Permit));
        Assert.True(rig.In(Tcp(Peer, 5, "10.1.0.9", 80, Syn)));
        Assert.True(rig.Out(Tcp("10.1.0.9", 80, Peer, 5, Syn | Ack)));
        Assert.True(rig.In(Tcp(Peer, 5, "10.1.0.9", 80, Ack, data: 900)));
        Assert.True(rig.In(Tcp(Peer, 5, "10.1.0.9", 80, Fin | Ack)));
        Assert.True(rig.In(Tcp(Peer, 6, "10.1.0.9", 139, Psh | Ack, data: 9)));
        Assert.True(rig.In(Udp(Peer, 5, "10.1.0.9", 53, 1400)));
        Assert.True(rig.In(Icmp(Peer, "10.1.0.9", 8, 1, data: new byte[900])));
        Assert.Equal(0u, rig.Drops("screened"));
    }

    [Fact]
    public void Urgent_data_to_netbios_loses_its_mark_and_passes()
    {
        using FlowRig rig = Rig(new Screen { Name = "s", Checks = { ScreenCheck.Winnuke } });
        rig.Policies(Untrust, Trust, Rule(1, Policy.Types.Action.Permit));
        byte[] packet = Tcp(Peer, 5, "10.1.0.9", 139, Psh | Ack | Urg, data: 4);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(38), 3);
        Checksum(packet);
        byte[] left = Assert.Single(rig.Send(Outside, packet)).Packet;
        Assert.Equal((Psh | Ack, 0), (left[33], BinaryPrimitives.ReadUInt16BigEndian(left.AsSpan(38))));
        byte[] right = [.. left];
        Checksum(right);
        Assert.Equal(right[36..38], left[36..38]);
        Assert.Equal(1u, Count(rig, ScreenCheck.Winnuke));
        // Other ports keep it.
        Assert.Equal(Urg | Ack, Assert.Single(rig.Send(Outside, Tcp(Peer, 5, "10.1.0.9", 140, Urg | Ack, data: 4))).Packet[33]);
    }

    [Fact]
    public void Floods_are_cut_at_their_threshold_for_a_second_and_nobody_else_suffers()
    {
        using FlowRig rig = Rig(new Screen { Name = "s", Checks = { ScreenCheck.IcmpFlood, ScreenCheck.UdpFlood }, IcmpFlood = 5, UdpFlood = 3 });
        Assert.Equal(5, Enumerable.Range(0, 20).Count(i => rig.Enters(Outside, Icmp(Peer, Own, 8, (ushort)i))));
        Assert.Equal(3, Enumerable.Range(0, 20).Count(i => rig.Enters(Outside, Udp($"203.0.113.{i + 10}", 1, Own, 500))));
        Assert.True(rig.Enters(Outside, Tcp(Peer, 1, Own, 22, Syn)));
        Assert.Equal((15UL, 17UL), (Count(rig, ScreenCheck.IcmpFlood), Count(rig, ScreenCheck.UdpFlood)));
        rig.Wait(1.1);
        Assert.True(rig.Enters(Outside, Icmp(Peer, Own, 8, 99)));
    }

    [Theory]
    [InlineData(4, 0, 0, 4)]
    [InlineData(0, 6, 0, 6)]
    [InlineData(0, 0, 8, 8)]
    public void Syn_floods_are_counted_by_service_by_source_and_by_destination(uint attack, uint source, uint destination, int passed)
    {
        using FlowRig rig = Rig(new Screen
        {
            Name = "s", Checks = { ScreenCheck.SynFlood }, SynAttack = attack, SynSource = source, SynDestination = destination,
        });
        Assert.Equal(passed, Enumerable.Range(0, 20).Count(i => rig.Enters(Outside, Tcp(Peer, (ushort)(1000 + i), Own, 22, Syn))));
        // What is no first segment is not counted.
        Assert.True(rig.Enters(Outside, Tcp(Peer, 999, Own, 22, Ack)));
        Assert.Equal((ulong)(20 - passed), Count(rig, ScreenCheck.SynFlood));
        Assert.Equal((ulong)(20 - passed), rig.Counters(Outside).SynAttack);
        if (attack != 0)
        {
            Assert.True(rig.Enters(Outside, Tcp(Peer, 1, Own, 23, Syn)));
        }

        if (source != 0)
        {
            Assert.True(rig.Enters(Outside, Tcp("203.0.113.77", 1, Own, 22, Syn)));
        }
    }

    [Fact]
    public void Rates_count_each_key_and_forget_after_a_second()
    {
        RateSketch rates = new();
        Assert.False(rates.Exceeds(7, 10, 10, now: 5));
        Assert.True(rates.Exceeds(7, 1, 10, now: 5));
        Assert.False(rates.Exceeds(7, 10, 10, now: 6));
        // Of a thousand other keys hardly any meets one that floods in both of its places.
        Assert.True(rates.Exceeds(7, 1000, 10, now: 6));
        Assert.InRange(Enumerable.Range(1000, 1000).Count(k => rates.Exceeds((ulong)k, 1, 10, now: 6)), 0, 3);
    }

    [Fact]
    public void Screened_batches_leave_no_garbage()
    {
        Screen screen = new() { Name = "s", IcmpFlood = 1, UdpFlood = 1, SynAttack = 1, SynSource = 1, SynDestination = 1, AlarmOnly = true };
        screen.Checks.Add(Enum.GetValues<ScreenCheck>().Where(c => c != ScreenCheck.Unspecified));
        ScreenSettings settings = new(screen);
        byte[] packet = Tcp(Peer, 1, Own, 22, Syn);
        Assert.Equal(0, Allocation.Of(() =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                _ = ScreenPatterns.Find(settings, packet);
                _ = settings.Rates!.Exceeds((ulong)i, 1, 1, 1);
            }
        }));
    }

    [Fact]
    public void A_check_that_the_module_does_not_know_is_refused()
    {
        using FlowRig rig = new();
        Assert.ThrowsAny<Exception>(() => Bind(rig, new Screen { Checks = { (ScreenCheck)60 } }));
    }

    // Spoofing is the only one that needs more than the packet.
    private static ScreenCheck ScreenPatternsFind(ScreenCheck check, byte[] packet) =>
        check == ScreenCheck.Spoofing ? check : ScreenPatterns.Find(new ScreenSettings(new Screen { Checks = { check } }), packet);

    private static byte[] Attack(string name) => name switch
    {
        "land" => Tcp(Peer, 22, Peer, 22, Syn),
        "syn-frag" => Fragment(Tcp(Peer, 1, Own, 22, Syn, data: 16), 0, more: true),
        "no-flag" => Tcp(Peer, 1, Own, 22, 0),
        "syn-fin" => Tcp(Peer, 1, Own, 22, Syn | Fin),
        "fin-no-ack" => Tcp(Peer, 1, Own, 22, Fin),
        "ping-death" => Fragment(Icmp(Peer, Own, 8, 1, data: new byte[1000]), 65000, more: false),
        "icmp-fragment" => Fragment(Icmp(Peer, Own, 8, 1), 0, more: true),
        "icmp-large" => Icmp(Peer, Own, 8, 1, data: new byte[1100]),
        // An inside address, from outside.
        "spoofing" => Udp("10.1.0.9", 1, Own, 500),
        "loose" => Optioned(131, 7, 4, 192, 0, 2, 1, 0),
        "strict" => Optioned(137, 7, 4, 192, 0, 2, 1, 0),
        "record" => Optioned(7, 7, 4, 0, 0, 0, 0, 0),
        "timestamp" => Optioned(1, 1, 1, 1, 68, 4, 5, 0),
        "security" => Optioned(130, 4, 0, 0),
        "stream" => Optioned(136, 4, 0, 1),
        "bad-option" => Optioned(7, 40, 4, 0),
        "unknown-protocol" => Build.Ip(Peer, Own, (IpProtocol)200, new byte[24]),
        "fragment" => Fragment(Udp(Peer, 1, Own, 500, 24), 0, more: true),
        _ => throw new ArgumentException(name),
    };

    private static byte[] Optioned(params byte[] options)
    {
        byte[] plain = Udp(Peer, 1, Own, 500);
        byte[] packet = [.. plain.AsSpan(0, 20), .. options, .. plain.AsSpan(20)];
        packet[0] = (byte)(0x45 + (options.Length / 4));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        return Sum(packet);
    }

    private static byte[] Fragment(byte[] packet, int offset, bool more)
    {
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), (ushort)((offset / 8) | (more ? 0x2000 : 0)));
        return Sum(packet);
    }

    private static byte[] Sum(byte[] packet)
    {
        packet[10] = packet[11] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), InternetChecksum.Compute(packet.AsSpan(0, (packet[0] & 15) * 4)));
        return packet;
    }

    private static void Checksum(byte[] packet)
    {
        packet[36] = packet[37] = 0;
        byte[] pseudo = [.. packet.AsSpan(12, 8), 0, 6, 0, (byte)(packet.Length - 20), .. packet.AsSpan(20)];
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(36), InternetChecksum.Compute(pseudo));
    }

    private static HostInboundRow All() => new() { AllServices = true, AllProtocols = true };

    private static void Bind(FlowRig rig, Screen screen) => rig.Chassis.Set("zone-interface", $"{Outside}", new ZoneInterfaceRow
    {
        Interface = Outside, Zone = Untrust, HostInbound = All(), Screen = screen,
    });

    private static FlowRig Rig(Screen screen)
    {
        FlowRig rig = new();
        Bind(rig, screen);
        return rig;
    }

    // Packets that reached delivery: whole ones, and none of what waits as a fragment.
    private static int Arrives(FlowRig rig, byte[] packet) => rig.Enters(Outside, packet) ? 1 : 0;

    private static ulong Count(FlowRig rig, ScreenCheck check) =>
        rig.Chassis.Plane.Snapshot("flow-screen", $"{Outside}").Select(r => ScreenCounters.Parser.ParseFrom(r.Value)).Select(
            c => (ulong)ScreenCounters.Descriptor.FindFieldByNumber((int)check).Accessor.GetValue(c)).Single();
}
