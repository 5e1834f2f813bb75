using RouterOS.Packets;
using RouterOS.Proto.Flow.V1;
using RouterOS.Unit.Forwarding;
using static RouterOS.Unit.Flow.FlowPackets;
using static RouterOS.Unit.Flow.FlowRig;
using Action = RouterOS.Proto.Flow.V1.Policy.Types.Action;

namespace RouterOS.Unit.Flow;

public sealed class FlowTransitTests
{
    private const string Host = "10.1.0.10";
    private const string Neighbor = "10.3.0.10";
    private const string Server = "203.0.113.80";
    private const string Stranger = "203.0.113.66";

    [Fact]
    public void Replies_pass_without_a_policy_of_their_own_and_the_rest_is_denied()
    {
        using FlowRig rig = new FlowRig().PermitOut();
        byte[] reply = Udp(Server, 53, Host, 40000);
        Assert.False(rig.In(reply));
        Assert.True(rig.Out(Udp(Host, 40000, Server, 53)));
        Assert.True(rig.In(reply));
        Assert.False(rig.In(Udp(Server, 53, Host, 40001)));
        Assert.False(rig.In(Udp(Stranger, 53, Host, 40000)));
        Assert.Equal(3u, rig.Counters(Outside).PolicyDenied);
        Assert.Equal(3u, rig.Drops("policy-denied"));
        Assert.Equal(1u, rig.Counters(Inside).ConnectionsEstablished);
        Assert.Equal((ulong)reply.Length, rig.Counters(Outside).BytesPermittedIn);
        Assert.Equal((ulong)reply.Length, rig.Counters(Inside).BytesPermittedOut);
        Assert.Equal((2UL, 1UL), (rig.Hits(1).Packets, rig.Hits(1).Sessions));
        Assert.Equal(3UL, rig.Hits(0).Packets);
        SessionState session = Assert.Single(rig.Sessions());
        Assert.Equal((1UL, 1UL, 1u), (session.ForwardPackets, session.ReversePackets, session.Policy));
    }

    [Fact]
    public void Traffic_within_a_zone_needs_a_policy_too()
    {
        using FlowRig rig = new();
        byte[] packet = Udp(Host, 1, Neighbor, 2);
        Assert.False(rig.Passes(Inside, packet, InsideToo));
        rig.Policies(Trust, Trust, Rule(9, Action.Permit));
        Assert.True(rig.Passes(Inside, packet, InsideToo));
    }

    [Fact]
    public void Nothing_passes_through_an_interface_for_management_whatever_the_policies()
    {
        using FlowRig rig = new();
        rig.Policies(0, 0, Rule(1, Action.Permit));
        rig.Chassis.Set("flow", "default", new FlowDefaultRow { Permit = true });
        byte[] known = Udp(Host, 1, Server, 2);
        Assert.True(rig.Out(known));
        HostInboundRow ping = new() { Services = { Service(1, 8) } };
        rig.Chassis.Set("zone-interface", $"{Outside}", new ZoneInterfaceRow { Interface = Outside, Zone = 7, Management = true, HostInbound = ping });
        Assert.False(rig.Out(known));
        Assert.False(rig.In(Udp(Server, 2, Host, 1)));
        Assert.False(rig.In(Udp(Server, 2, Host, 3)));
        Assert.True(rig.Passes(Inside, Udp(Host, 1, Neighbor, 2), InsideToo));
        Assert.True(rig.Enters(Outside, Icmp(Server, "203.0.113.1", 8, 1)));
        Assert.False(rig.Enters(Outside, Tcp(Server, 1, "203.0.113.1", 22, Syn)));
        rig.Chassis.Set("zone-interface", $"{InsideToo}", new ZoneInterfaceRow { Interface = InsideToo, Zone = 7, Management = true });
        Assert.False(rig.Passes(InsideToo, Udp(Neighbor, 4, Server, 5), Outside));
    }

