using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using RouterOS.Flow.Nodes;
using RouterOS.Packets;
using RouterOS.Proto.Flow.V1;
using RouterOS.Unit.Forwarding;
using static RouterOS.Unit.Flow.FlowPackets;
using static RouterOS.Unit.Flow.FlowRig;

namespace RouterOS.Unit.Flow;

/// <summary>What <c>security flow</c> says of sessions.</summary>
public sealed class SessionOptionTests
{
    private const string Host = "10.1.0.10";
    private const string Server = "203.0.113.80";

    [Fact]
    public void Times_of_tcp_are_those_that_are_configured()
    {
        using FlowRig rig = Rig(new SessionOptions { TcpInitialTimeout = 7, TimeWaitTimeout = 40 });
        Assert.True(rig.Out(Tcp(Host, 1024, Server, 80, Syn)));
        Assert.Equal(7u, Assert.Single(rig.Sessions()).TimeoutSeconds);
        Establish(rig);
        Assert.True(rig.Out(Tcp(Host, 1024, Server, 80, Fin | Ack)));
        Assert.Equal(150u, Assert.Single(rig.Sessions()).TimeoutSeconds);
        Set(rig, new SessionOptions { TimeWaitTimeout = 40, TimeWaitHalfClosed = true });
        Assert.True(rig.Out(Tcp(Host, 1024, Server, 80, Fin | Ack)));
        Assert.Equal(40u, Assert.Single(rig.Sessions()).TimeoutSeconds);
        Assert.True(rig.In(Tcp(Server, 80, Host, 1024, Fin | Ack)));
        Assert.Equal(40u, Assert.Single(rig.Sessions()).TimeoutSeconds);
        Set(rig, new SessionOptions { TimeWaitTimeout = 40, TimeWaitByService = true });
        Assert.True(rig.Out(Tcp(Host, 1024, Server, 80, Ack)));
        Assert.Equal(1800u, Assert.Single(rig.Sessions()).TimeoutSeconds);
        Assert.True(rig.In(Tcp(Server, 80, Host, 1024, Rst)));
        Assert.Equal(2u, Assert.Single(rig.Sessions()).TimeoutSeconds);
    }

    [Fact]
    public void A_strict_handshake_is_whole_before_anything_else_passes()
    {
        using FlowRig rig = Rig(new SessionOptions { StrictSyn = true });
        Assert.False(rig.Out(Tcp(Host, 1024, Server, 80, Ack)));
        Assert.False(rig.Out(Tcp(Host, 1024, Server, 80, Syn | Ack)));
        Assert.False(rig.Out(Tcp(Host, 1024, Server, 80, Syn, data: 10)));
        Assert.Equal(0u, rig.Summary().Sessions);
        Assert.True(rig.Out(Tcp(Host, 1024, Server, 80, Syn)));
        Assert.True(rig.Out(Tcp(Host, 1024, Server, 80, Syn)));
        Assert.False(rig.Out(Tcp(Host, 1024, Server, 80, Ack, data: 10)));
        Assert.False(rig.In(Tcp(Server, 80, Host, 1024, Ack, data: 10)));
        Assert.False(rig.Out(Tcp(Host, 1024, Server, 80, Ack)));
        Assert.True(rig.In(Tcp(Server, 80, Host, 1024, Syn | Ack)));
        Assert.False(rig.In(Tcp(Server, 80, Host, 1024, Ack, data: 10)));
        Assert.True(rig.Out(Tcp(Host, 1024, Server, 80, Ack)));
        Assert.True(rig.In(Tcp(Server, 80, Host, 1024, Ack, data: 10)));
        Assert.True(rig.Out(Tcp(Host, 1024, Server, 80, Ack, data: 10)));
        Assert.Equal(7u, rig.Drops("handshake"));
        // A port that refuses answers at once; nothing of UDP is asked.
        Assert.True(rig.Out(Tcp(Host, 1025, Server, 81, Syn)));
        Assert.True(rig.In(Tcp(Server, 81, Host, 1025, Rst | Ack)));
        Assert.True(rig.Out(Udp(Host, 1, Server, 2)));
    }

