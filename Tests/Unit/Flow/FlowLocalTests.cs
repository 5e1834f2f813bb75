using RouterOS.Packets;
using RouterOS.Proto.Flow.V1;
using RouterOS.Unit.Forwarding;
using static RouterOS.Unit.Flow.FlowPackets;
using static RouterOS.Unit.Flow.FlowRig;

namespace RouterOS.Unit.Flow;

public sealed class FlowLocalTests
{
    private const string Own = "203.0.113.1";
    private const string Peer = "203.0.113.2";

    [Fact]
    public void Only_what_host_inbound_traffic_names_reaches_the_router()
    {
        using FlowRig rig = new();
        rig.Bind(Outside, Untrust, new HostInboundRow { Services = { Service(17, 500), Service(1, 8), Service(17, 33434, 33534) }, Protocols = { 89 } });
        Assert.True(rig.Enters(Outside, Udp(Peer, 500, Own, 500)));
        Assert.False(rig.Enters(Outside, Udp(Peer, 4500, Own, 4500)));
        Assert.True(rig.Enters(Outside, Icmp(Peer, Own, 8, 1)));
        Assert.False(rig.Enters(Outside, Icmp(Peer, Own, 13, 1)));
        Assert.True(rig.Enters(Outside, Udp(Peer, 9999, Own, 33500)));
        Assert.False(rig.Enters(Outside, Udp(Peer, 9999, Own, 33535)));
        Assert.False(rig.Enters(Outside, Tcp(Peer, 9999, Own, 22, Syn)));
        Assert.True(rig.Enters(Outside, Build.Ip(Peer, "224.0.0.5", (IpProtocol)89, new byte[24])));
        Assert.False(rig.Enters(Outside, Build.Ip(Peer, Own, (IpProtocol)103, new byte[24])));
        Assert.False(rig.Enters(Inside, Udp("10.1.0.9", 500, "10.1.0.1", 500)));
        InterfaceFlowCounters counters = rig.Counters(Outside);
        Assert.Equal((4UL, 5UL, 2UL, 1UL), (counters.SelfPackets, counters.NoSelfInterest, counters.IcmpPackets, counters.MulticastIn));
        Assert.Equal(1u, rig.Counters(Inside).NoSelfInterest);
        Assert.Equal(6u, rig.Drops("host-inbound"));
    }

    [Fact]
    public void All_services_and_all_protocols_are_two_things()
    {
        using FlowRig rig = new();
        byte[] tcp = Tcp(Peer, 1, Own, 22, Syn);
        byte[] ospf = Build.Ip(Peer, Own, (IpProtocol)89, new byte[24]);
        rig.Bind(Outside, Untrust, new HostInboundRow { AllServices = true });
        Assert.Equal((true, false), (rig.Enters(Outside, tcp), rig.Enters(Outside, ospf)));
        rig.Bind(Outside, Untrust, new HostInboundRow { AllProtocols = true });
        Assert.Equal((false, true), (rig.Enters(Outside, tcp), rig.Enters(Outside, ospf)));
        rig.Bind(Outside, Untrust, new HostInboundRow { Services = { new Service { Protocol = 6, FirstPort = 0xffff, LastPort = 0xffff } } });
        Assert.Equal((true, false), (rig.Enters(Outside, tcp), rig.Enters(Outside, Udp(Peer, 1, Own, 22))));
    }

    [Fact]
    public void Answers_to_the_router_come_in_by_the_zone_they_were_asked_in()
    {
        using FlowRig rig = new();
        byte[] answer = Udp(Peer, 123, Own, 5000);
        Assert.False(rig.Enters(Outside, answer));
        rig.SendOwn(Udp(Own, 5000, Peer, 123));
        Assert.True(rig.Enters(Outside, answer));
        Assert.False(rig.Enters(Inside, answer));
        Assert.False(rig.Enters(Outside, Udp(Peer, 123, Own, 5001)));
        SessionState session = Assert.Single(rig.Sessions());
        Assert.Equal((0u, Outside, 1UL, 1UL), (session.IngressInterface, session.EgressInterface, session.ForwardPackets, session.ReversePackets));
        rig.SendOwn(Icmp(Own, Peer, 8, 70));
        Assert.True(rig.Enters(Outside, Icmp(Peer, Own, 0, 70)));
        Assert.False(rig.Enters(Outside, Icmp(Peer, Own, 0, 71)));
        rig.Wait(62);
        Assert.False(rig.Enters(Outside, answer));
    }