    [Fact]
    public void An_interface_in_no_zone_passes_nothing_either_way()
    {
        using FlowRig rig = new FlowRig().PermitOut();
        rig.Chassis.Set("flow", "default", new FlowDefaultRow { Permit = true });
        Assert.False(rig.Passes(Unbound, Udp("10.4.0.10", 1, Server, 2), Outside));
        Assert.False(rig.Passes(Inside, Udp(Host, 1, "10.4.0.10", 2), Unbound));
        Assert.Equal((1UL, 1UL), (rig.Counters(Unbound).NoZone, rig.Counters(Inside).NoZone));
        Assert.Equal(2u, rig.Drops("no-zone"));
        Assert.True(rig.Out(Udp(Host, 1, Server, 2)));
    }

    [Fact]
    public void A_packet_without_a_route_is_counted_where_it_came_in()
    {
        using FlowRig rig = new FlowRig().PermitOut();
        rig.Send(Inside, Udp(Host, 1, "192.0.2.9", 2));
        Assert.Equal(1u, rig.Counters(Inside).NoRoute);
    }

    [Fact]
    public void Tcp_holds_half_an_hour_only_when_it_was_answered()
    {
        using FlowRig rig = new FlowRig().PermitOut();
        Assert.True(rig.Out(Tcp(Host, 1024, Server, 80, Syn)));
        Assert.Equal(20u, Assert.Single(rig.Sessions()).TimeoutSeconds);
        Assert.True(rig.Out(Tcp(Host, 1024, Server, 80, Ack)));
        Assert.Equal(20u, Assert.Single(rig.Sessions()).TimeoutSeconds);
        Assert.True(rig.In(Tcp(Server, 80, Host, 1024, Syn | Ack)));
        Assert.True(rig.Out(Tcp(Host, 1024, Server, 80, Ack)));
        Assert.Equal(1800u, Assert.Single(rig.Sessions()).TimeoutSeconds);
        rig.Wait(1790);
        Assert.True(rig.In(Tcp(Server, 80, Host, 1024, Ack)));
        rig.Wait(1801);
        Assert.Empty(rig.Sessions());
        Assert.Equal(0u, rig.Summary().Sessions);
        Assert.False(rig.In(Tcp(Server, 80, Host, 1024, Ack)));
    }

    [Fact]
    public void Tcp_ends_soon_after_both_sides_have_closed_and_sooner_after_a_reset()
    {
        using FlowRig rig = new FlowRig().PermitOut();
        Handshake(rig, 1024);
        Assert.True(rig.Out(Tcp(Host, 1024, Server, 80, Fin | Ack)));
        Assert.Equal(150u, Assert.Single(rig.Sessions()).TimeoutSeconds);
        Assert.True(rig.In(Tcp(Server, 80, Host, 1024, Ack, data: 100)));
        Assert.Equal(150u, Assert.Single(rig.Sessions()).TimeoutSeconds);
        Assert.True(rig.In(Tcp(Server, 80, Host, 1024, Fin | Ack)));
        Assert.True(rig.Out(Tcp(Host, 1024, Server, 80, Ack)));
        Assert.Equal(20u, Assert.Single(rig.Sessions()).TimeoutSeconds);
        Assert.True(rig.Out(Tcp(Host, 1024, Server, 80, Syn)));
        Assert.True(rig.In(Tcp(Server, 80, Host, 1024, Syn | Ack)));
        Assert.True(rig.Out(Tcp(Host, 1024, Server, 80, Ack)));
        Assert.Equal(1800u, Assert.Single(rig.Sessions()).TimeoutSeconds);
        Assert.True(rig.In(Tcp(Server, 80, Host, 1024, Rst)));
        Assert.Equal(2u, Assert.Single(rig.Sessions()).TimeoutSeconds);
        rig.Wait(3.8);
        Assert.Equal(0u, rig.Summary().Sessions);
    }

    [Fact]
    public void Udp_and_icmp_end_after_a_minute_without_packets_and_an_application_says_otherwise()
    {
        Application slow = new() { Protocol = 17, FirstDestinationPort = 53, LastDestinationPort = 53, TimeoutSeconds = 300 };
        using FlowRig rig = new FlowRig().PermitOut(slow, new Application());
        Assert.True(rig.Out(Udp(Host, 1, Server, 2)));
        Assert.True(rig.Out(Udp(Host, 1, Server, 53)));
        rig.Wait(50);
        Assert.True(rig.Out(Icmp(Host, Server, 8, 77)));
        Assert.True(rig.In(Udp(Server, 2, Host, 1)));
        rig.Wait(59);
        Assert.Equal(3, rig.Sessions().Count);
        rig.Wait(3);
        Assert.Equal(53u, Assert.Single(rig.Sessions()).DestinationPort);
        rig.Wait(200);
        Assert.Equal(0u, rig.Summary().Sessions);
    }

