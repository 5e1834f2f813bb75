using RouterOS.Scenario.Simulated;

namespace RouterOS.Scenario.Dvmrp;

/// <summary>
/// Three E Series routers with DVMRP: a source behind the first one, a host that joins and leaves behind the third one. Every router's tables
/// at every stage are on record in <c>tables.txt</c> and <c>lifetimes.txt</c>.
/// </summary>
/// <remarks>The way of two hops by the second router is nearer than the direct one, which has a metric of ten.</remarks>
public sealed class DvmrpTablesTests : IDisposable
{
    private readonly DvmrpNetwork _net = new();
    private readonly TableRecord _record = new("tables.txt");
    private readonly SimulatedRouter[] _routers;

    public DvmrpTablesTests()
    {
        const string Far = " ip dvmrp metric-offset in 10\n";
        SimulatedRouter one = _net.Router(
            "one", ("fastEthernet 1/0", "10.1.0.1", ""), ("fastEthernet 1/1", "10.12.0.1", ""), ("fastEthernet 1/2", "10.13.0.1", Far));
        SimulatedRouter two = _net.Router("two", ("fastEthernet 1/1", "10.12.0.2", ""), ("fastEthernet 1/2", "10.23.0.2", ""));
        SimulatedRouter three = _net.Router(
            "three", ("fastEthernet 1/0", "10.3.0.1", ""), ("fastEthernet 1/1", "10.13.0.3", Far), ("fastEthernet 1/2", "10.23.0.3", ""));
        _net.Network.Wire(one, "fastEthernet1/1", two, "fastEthernet1/1");
        _net.Network.Wire(two, "fastEthernet1/2", three, "fastEthernet1/2");
        _net.Network.Wire(one, "fastEthernet1/2", three, "fastEthernet1/1");
        _net.Hosts(one, "fastEthernet1/0", three, "fastEthernet1/0");
        _routers = [one, two, three];
    }

    public void Dispose() => _net.Dispose();

    [Fact]
    public void Packets_flow_and_are_pruned_and_grafted_and_find_another_way()
    {
        SimulatedRouter one = _routers[0];
        SimulatedRouter two = _routers[1];
        SimulatedRouter three = _routers[2];
        _net.Network.Start();
        _net.Network.Wait(() => Route(three).Contains("10.1.0.0/24        10.23.0.2", StringComparison.Ordinal), "the route by the second router", 90);
        _net.Network.Run(10);
        _record.Stage("The routers know each other; nothing is sent yet.", _routers);
        Assert.Contains("2 neighbors", two.Run("show ip dvmrp neighbor"), StringComparison.Ordinal);

        _net.Send(5);
        _record.Stage("Packets come and nobody has joined: pruned up to the source's router.", _routers);
        Assert.Equal(0, _net.Heard());
        Assert.Contains("NULL", one.Run("show ip mroute"), StringComparison.Ordinal);
        Assert.Contains("Pruned by 10.12.0.2", Pruned(one), StringComparison.Ordinal);
        Assert.Contains("Pruned for", Pruned(three), StringComparison.Ordinal);

        _net.Join();
        _net.Send(5);
        _record.Stage("A host joins behind three: grafted.", _routers);
        Assert.InRange(_net.Heard(), 45, 50);
        Assert.Contains("Forward/Dvmrp", one.Run("show ip mroute"), StringComparison.Ordinal);
        Assert.Contains("Forward/Igmp", three.Run("show ip mroute"), StringComparison.Ordinal);
        Assert.DoesNotContain("Pruned", Pruned(one), StringComparison.Ordinal);

        _net.Leave();
        _net.Send(4);
        _ = _net.Heard();
        _net.Send(5);
        _record.Stage("It leaves; nobody answers the two questions whether somebody is left: pruned.", _routers);
        Assert.Equal(0, _net.Heard());
        Assert.Contains("Pruned by 10.12.0.2", Pruned(one), StringComparison.Ordinal);

        _net.Send(60, between: 1);
        _record.Stage("A minute later the prunes, of two hours, still hold: not one packet has left one.", _routers);
        Assert.Equal(0, _net.Heard());
        Assert.Matches(@"Pruned by 10\.12\.0\.2 on fastEthernet1/1, expires in 71\d\d secs", Pruned(one));

        _net.Join();
        _net.Send(5);
        _record.Stage("It returns: grafted again.", _routers);
        Assert.InRange(_net.Heard(), 45, 50);

        two.KillEngine();
        two.KillModule();
        _net.Send(40);
        _record.Stage("Two is killed: its neighbours have given it up, and hold down what it told.", one, three);
        Assert.Contains("32*", Route(three), StringComparison.Ordinal);
        Assert.Contains("1 neighbors", one.Run("show ip dvmrp neighbor"), StringComparison.Ordinal);
        _net.Send(200);
        _ = _net.Heard();
        _net.Send(10);
        _record.Stage("Held down for long enough: the direct way is taken, packets flow again.", one, three);
        Assert.InRange(_net.Heard(), 98, 102);
        Assert.Contains("incoming interface fastEthernet1/1", three.Run("show ip mroute"), StringComparison.Ordinal);

        two.StartModule();
        two.StartEngine();
        _net.Send(150);
        _ = _net.Heard();
        _net.Send(10);
        _record.Stage("Two is back: the nearer way again.", _routers);
        Assert.InRange(_net.Heard(), 98, 102);
        Assert.Contains("incoming interface fastEthernet1/2", three.Run("show ip mroute"), StringComparison.Ordinal);
        _record.Compare();
    }

