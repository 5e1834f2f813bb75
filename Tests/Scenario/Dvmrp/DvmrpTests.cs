using RouterOS.Scenario.Simulated;

namespace RouterOS.Scenario.Dvmrp;

/// <summary>E Series routers with DVMRP: restarts and tunnels.</summary>
public sealed class DvmrpTests : IDisposable
{
    private readonly DvmrpNetwork _net = new();

    public void Dispose() => _net.Dispose();

    [Fact]
    public void Entries_go_on_forwarding_while_the_routing_engine_restarts()
    {
        SimulatedRouter one = _net.Router("one", ("fastEthernet 1/0", "10.1.0.1", ""), ("fastEthernet 1/1", "10.3.0.1", ""));
        _net.Hosts(one, "fastEthernet1/0", one, "fastEthernet1/1");
        _net.Network.Start();
        _net.Network.Run(2);
        _net.Join();
        _net.Send(3);
        Assert.InRange(_net.Heard(), 25, 30);
        one.KillEngine();
        _net.Send(1);
        Assert.InRange(_net.Heard(), 9, 11);
        one.StartEngine();
        _net.Send(100);
        Assert.InRange(_net.Heard(), 980, 1010);
    }

    [Fact]
    public void A_tunnel_carries_neighbours_and_packets_over_routers_without_multicast()
    {
        SimulatedRouter one = Tunnelled("one", "10.1.0.1", 1);
        SimulatedRouter two = Tunnelled("two", "10.3.0.1", 2);
        _net.Network.Wire(one, "gigabitEthernet2/0", two, "gigabitEthernet2/0");
        _net.Hosts(one, "fastEthernet1/0", two, "fastEthernet1/0");
        _net.Network.Start();
        _net.Network.Wait(() => two.Run("show ip dvmrp route").Contains("10.1.0.0/24        10.6.0.1", StringComparison.Ordinal), "the route by the tunnel", 90);
        _net.Join();
        _net.Send(5);
        _ = _net.Heard();
        _net.Send(5);
        Assert.Equal(50, _net.Heard());
        Assert.Contains("Type: tunnel", one.Run("show ip dvmrp interface"), StringComparison.Ordinal);
    }

    [Fact]
    public void Virtual_routers_with_the_same_addresses_have_neighbours_routes_filters_and_entries_of_their_own()
    {
        SimulatedRouter near = Twofold("near", "10.1.0.1", "10.12.0.1", "");
        SimulatedRouter far = Twofold("far", "10.3.0.1", "10.12.0.2", " ip dvmrp accept-filter others\n");
        _net.Network.Wire(near, "fastEthernet1/1", far, "fastEthernet1/1");
        _net.Network.Wire(near, "fastEthernet1/3", far, "fastEthernet1/3");
        _ = _net.Network.Host("10.1.0.20", "10.1.0.1", near, "fastEthernet1/0");
        _net.Hosts(near, "fastEthernet1/2", far, "fastEthernet1/2");
        _net.Network.Start();
        _net.Network.Wait(
            () => far.Run("virtual-router red\nshow ip dvmrp route").Contains("10.1.0.0/24        10.12.0.1", StringComparison.Ordinal), "the route in red", 90);
        _net.Join();
        _net.Send(5);
        _ = _net.Heard();
        _net.Send(5);
        Assert.Equal(50, _net.Heard());

        Assert.Contains("1 neighbors", far.Run("show ip dvmrp neighbor"), StringComparison.Ordinal);
        Assert.DoesNotContain("10.1.0.0/24", far.Run("show ip dvmrp route"), StringComparison.Ordinal);
        Assert.Matches("Filtered Routes: [1-9]", far.Run("show ip dvmrp interface").Split("fastEthernet1/1")[1]);
        Assert.Contains("Counts: 0 (S, G) entries", far.Run("show ip mroute"), StringComparison.Ordinal);
        Assert.DoesNotContain(DvmrpNetwork.Group, far.Run("show ip igmp groups"), StringComparison.Ordinal);
        string red = far.Run("virtual-router red\nshow ip mroute\nshow ip igmp groups\nshow ip dvmrp interface");
        Assert.Contains("incoming interface fastEthernet1/3", red, StringComparison.Ordinal);
        Assert.Contains(DvmrpNetwork.Group, red, StringComparison.Ordinal);
        Assert.Contains("2 interfaces", red, StringComparison.Ordinal);

        // Without the filter the route is there with the next report; without the process the other one goes on.
        far.Run("enable\nconfigure terminal\ninterface fastEthernet 1/1\nno ip dvmrp accept-filter others");
        _net.Network.Wait(() => far.Run("show ip dvmrp route").Contains("10.1.0.0/24        10.12.0.1", StringComparison.Ordinal), "the route in default", 90);
        far.Run("enable\nconfigure terminal\nno router dvmrp");
        _net.Send(5);
        Assert.InRange(_net.Heard(), 49, 51);
        Assert.Contains("0 neighbors", far.Run("show ip dvmrp neighbor"), StringComparison.Ordinal);
        Assert.Contains("1 neighbors", far.Run("virtual-router red\nshow ip dvmrp neighbor"), StringComparison.Ordinal);
    }

    private SimulatedRouter Twofold(string name, string inside, string between, string filter) => _net.Network.Router(
        name,
        "erx1440",
        $"hostname {name}\n" + Half("default", 0, inside, between, filter) + Half("red", 2, inside, between, ""));

    private static string Half(string router, int port, string inside, string between, string filter) =>
        $"virtual-router {router}\naccess-list others deny 10.1.0.0 0.0.255.255\naccess-list others permit any\nip multicast-routing\nrouter dvmrp\n"
        + $"interface fastEthernet 1/{port}\n ip address {inside} 255.255.255.0\n ip igmp\n ip dvmrp\n"
        + $"interface fastEthernet 1/{port + 1}\n ip address {between} 255.255.255.0\n ip igmp\n ip dvmrp\n{filter}";

    private SimulatedRouter Tunnelled(string name, string inside, int end) => _net.Network.Router(
        name,
        "erx1440",
        $"hostname {name}\nvirtual-router default\nip multicast-routing\nrouter dvmrp\n"
        + $"interface fastEthernet 1/0\n ip address {inside} 255.255.255.0\n ip igmp\n ip dvmrp\n"
        + $"interface gigabitEthernet 2/0\n ip address 192.0.2.{end} 255.255.255.0\n"
        + $"interface tunnel dvmrp:mc\n tunnel source 192.0.2.{end}\n tunnel destination 192.0.2.{3 - end}\n ip address 10.6.0.{end} 255.255.255.0\n ip dvmrp\n");
}
