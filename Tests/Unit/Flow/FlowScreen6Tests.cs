using System.Buffers.Binary;
using RouterOS.Packets;
using RouterOS.Proto.Flow.V1;
using RouterOS.Unit.Forwarding;
using static RouterOS.Unit.Flow.FlowRig;

namespace RouterOS.Unit.Flow;

/// <summary>Screens of IPv6 packets.</summary>
public sealed class FlowScreen6Tests
{
    private const string Own = "2001:db8:2::1";
    private const string Peer = "2001:db8:2::9";
    private const byte Syn = 2;
    private const byte Ack = 16;

    public static TheoryData<ScreenCheck> Attacks { get; } =
    [
        ScreenCheck.Land, ScreenCheck.SynFragment, ScreenCheck.NoFlag, ScreenCheck.SynFin, ScreenCheck.FinNoAck, ScreenCheck.PingOfDeath,
        ScreenCheck.IcmpFragment, ScreenCheck.IcmpLarge, ScreenCheck.Spoofing, ScreenCheck.UnknownProtocol, ScreenCheck.BlockFragment,
    ];

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Each_check_stops_its_attack_and_lets_the_rest_pass(ScreenCheck check)
    {
        byte[] attack = Attack(check);
        using FlowRig rig = Rig(new Screen { Name = "s", Checks = { check } });
        Assert.False(Enters(rig, attack));
        Assert.Equal(1u, rig.Drops("screened"));
        Assert.Equal(1u, Count(rig, check));
        Assert.True(Enters(rig, Build6.Echo(Peer, Own)));
        Assert.True(Enters(rig, Build6.Udp(Peer, Own, 500)));
        Assert.True(Enters(rig, Tcp(Peer, Own, Syn)));
        Assert.Equal(1u, rig.Drops("screened"));
        Bind(rig, new Screen { Name = "s", Checks = { check }, AlarmOnly = true });
        _ = Enters(rig, attack);
        Assert.Equal((1UL, 2UL), (rig.Drops("screened"), Count(rig, check)));
    }

    [Fact]
    public void Floods_are_cut_at_their_threshold_for_a_second_and_neighbour_discovery_goes_on()
    {
        using FlowRig rig = Rig(new Screen
        {
            Name = "s", Checks = { ScreenCheck.IcmpFlood, ScreenCheck.UdpFlood, ScreenCheck.SynFlood }, IcmpFlood = 5, UdpFlood = 3, SynAttack = 4,
        });
        Assert.Equal(5, Enumerable.Range(0, 20).Count(_ => Enters(rig, Build6.Echo(Peer, Own))));
        Assert.Equal(3, Enumerable.Range(0, 20).Count(i => Enters(rig, Build6.Udp($"2001:db8:2::{i + 10:x}", Own, 500))));
        Assert.Equal(4, Enumerable.Range(0, 20).Count(_ => Enters(rig, Tcp(Peer, Own, Syn))));
        Assert.True(Enters(rig, Tcp(Peer, Own, Ack)));
        Assert.True(Enters(rig, Build6.Neighbor(Icmp6Type.NeighborSolicitation, Peer, Own, Own, [])));
        Assert.Equal((15UL, 17UL, 16UL), (Count(rig, ScreenCheck.IcmpFlood), Count(rig, ScreenCheck.UdpFlood), Count(rig, ScreenCheck.SynFlood)));
        rig.Wait(1.1);
        Assert.True(Enters(rig, Build6.Echo(Peer, Own)));
    }

    private static byte[] Attack(ScreenCheck check) => check switch
    {
        ScreenCheck.Land => Tcp(Peer, Peer, Syn),
        ScreenCheck.SynFragment => Piece(Tcp(Peer, Own, Syn), 0),
        ScreenCheck.NoFlag => Tcp(Peer, Own, 0),
        ScreenCheck.SynFin => Tcp(Peer, Own, Syn | 1),
        ScreenCheck.FinNoAck => Tcp(Peer, Own, 1),
        ScreenCheck.PingOfDeath => Piece(Build6.Echo(Peer, Own, 1000), 65000),
        ScreenCheck.IcmpFragment => Piece(Build6.Echo(Peer, Own), 0),
        ScreenCheck.IcmpLarge => Build6.Echo(Peer, Own, 1100),
        ScreenCheck.Spoofing => Build6.Udp("2001:db8:1::9", Own, 500),
        ScreenCheck.UnknownProtocol => Build6.Ip(Peer, Own, 200, new byte[24]),
        _ => Piece(Build6.Udp(Peer, Own, 500), 0),
    };

    private static byte[] Tcp(string source, string destination, byte flags)
    {
        byte[] packet = Build6.Ip(source, destination, 6, new byte[24]);
        (packet[41], packet[43], packet[52], packet[53]) = (9, 22, 0x50, flags);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(56), InternetChecksum.Compute(
            packet.AsSpan(40), InternetChecksum.PseudoHeader(packet.AsSpan(8, 32), 6, 24)));
        return packet;
    }

    // More of it is to come.
    private static byte[] Piece(byte[] whole, int offset)
    {
        byte[] piece = [.. whole[..40], whole[6], 0, (byte)(offset >> 8), (byte)(offset | 1), 0, 0, 0, 7, .. whole[40..]];
        piece[6] = 44;
        BinaryPrimitives.WriteUInt16BigEndian(piece.AsSpan(4), (ushort)(piece.Length - 40));
        return piece;
    }

    private static bool Enters(FlowRig rig, byte[] packet)
    {
        ulong before = rig.Chassis.Node("ip6-deliver").Packets;
        _ = rig.Send(Outside, packet);
        return rig.Chassis.Node("ip6-deliver").Packets > before;
    }

    private static void Bind(FlowRig rig, Screen screen) => rig.Chassis.Set("zone-interface", $"{Outside}", new ZoneInterfaceRow
    {
        Interface = Outside, Zone = Untrust, HostInbound = new HostInboundRow { AllServices = true, AllProtocols = true }, Screen = screen,
    });

    private static FlowRig Rig(Screen screen)
    {
        FlowRig rig = new();
        rig.Chassis.Interface6(Inside, "p1", "2001:db8:1::1/64");
        rig.Chassis.Interface6(Outside, "p2", "2001:db8:2::1/64");
        rig.Chassis.Set("flow", "default", new FlowDefaultRow { Inet6FlowBased = true });
        Bind(rig, screen);
        return rig;
    }

    private static ulong Count(FlowRig rig, ScreenCheck check) =>
        rig.Chassis.Plane.Snapshot("flow-screen", $"{Outside}").Select(r => ScreenCounters.Parser.ParseFrom(r.Value)).Select(
            c => (ulong)ScreenCounters.Descriptor.FindFieldByNumber((int)check).Accessor.GetValue(c)).Single();
}