    [Fact]
    public void A_prune_from_below_is_passed_on_with_what_is_left_of_it_and_ends_by_itself()
    {
        TableRecord record = new("lifetimes.txt");
        using DvmrpNetwork net = new();
        SimulatedRouter near = net.Router("near", ("fastEthernet 1/0", "10.1.0.1", ""), ("fastEthernet 1/1", "10.12.0.1", ""));
        SimulatedRouter far = net.Router("far", ("fastEthernet 1/1", "10.12.0.2", ""), ("fastEthernet 1/0", "10.3.0.1", ""));
        net.Network.Wire(near, "fastEthernet1/1", far, "fastEthernet1/1");
        net.Hosts(near, "fastEthernet1/0", far, "fastEthernet1/0");
        net.Network.Start();
        net.Network.Wait(() => Route(far).Contains("10.1.0.0/24        10.12.0.1", StringComparison.Ordinal), "the route to the source", 90);

        // Behind far is a neighbour that is played by the test: it depends on far for the source's network.
        net.PlayNeighbor("10.3.0.1", "10.1.0.0", 24);
        net.Send(5);
        record.Stage("A neighbour behind far depends on it for the source: packets flow.", near, far);
        Assert.InRange(net.Heard(), 35, 50);

        net.PlayPrune("10.3.0.1", "10.1.0.10", 40);
        net.Send(5);
        record.Stage("It prunes for 40 seconds; far prunes for what is left of that.", near, far);
        _ = net.Heard();
        Assert.Matches(@"Pruned by 10\.12\.0\.2 on fastEthernet1/1, expires in 3\d secs", Pruned(near));
        net.PlayNeighbor("10.3.0.1", "10.1.0.0", 24);
        net.Send(25);
        Assert.Equal(0, net.Heard());
        net.PlayNeighbor("10.3.0.1", "10.1.0.0", 24);
        net.Send(15);
        record.Stage("The prunes have ended by themselves: packets flow again.", near, far);
        Assert.InRange(net.Heard(), 30, 100);
        Assert.DoesNotContain("Pruned", Pruned(near), StringComparison.Ordinal);
        record.Compare();
    }

    private static string Route(SimulatedRouter router) => router.Run("show ip dvmrp route");

    private static string Pruned(SimulatedRouter router) => router.Run("show ip dvmrp mroute");
}