    [Fact]
    public void A_ping_lets_its_own_reply_in_and_nothing_else_of_icmp()
    {
        using FlowRig rig = new FlowRig().PermitOut();
        foreach (byte type in (byte[])[0, 8, 13, 14])
        {
            Assert.False(rig.In(Icmp(Server, Host, type, 8)));
        }

        Assert.True(rig.Out(Icmp(Host, Server, 8, 8)));
        Assert.True(rig.In(Icmp(Server, Host, 0, 8)));
        Assert.False(rig.In(Icmp(Server, Host, 8, 8)));
        Assert.False(rig.In(Icmp(Server, Host, 0, 9)));
        Assert.False(rig.In(Icmp(Server, Host, 14, 8)));
        Assert.True(rig.Out(Icmp(Host, Server, 13, 5)));
        Assert.True(rig.In(Icmp(Server, Host, 14, 5)));
        SessionState ping = rig.Sessions().Single(session => session.DestinationPort == 8);
        Assert.Equal((8u, 1u), (ping.SourcePort, ping.Protocol));
        Assert.Equal(8u, rig.Counters(Outside).IcmpPackets - 1);
    }

    [Fact]
    public void A_reply_that_nobody_asked_for_opens_no_session()
    {
        using FlowRig rig = new FlowRig().PermitOut();
        Assert.False(rig.Out(Icmp(Host, Server, 0, 8)));
        Assert.False(rig.Out(Icmp(Host, Server, 5, data: Udp(Server, 1, Host, 2))));
        Assert.Equal(0u, rig.Summary().Sessions);
        Assert.Equal(2u, rig.Drops("no-session"));
    }

    [Fact]
    public void Icmp_errors_pass_against_the_session_that_they_quote_and_only_there()
    {
        using FlowRig rig = new FlowRig().PermitOut();
        byte[] sent = Udp(Host, 33000, Server, 33434);
        byte[] returned = Udp(Server, 33434, Host, 33000);
        Assert.False(rig.In(Error("203.0.113.254", Host, sent)));
        Assert.True(rig.Out(sent));
        Assert.True(rig.In(Error("203.0.113.254", Host, sent)));
        Assert.True(rig.In(Error(Server, Host, sent, 11)));
        Assert.True(rig.Out(Error("10.1.0.77", Server, returned)));
        // To somebody else, about a packet that went the other way, about another flow, or cut off.
        Assert.False(rig.In(Error(Server, "10.1.0.11", sent)));
        Assert.False(rig.In(Error(Server, Host, returned)));
        Assert.False(rig.In(Error(Server, Host, Udp(Host, 33001, Server, 33434))));
        Assert.False(rig.In(Icmp(Server, Host, 3, data: sent[..27])));
        rig.Wait(61);
        Assert.False(rig.In(Error(Server, Host, sent)));
    }