    [Fact]
    public void A_reset_must_have_a_number_that_is_expected()
    {
        using FlowRig rig = Rig(new SessionOptions { CheckReset = true });
        Assert.True(rig.Out(Tcp(Host, 1024, Server, 80, Syn, 1000, 0)));
        Assert.False(rig.In(Tcp(Server, 80, Host, 1024, Rst | Ack, 0, 1000)));
        Assert.True(rig.In(Tcp(Server, 80, Host, 1024, Syn | Ack, 7000, 1001)));
        Assert.True(rig.Out(Tcp(Host, 1024, Server, 80, Ack, 1001, 7001)));
        Assert.True(rig.In(Tcp(Server, 80, Host, 1024, Ack, 7001, 1001, data: 500)));
        Assert.False(rig.In(Tcp(Server, 80, Host, 1024, Rst, 7000)));
        Assert.False(rig.In(Tcp(Server, 80, Host, 1024, Rst, 7502)));
        Assert.False(rig.Out(Tcp(Host, 1024, Server, 80, Rst, 1002)));
        Assert.Equal((3UL, 1UL, 4UL), (rig.Counters(Outside).TcpSequence, rig.Counters(Inside).TcpSequence, rig.Drops("out-of-window")));
        Assert.Equal(1800u, Assert.Single(rig.Sessions()).TimeoutSeconds);
        Assert.True(rig.In(Tcp(Server, 80, Host, 1024, Rst, 7501)));
        Assert.Equal(2u, Assert.Single(rig.Sessions()).TimeoutSeconds);
        // The next connection of the same ports has numbers of its own; a refused one is refused by its SYN's.
        Assert.True(rig.Out(Tcp(Host, 1024, Server, 80, Syn, 90, 0)));
        Assert.True(rig.In(Tcp(Server, 80, Host, 1024, Rst | Ack, 0, 91)));
    }

    [Fact]
    public void Any_reset_between_what_is_acknowledged_and_what_is_sent_is_due() => Prop.ForAll<uint, ushort, int>((first, sent, away) =>
    {
        FlowSession session = default;
        first |= 1;
        new TcpNumbers(Tcp(Host, 1, Server, 2, Syn | Ack, first, 5).AsSpan(20)).Follow(ref session, reverse: true);
        new TcpNumbers(Tcp(Host, 1, Server, 2, Ack, 5, first + 1).AsSpan(20)).Follow(ref session, reverse: false);
        new TcpNumbers(Tcp(Host, 1, Server, 2, Ack, first + 1, 5, data: sent % 1400).AsSpan(20)).Follow(ref session, reverse: true);
        int place = away % 3000;
        bool due = new TcpNumbers(Tcp(Host, 1, Server, 2, Rst, (uint)(first + 1 + place)).AsSpan(20)).IsDue(session, reverse: true);
        // Zero stands for an unknown number: then anything may be due.
        return session.AnswererNext == 0 || session.OpenerExpects == 0 || due == (place >= 0 && place <= sent % 1400);
    }).Check(Seeded.Config);

    [Fact]
    public void An_answer_of_dns_opens_no_session_unless_it_may()
    {
        byte[] reply = Udp(Host, 53, Server, 53);
        reply[20 + 8 + 2] = 0x81;
        using FlowRig rig = Rig(new SessionOptions { RefuseDnsReply = true });
        Assert.False(rig.Out(reply));
        Assert.Equal((0u, 1UL), (rig.Summary().Sessions, rig.Drops("dns-reply")));
        Assert.True(rig.Out(Udp(Host, 53, Server, 53)));
        Assert.True(rig.Out(Udp(Host, 5, Server, 53, data: 0)));
        Set(rig, new SessionOptions());
        reply[20] = 9;
        Assert.True(rig.Out(reply));
    }

    [Fact]
    public void A_full_table_ends_what_is_idle_until_there_is_room()
    {
        using FlowRig rig = new FlowRig(maximumSessions: 100).PermitOut();
        Set(rig, new SessionOptions { EarlyAgeout = 5, HighWatermark = 80, LowWatermark = 30 });
        Open(1, 40);
        rig.Wait(10);
        Assert.Equal(40u, rig.Summary().Sessions);
        Open(41, 80);
        rig.Wait(2);
        Assert.Equal(40u, rig.Summary().Sessions);
        rig.Wait(5);
        Assert.Equal(0u, rig.Summary().Sessions);
        Open(1, 79);
        rig.Wait(10);
        Assert.Equal(79u, rig.Summary().Sessions);

        void Open(ushort from, ushort to)
        {
            for (ushort port = from; port <= to; port++)
            {
                Assert.True(rig.Out(Udp(Host, port, Server, 9)));
            }
        }
    }

    [Fact]
    public void A_session_whose_route_is_gone_ends_in_the_time_that_is_configured()
    {
        using FlowRig rig = Rig(new SessionOptions { RouteChangeTimeout = 10 });
        rig.Chassis.Route("198.51.100.0/24", RouterOS.Proto.Forwarding.V1.RouteRow.Types.Kind.Forward, Outside, "203.0.113.254");
        Assert.True(rig.Out(Udp(Host, 1, "198.51.100.9", 9)));
        Assert.True(rig.Out(Udp(Host, 1, Server, 9)));
        rig.Wait(5);
        Assert.All(rig.Sessions(), session => Assert.Equal(60u, session.TimeoutSeconds));
        rig.Chassis.Plane.RemoveRow("route", "0/198.51.100.0/24");
        rig.Wait(1);
        Assert.Equal([10u, 60u], rig.Sessions().Select(session => session.TimeoutSeconds).Order());
        rig.Wait(11);
        Assert.Equal(60u, Assert.Single(rig.Sessions()).TimeoutSeconds);
    }