    [Fact]
    public void Answers_survive_a_change_of_policies()
    {
        using FlowRig rig = new();
        rig.SendOwn(Udp(Own, 5000, Peer, 123));
        rig.PermitOut();
        rig.Wait(0.5);
        Assert.True(rig.Enters(Outside, Udp(Peer, 123, Own, 5000)));
        rig.Bind(Outside, 7);
        Assert.True(rig.Enters(Outside, Udp(Peer, 123, Own, 5000)));
    }

    [Fact]
    public void Ike_needs_its_service_even_when_the_router_spoke_first()
    {
        using FlowRig rig = new();
        rig.SendOwn(Udp(Own, 500, Peer, 500));
        rig.SendOwn(Udp(Own, 4500, Peer, 4500));
        Assert.Equal(0u, rig.Summary().Sessions);
        Assert.False(rig.Enters(Outside, Udp(Peer, 500, Own, 500)));
        Assert.False(rig.Enters(Outside, Udp(Peer, 4500, Own, 4500)));
        Assert.True(rig.Enters(Outside, Error("203.0.113.254", Own, Udp(Own, 500, Peer, 500))));
    }

    [Fact]
    public void Esp_is_judged_by_its_sa_but_not_where_there_is_no_zone()
    {
        using FlowRig rig = new();
        Assert.True(rig.Enters(Outside, Build.Ip(Peer, Own, IpProtocol.Esp, new byte[40])));
        Assert.True(rig.Enters(Outside, Build.Ip(Peer, Own, IpProtocol.Ah, new byte[40])));
        Assert.False(rig.Enters(Unbound, Build.Ip("10.4.0.9", "10.4.0.1", IpProtocol.Esp, new byte[40])));
        Assert.Equal((2UL, 2UL), (rig.Counters(Outside).VpnPackets, rig.Counters(Outside).SelfPackets));
        Assert.Equal(1u, rig.Counters(Unbound).NoZone);
    }

    [Fact]
    public void Icmp_errors_reach_the_router_about_its_own_packets_only()
    {
        using FlowRig rig = new();
        byte[] own = Udp(Own, 5000, Peer, 123);
        Assert.False(rig.Enters(Outside, Error(Peer, Own, own)));
        rig.SendOwn(own);
        Assert.True(rig.Enters(Outside, Error(Peer, Own, own)));
        Assert.False(rig.Enters(Outside, Error(Peer, Own, Udp(Peer, 123, Own, 5000))));
        Assert.True(rig.Enters(Outside, Error(Peer, Own, Build.Ip(Own, Peer, IpProtocol.Esp, new byte[40]))));
        Assert.False(rig.Enters(Outside, Error(Peer, Own, Build.Ip(Peer, Own, IpProtocol.Esp, new byte[40]))));
    }

    [Fact]
    public void Nothing_that_answers_others_opens_a_session()
    {
        using FlowRig rig = new();
        rig.SendOwn(Icmp(Own, Peer, 0, 3));
        rig.SendOwn(Error(Own, Peer, Udp(Peer, 1, Own, 2)));
        rig.SendOwn(Tcp(Own, 80, Peer, 1024, Rst | Ack));
        rig.SendOwn(Build.Ip(Own, Peer, IpProtocol.Esp, new byte[40]), PacketFlags.LocallyOriginated | PacketFlags.TunnelOuter);
        rig.SendOwn(Udp(Own, 5000, "203.0.113.255", 67));
        Assert.Equal(0u, rig.Summary().Sessions);
        Assert.True(rig.Counters(Outside).BytesPermittedOut > 0);
    }

    [Fact]
    public void The_router_reaches_itself_whatever_its_zones_say()
    {
        using FlowRig rig = new();
        ulong before = rig.Chassis.Node("ip4-deliver").Packets;
        rig.SendOwn(Icmp(Own, "10.1.0.1", 8, 3));
        // The request and the reply.
        Assert.Equal(before + 2, rig.Chassis.Node("ip4-deliver").Packets);
        Assert.False(rig.Enters(Outside, Icmp(Own, "10.1.0.1", 8, 3)));
    }

    [Fact]
    public void A_reset_for_a_rejected_connection_leaves_no_session_behind()
    {
        using FlowRig rig = new();
        rig.Policies(Trust, Untrust, Rule(1, Policy.Types.Action.Reject));
        Assert.Single(rig.Send(Inside, Tcp("10.1.0.10", 1024, Peer, 80, Syn)));
        Assert.Equal(0u, rig.Summary().Sessions);
        Assert.Single(rig.Send(Inside, Tcp("10.1.0.10", 1024, Peer, 80, Syn)));
    }
}