    [Fact]
    public void Rejected_packets_are_answered_and_denied_ones_are_not()
    {
        using FlowRig rig = new();
        rig.Policies(Trust, Untrust, Rule(1, Action.Reject));
        byte[] refused = Udp(Host, 1, Server, 2);
        (uint by, byte[] error) = Assert.Single(rig.Send(Inside, refused));
        Assert.Equal(Inside, by);
        Assert.Equal((3, 13), (error[20], error[21]));
        Assert.Equal(refused.AsSpan(12).ToArray(), error.AsSpan(40, refused.Length - 12).ToArray());
        (by, byte[] reset) = Assert.Single(rig.Send(Inside, Tcp(Host, 1024, Server, 80, Syn, sequence: 500)));
        Assert.Equal((Inside, Rst | Ack), (by, reset[33]));
        Assert.Equal(501u, System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(reset.AsSpan(28)));
        Assert.Equal(0, InternetChecksum.Compute(
            reset.AsSpan(20), InternetChecksum.PseudoHeader(Chassis.Ip(Server), Chassis.Ip(Host), 6, 20)));
        Assert.Empty(rig.Send(Inside, Tcp(Host, 1024, Server, 80, Rst)));
        Assert.Equal(0u, rig.Summary().Sessions);
        Assert.Equal(3u, rig.Drops("policy-rejected"));
        Assert.Equal(3u, rig.Counters(Inside).PolicyDenied);

        rig.Policies(Trust, Untrust, Rule(1, Action.Deny));
        Assert.Empty(rig.Send(Inside, refused));
        Assert.Empty(rig.Send(Inside, Tcp(Host, 1024, Server, 80, Ack)));
        rig.Bind(Inside, Trust, reset: true);
        Assert.Empty(rig.Send(Inside, Tcp(Host, 1024, Server, 80, Syn)));
        (_, reset) = Assert.Single(rig.Send(Inside, Tcp(Host, 1024, Server, 80, Ack, acknowledged: 77)));
        Assert.Equal(Rst, reset[33]);
        Assert.Equal(77u, System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(reset.AsSpan(24)));
    }

    [Fact]
    public void A_changed_policy_ends_what_it_no_longer_permits_and_nothing_else()
    {
        using FlowRig rig = new FlowRig().PermitOut();
        Assert.True(rig.Out(Udp(Host, 1, Server, 53)));
        Assert.True(rig.Out(Udp(Host, 1, Server, 54)));
        rig.Policies(Trust, Untrust, Rule(2, Action.Permit, new Application { Protocol = 17, FirstDestinationPort = 53, LastDestinationPort = 53 }));
        Assert.False(rig.In(Udp(Server, 54, Host, 1)));
        Assert.True(rig.In(Udp(Server, 53, Host, 1)));
        Assert.Equal(2u, Assert.Single(rig.Sessions()).Policy);
    }

    [Fact]
    public void Sessions_that_are_silent_are_judged_again_too()
    {
        using FlowRig rig = new FlowRig().PermitOut();
        for (ushort port = 1; port <= 600; port++)
        {
            Assert.True(rig.Out(Udp(Host, port, Server, 53)));
        }

        rig.Policies(Trust, Untrust, Rule(1, Action.Deny));
        rig.Wait(0.2);
        Assert.InRange(rig.Summary().Sessions, 1u, 599u);
        rig.Wait(0.5);
        Assert.Equal(0u, rig.Summary().Sessions);
    }

    [Fact]
    public void An_interface_that_changes_its_zone_takes_its_sessions_along_only_where_a_policy_permits()
    {
        using FlowRig rig = new FlowRig().PermitOut();
        Assert.True(rig.Out(Udp(Host, 1, Server, 2)));
        rig.Bind(Outside, 3);
        Assert.False(rig.In(Udp(Server, 2, Host, 1)));
        rig.Policies(Trust, 3, Rule(4, Action.Permit));
        Assert.True(rig.Out(Udp(Host, 1, Server, 2)));
        rig.Chassis.Plane.RemoveRow("zone-interface", $"{Outside}");
        Assert.False(rig.Out(Udp(Host, 1, Server, 2)));
        Assert.Equal(1u, rig.Counters(Inside).NoZone);
    }

    [Fact]
    public void A_forged_packet_from_another_zone_neither_uses_nor_ends_a_session()
    {
        using FlowRig rig = new FlowRig().PermitOut();
        rig.Bind(InsideToo, 3);
        Assert.True(rig.Out(Udp(Host, 1, Server, 2)));
        Assert.False(rig.Passes(InsideToo, Udp(Host, 1, Server, 2), Outside));
        Assert.False(rig.Passes(InsideToo, Udp(Server, 2, Host, 1), Inside));
        Assert.True(rig.In(Udp(Server, 2, Host, 1)));
        Assert.Single(rig.Sessions());
    }