    [Theory]
    [InlineData(FlowRig.Outside, 1300)]
    [InlineData(FlowRig.Inside, 1200)]
    public void Segments_into_and_out_of_a_gre_interface_are_limited(uint gre, int expected)
    {
        using FlowRig rig = Rig(new SessionOptions { TcpMssGreOut = 1300, TcpMssGreIn = 1200 });
        Assert.Equal(1460, Offered(Assert.Single(rig.Send(Inside, Handshake())).Packet, 20));
        uint zone = gre == Inside ? Trust : Untrust;
        rig.Chassis.Set("zone-interface", $"{gre}", new ZoneInterfaceRow { Interface = gre, Zone = zone, Gre = true });
        Assert.Equal(expected, Offered(Assert.Single(rig.Send(Inside, Handshake())).Packet, 20));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(0xb000, false)]
    [InlineData(0x2000, true)]
    public void Handshakes_within_gre_through_a_tunnel_are_limited(int flags, bool version6)
    {
        using FlowRig rig = Rig(new SessionOptions { TcpMssGreOut = 1300 });
        byte[] inner = version6 ? [.. new byte[40], .. Handshake().AsSpan(20)] : Handshake();
        if (version6)
        {
            (inner[0], inner[6]) = (0x60, 6);
        }

        byte[] gre = [(byte)(flags >> 8), 0, .. version6 ? [(byte)0x86, (byte)0xdd] : new byte[] { 8, 0 }, .. new byte[int.PopCount(flags) * 4], .. inner];
        byte[] packet = Build.Ip(Host, Server, IpProtocol.Gre, gre);
        int option = packet.Length - inner.Length + (version6 ? 40 : 20);
        Assert.Equal(1460, Offered(Assert.Single(rig.Send(Inside, packet)).Packet, option));
        rig.Chassis.Plane.Tables.BindProtection(Outside, 7);
        byte[] left = Assert.Single(rig.Send(Inside, packet)).Packet;
        Assert.Equal(1300, Offered(left, option));
        // The sum over all of GRE is the same.
        Assert.Equal(InternetChecksum.Compute(packet.AsSpan(20)), InternetChecksum.Compute(left.AsSpan(20)));
    }

    [Fact]
    public void Any_bytes_within_gre_are_borne() => Prop.ForAll<byte[]>(bytes =>
    {
        byte[] gre = [.. bytes];
        GreSegments.Limit(gre, 100);
        byte[] version4 = [0, 0, 8, 0, 0x45, 0, 0, 0, 0, 0, 0, 0, 0, 6, .. bytes];
        GreSegments.Limit(version4, 100);
        return true;
    }).Check(Seeded.Config);

    [Theory]
    [InlineData("tcp_mss")]
    [InlineData("time")]
    [InlineData("watermark")]
    public void A_row_that_cannot_be_is_refused(string fault)
    {
        FlowDefaultRow row = fault switch
        {
            "tcp_mss" => new() { Sessions = new() { TcpMssGreIn = 65536 } },
            "time" => new() { Sessions = new() { RouteChangeTimeout = 65536 } },
            _ => new() { Sessions = new() { LowWatermark = 90, HighWatermark = 80 } },
        };
        Assert.NotNull(FlowSettings.FaultOf(row));
    }

    private static FlowRig Rig(SessionOptions options)
    {
        FlowRig rig = new FlowRig().PermitOut();
        Set(rig, options);
        return rig;
    }

    private static void Set(FlowRig rig, SessionOptions options) => rig.Chassis.Set("flow", "default", new FlowDefaultRow { Sessions = options });

    private static void Establish(FlowRig rig)
    {
        Assert.True(rig.In(Tcp(Server, 80, Host, 1024, Syn | Ack)));
        Assert.True(rig.Out(Tcp(Host, 1024, Server, 80, Ack)));
        Assert.Equal(1800u, Assert.Single(rig.Sessions()).TimeoutSeconds);
    }

    private static byte[] Handshake()
    {
        byte[] segment = new byte[24];
        BinaryPrimitives.WriteUInt16BigEndian(segment, 4000);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), 80);
        (segment[12], segment[13], segment[20], segment[21]) = (6 << 4, Syn, 2, 4);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(22), 1460);
        return Build.Ip(Host, Server, IpProtocol.Tcp, segment);
    }

    private static int Offered(byte[] packet, int tcp) => BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(tcp + 22));

}
