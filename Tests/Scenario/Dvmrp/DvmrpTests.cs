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

    private SimulatedRouter Tunnelled(string name, string inside, int end) => _net.Network.Router(
        name,
        "erx1440",
        $"hostname {name}\nvirtual-router default\nip multicast-routing\nrouter dvmrp\n"
        + $"interface fastEthernet 1/0\n ip address {inside} 255.255.255.0\n ip igmp\n ip dvmrp\n"
        + $"interface gigabitEthernet 2/0\n ip address 192.0.2.{end} 255.255.255.0\n"
        + $"interface tunnel dvmrp:mc\n tunnel source 192.0.2.{end}\n tunnel destination 192.0.2.{3 - end}\n ip address 10.6.0.{end} 255.255.255.0\n ip dvmrp\n");
}