    [Fact]
    public void A_full_table_refuses_new_flows_keeps_old_ones_and_tells_the_control_plane()
    {
        using FlowRig rig = new FlowRig(4).PermitOut();
        for (ushort port = 1; port <= 4; port++)
        {
            Assert.True(rig.Out(Udp(Host, port, Server, 53)));
        }

        Assert.False(rig.Out(Udp(Host, 5, Server, 53)));
        Assert.True(rig.In(Udp(Server, 53, Host, 4)));
        Assert.Equal(1u, rig.Counters(Inside).NoMoreSessions);
        Assert.Equal((4u, 4u, 1UL), (rig.Summary().Sessions, rig.Summary().Maximum, rig.Summary().Refused));
        rig.Wait(0.2);
        Assert.Contains(rig.Chassis.Events, happened => (happened.Table, happened.Key, happened.Name) == ("flow", "sessions", "full"));
        rig.Wait(62);
        Assert.True(rig.Out(Udp(Host, 5, Server, 53)));
    }

    [Fact]
    public void Fragments_are_judged_as_the_packet_that_they_are_pieces_of()
    {
        using FlowRig rig = new();
        rig.Policies(Trust, Untrust, Rule(1, Action.Permit, new Application { Protocol = 17, FirstDestinationPort = 53, LastDestinationPort = 53 }));
        foreach ((ushort port, ushort id, bool passes) in ((ushort, ushort, bool)[])[(53, 1, true), (54, 2, false)])
        {
            ReadOnlySpan<byte> datagram = Udp(Host, 9, Server, port, 2000).AsSpan(20);
            Assert.Empty(rig.Send(Inside, Build.Fragment(Host, Server, datagram, 1200, datagram.Length - 1200, false, id)));
            List<(uint Interface, byte[] Packet)> left = rig.Send(Inside, Build.Fragment(Host, Server, datagram, 0, 1200, true, id));
            Assert.Equal(passes ? 2 : 0, left.Count);
        }

        Assert.Equal(1u, rig.Drops("policy-denied"));
    }

    [Fact]
    public void Orders_to_clear_end_the_sessions_they_name_once()
    {
        using FlowRig rig = new FlowRig().PermitOut();
        Assert.True(rig.Out(Udp(Host, 1, Server, 53)));
        Assert.True(rig.Out(Udp(Host, 2, Stranger, 53)));
        Assert.True(rig.Out(Tcp(Host, 3, Server, 80, Syn)));
        FlowClearRow order = new() { Generation = 5, Destination = Chassis.Ip(Server), Protocol = 17 };
        rig.Chassis.Set("flow-clear", "sessions", order);
        Assert.Equal([2u, 3u], rig.Sessions().Select(session => session.SourcePort).Order());
        Assert.True(rig.Out(Udp(Host, 1, Server, 53)));
        rig.Chassis.Set("flow-clear", "sessions", order);
        Assert.Equal(3, rig.Sessions().Count);
        rig.Chassis.Set("flow-clear", "sessions", new FlowClearRow { Generation = 6, Id = rig.Sessions().Single(s => s.Protocol == 6).Id });
        Assert.Equal(2, rig.Sessions().Count);
        rig.Chassis.Set("flow-clear", "sessions", new FlowClearRow { Generation = 7, Source = Chassis.Ip("10.1.0.0"), SourceLength = 24, Interface = Outside });
        Assert.Empty(rig.Sessions());
    }

    [Fact]
    public void Sessions_are_read_in_pieces()
    {
        using FlowRig rig = new FlowRig().PermitOut();
        for (ushort port = 1; port <= 10; port++)
        {
            Assert.True(rig.Out(Udp(Host, port, Server, 53)));
        }

        Assert.Equal(4, rig.Sessions("0-3").Count);
        Assert.Equal(6, rig.Sessions("4-99999").Count);
        Assert.Empty(rig.Sessions("10-20"));
        SessionState one = rig.Sessions("7-7").Single();
        Assert.Equal(one, Assert.Single(rig.Sessions($"{one.Id}")));
        foreach (string nonsense in (string[])["x", "-", "1-", "-1", "4096", "99999999999999999999999", "5-x", "9-2"])
        {
            Assert.Empty(rig.Sessions(nonsense));
        }
    }

    private static void Handshake(FlowRig rig, ushort port)
    {
        Assert.True(rig.Out(Tcp(Host, port, Server, 80, Syn)));
        Assert.True(rig.In(Tcp(Server, 80, Host, port, Syn | Ack)));
        Assert.True(rig.Out(Tcp(Host, port, Server, 80, Ack)));
    }
}
