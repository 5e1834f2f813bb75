using Google.Protobuf;
using RouterOS.Forwarding;
using RouterOS.Packets;
using RouterOS.Proto.Flow.V1;
using RouterOS.Unit.Forwarding;

namespace RouterOS.Unit.Flow;

public sealed class Flow6Tests
{
    private const string Client = "2001:db8:1::9";
    private const string Server = "2001:db8:2::9";

    [Fact]
    public void Without_flow_mode_all_of_ipv6_is_dropped_but_neighbour_discovery()
    {
        using FlowRig rig = Rig(flowBased: false);
        Assert.Empty(rig.Send(FlowRig.Inside, Build6.Udp(Client, Server, 53)));
        Assert.Empty(rig.Send(FlowRig.Inside, Build6.Echo(Client, "2001:db8:1::1")));
        Assert.Equal(2ul, rig.Chassis.Drops("flow/ipv6-off"));
        _ = rig.Send(FlowRig.Inside, Build6.Neighbor(Icmp6Type.NeighborSolicitation, Client, "2001:db8:1::1", "2001:db8:1::1", []));
        Assert.Equal(2ul, rig.Chassis.Drops("flow/ipv6-off"));
    }

    [Fact]
    public void A_permitted_flow_has_a_session_and_its_answers_pass()
    {
        using FlowRig rig = Rig();
        Assert.Empty(rig.Send(FlowRig.Outside, Build6.Udp(Server, Client, 53)));
        Assert.Single(rig.Send(FlowRig.Inside, Build6.Udp(Client, Server, 53)));
        byte[] answer = Build6.Udp(Server, Client, 40000);
        UdpHeader.Write(answer.AsSpan(40), 53, 40000, answer.AsSpan(8, 32));
        Assert.Single(rig.Send(FlowRig.Outside, answer));
        SessionState session = SessionState.Parser.ParseFrom(Assert.Single(rig.Chassis.Plane.Snapshot("flow-session", "")).Value);
        Assert.Equal(
            (Chassis.Ip6(Client), Chassis.Ip6(Server), 1ul, 1ul),
            (Ipv6Address.Read(session.Source6.Span), Ipv6Address.Read(session.Destination6.Span), session.ForwardPackets, session.ReversePackets));
    }

    [Fact]
    public void A_ping_and_the_errors_about_it_pass_and_unasked_ones_do_not()
    {
        using FlowRig rig = Rig();
        byte[] ping = Build6.Echo(Client, Server);
        Assert.Single(rig.Send(FlowRig.Inside, ping));
        Assert.Single(rig.Send(FlowRig.Outside, Error(Client, ping)));
        Assert.Empty(rig.Send(FlowRig.Outside, Error("2001:db8:1::8", ping)));
        Assert.Empty(rig.Send(FlowRig.Outside, Error(Client, Build6.Echo(Client, "2001:db8:2::77"))));
        Assert.Equal(2ul, rig.Chassis.Drops("flow/no-session"));
    }

    [Fact]
    public void Prefixes_of_both_families_are_held_apart()
    {
        using FlowRig rig = Rig();
        rig.Policies(FlowRig.Trust, FlowRig.Untrust, Rule("2001:db8:2::", 48, 1));
        Assert.Single(rig.Send(FlowRig.Inside, Build6.Udp(Client, Server, 53)));
        Assert.Empty(rig.Send(FlowRig.Inside, FlowPackets.Udp("10.1.0.9", 1, "203.0.113.9", 2)));
        rig.Policies(FlowRig.Trust, FlowRig.Untrust, Rule("2001:db8:3::", 48, 1));
        Assert.Empty(rig.Send(FlowRig.Inside, Build6.Udp(Client, Server, 53)));
        PolicyRuleRow version4 = FlowRig.Rule(1, Policy.Types.Action.Permit);
        version4.Destinations.Add(new PrefixRow());
        rig.Policies(FlowRig.Trust, FlowRig.Untrust, version4);
        Assert.Empty(rig.Send(FlowRig.Inside, Build6.Udp(Client, Server, 54)));
        Assert.Single(rig.Send(FlowRig.Inside, FlowPackets.Udp("10.1.0.9", 1, "203.0.113.9", 2)));
    }

    [Fact]
    public void The_word_ping_of_host_inbound_lets_both_pings_in()
    {
        using FlowRig rig = Rig();
        Assert.Empty(rig.Send(FlowRig.Inside, Build6.Echo(Client, "2001:db8:1::1")));
        HostInboundRow host = new();
        host.Services.Add(FlowRig.Service(1, 8));
        rig.Bind(FlowRig.Inside, FlowRig.Trust, host);
        Assert.Single(rig.Send(FlowRig.Inside, Build6.Echo(Client, "2001:db8:1::1")));
    }

    [Fact]
    public void Addresses_of_sessions_that_are_over_have_no_numbers()
    {
        var numbers = new RouterOS.Flow.Nodes.AddressNumbers();
        uint one = numbers.Take(Chassis.Ip6(Client));
        Assert.Equal(one, numbers.Take(Chassis.Ip6(Client)));
        Assert.NotEqual(one, numbers.Take(Chassis.Ip6(Server)));
        numbers.Release(one);
        Assert.Equal(one, numbers.Find(Chassis.Ip6(Client)));
        numbers.Release(one);
        Assert.Equal((0u, 1), (numbers.Find(Chassis.Ip6(Client)), numbers.Count));
        for (int i = 0; i < 1000; i++)
        {
            numbers.Release(numbers.Take((UInt128)i + 5));
        }

        Assert.Equal(1, numbers.Count);
    }

    private static FlowRig Rig(bool flowBased = true)
    {
        FlowRig rig = new FlowRig().PermitOut();
        rig.Chassis.Interface6(FlowRig.Inside, "p1", "2001:db8:1::1/64");
        rig.Chassis.Interface6(FlowRig.Outside, "p2", "2001:db8:2::1/64");
        rig.Chassis.Set("flow", "default", new FlowDefaultRow { Inet6FlowBased = flowBased });
        return rig;
    }

    private static PolicyRuleRow Rule(string destination, uint length, uint id)
    {
        byte[] bytes = new byte[16];
        Ipv6Address.Write(bytes, Chassis.Ip6(destination));
        PolicyRuleRow rule = FlowRig.Rule(id, Policy.Types.Action.Permit);
        rule.Destinations.Add(new PrefixRow { Prefix6 = ByteString.CopyFrom(bytes), PrefixLength = length });
        return rule;
    }

    private static byte[] Error(string to, byte[] about)
    {
        byte[] packet = Build6.Ip("2001:db8:2::fe", to, 58, [.. new byte[8], .. about]);
        Icmp6Header.Write(packet.AsSpan(40), Icmp6Type.DestinationUnreachable, 4, 0, packet.AsSpan(8, 32));
        return packet;
    }
}
