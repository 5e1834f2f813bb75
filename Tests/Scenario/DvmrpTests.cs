using System.Buffers.Binary;
using RouterOS.Multicast.Wire;
using RouterOS.Scenario.Simulated;
using Xunit.Abstractions;

namespace RouterOS.Scenario;

/// <summary>Three E Series routers with DVMRP: a source behind the first one, hosts that join and leave behind the third one.</summary>
/// <remarks>The way of two hops by the second router is nearer than the direct one, which has a metric of ten.</remarks>
public sealed class DvmrpTests(ITestOutputHelper output) : IDisposable
{
    private const string Group = "239.1.2.3";
    private const uint GroupNumber = 0xef010203;

    private readonly SimulatedNetwork _network = new();
    private SimulatedHost _source = null!;
    private SimulatedHost _receiver = null!;
    private uint _number;

    public void Dispose() => _network.Dispose();

    [Fact]
    public void Packets_flow_and_are_pruned_and_grafted_and_find_another_way()
    {
        SimulatedRouter one = Router("one", ("fastEthernet 1/0", "10.1.0.1", ""), ("fastEthernet 1/1", "10.12.0.1", ""), ("fastEthernet 1/2", "10.13.0.1", " ip dvmrp metric-offset in 10\n"));
        SimulatedRouter two = Router("two", ("fastEthernet 1/1", "10.12.0.2", ""), ("fastEthernet 1/2", "10.23.0.2", ""));
        SimulatedRouter three = Router("three", ("fastEthernet 1/0", "10.3.0.1", ""), ("fastEthernet 1/1", "10.13.0.3", " ip dvmrp metric-offset in 10\n"), ("fastEthernet 1/2", "10.23.0.3", ""));
        _network.Wire(one, "fastEthernet1/1", two, "fastEthernet1/1");
        _network.Wire(two, "fastEthernet1/2", three, "fastEthernet1/2");
        _network.Wire(one, "fastEthernet1/2", three, "fastEthernet1/1");
        _source = _network.Host("10.1.0.10", "10.1.0.1", one, "fastEthernet1/0");
        _receiver = _network.Host("10.3.0.10", "10.3.0.1", three, "fastEthernet1/0");
        _network.Start();

        _network.Wait(() => three.Run("show ip dvmrp route").Contains("10.1.0.0/24        10.23.0.2", StringComparison.Ordinal), "the route by the second router", 90);
        _network.Run(10);
        Show(three, "show ip dvmrp route");
        Show(one, "show ip dvmrp routeNextHop");
        Show(two, "show ip dvmrp neighbor");
        Assert.Contains("2 neighbors", two.Run("show ip dvmrp neighbor"), StringComparison.Ordinal);

        // Nobody has joined: the packets are pruned up to the source's router.
        Send(5);
        Assert.Equal(0, Heard());
        Show(one, "show ip dvmrp mroute");
        Show(one, "show ip mroute");
        Assert.Contains("NULL", one.Run("show ip mroute"), StringComparison.Ordinal);
        Assert.Contains("Pruned by 10.12.0.2", one.Run("show ip dvmrp mroute"), StringComparison.Ordinal);
        Assert.Contains("Pruned for", three.Run("show ip dvmrp mroute"), StringComparison.Ordinal);

        // A host joins: grafted.
        Report(IgmpType.ReportVersion2);
        Send(5);
        Assert.InRange(Heard(), 45, 50);
        Show(three, "show ip igmp groups");
        Show(one, "show ip mroute statistics");
        Assert.Contains("Forward/Dvmrp", one.Run("show ip mroute"), StringComparison.Ordinal);
        Assert.Contains("Forward/Igmp", three.Run("show ip mroute"), StringComparison.Ordinal);
        Assert.DoesNotContain("Pruned", one.Run("show ip dvmrp mroute"), StringComparison.Ordinal);

        // It leaves: asked twice whether somebody is left, then pruned.
        Report(IgmpType.Leave);
        Send(4);
        _ = Heard();
        Send(5);
        Assert.Equal(0, Heard());
        Assert.Contains("Pruned by 10.12.0.2", one.Run("show ip dvmrp mroute"), StringComparison.Ordinal);

        // It returns.
        Report(IgmpType.ReportVersion2);
        Send(5);
        Assert.InRange(Heard(), 45, 50);

        // The router between goes down hard: its neighbours give it up, hold its routes down, and take the direct way.
        two.KillEngine();
        two.KillModule();
        Send(240);
        Show(three, "show ip dvmrp route");
        _ = Heard();
        Send(10);
        Assert.InRange(Heard(), 98, 102);
        Assert.Contains("incoming interface fastEthernet1/1", three.Run("show ip mroute"), StringComparison.Ordinal);

        // It returns: the nearer way again.
        two.StartModule();
        two.StartEngine();
        Send(150);
        _ = Heard();
        Send(10);
        Assert.InRange(Heard(), 98, 102);
        Show(three, "show ip mroute");
        Assert.Contains("incoming interface fastEthernet1/2", three.Run("show ip mroute"), StringComparison.Ordinal);
    }

    [Fact]
    public void Entries_go_on_forwarding_while_the_routing_engine_restarts()
    {
        SimulatedRouter one = Router("one", ("fastEthernet 1/0", "10.1.0.1", ""), ("fastEthernet 1/1", "10.3.0.1", ""));
        _source = _network.Host("10.1.0.10", "10.1.0.1", one, "fastEthernet1/0");
        _receiver = _network.Host("10.3.0.10", "10.3.0.1", one, "fastEthernet1/1");
        _network.Start();
        _network.Run(2);
        Report(IgmpType.ReportVersion2);
        Send(3);
        Assert.InRange(Heard(), 25, 30);
        one.KillEngine();
        Send(1);
        Assert.InRange(Heard(), 9, 11);
        one.StartEngine();
        Send(100);
        Assert.InRange(Heard(), 980, 1010);
    }

    [Fact]
    public void A_tunnel_carries_neighbours_and_packets_over_routers_without_multicast()
    {
        SimulatedRouter one = Tunnelled("one", "10.1.0.1", 1);
        SimulatedRouter two = Tunnelled("two", "10.3.0.1", 2);
        _network.Wire(one, "gigabitEthernet2/0", two, "gigabitEthernet2/0");
        _source = _network.Host("10.1.0.10", "10.1.0.1", one, "fastEthernet1/0");
        _receiver = _network.Host("10.3.0.10", "10.3.0.1", two, "fastEthernet1/0");
        _network.Start();
        _network.Wait(() => two.Run("show ip dvmrp route").Contains("10.1.0.0/24        10.6.0.1", StringComparison.Ordinal), "the route by the tunnel", 90);
        Report(IgmpType.ReportVersion2);
        Send(5);
        _ = Heard();
        Send(5);
        Assert.Equal(50, Heard());
        Show(one, "show ip dvmrp interface");
        Show(two, "show ip mroute");
        Assert.Contains("Type: tunnel", one.Run("show ip dvmrp interface"), StringComparison.Ordinal);
    }

    private SimulatedRouter Tunnelled(string name, string inside, int end) => _network.Router(
        name,
        "erx1440",
        $"hostname {name}\nvirtual-router default\nip multicast-routing\nrouter dvmrp\n"
        + $"interface fastEthernet 1/0\n ip address {inside} 255.255.255.0\n ip igmp\n ip dvmrp\n"
        + $"interface gigabitEthernet 2/0\n ip address 192.0.2.{end} 255.255.255.0\n"
        + $"interface tunnel dvmrp:mc\n tunnel source 192.0.2.{end}\n tunnel destination 192.0.2.{3 - end}\n ip address 10.6.0.{end} 255.255.255.0\n ip dvmrp\n");

    private SimulatedRouter Router(string name, params (string Port, string Address, string More)[] interfaces) => _network.Router(
        name,
        "erx1440",
        $"hostname {name}\nvirtual-router default\nip multicast-routing\nrouter dvmrp\n" + string.Concat(interfaces.Select(
            i => $"interface {i.Port}\n ip address {i.Address} 255.255.255.0\n ip igmp\n ip dvmrp\n{i.More}")));

    private void Report(IgmpType type) => _receiver.Send(
        type == IgmpType.Leave ? "224.0.0.2" : Group, 2, IgmpWriter.Simple(type, GroupNumber), ttl: 1);

    // Ten packets a second. A host that is there answers queries: it says twice a minute that it is.
    private void Send(double seconds)
    {
        for (int i = 0; i < seconds * 10; i++)
        {
            byte[] payload = new byte[12];
            BinaryPrimitives.WriteUInt16BigEndian(payload, 5000);
            BinaryPrimitives.WriteUInt16BigEndian(payload.AsSpan(2), 5000);
            BinaryPrimitives.WriteUInt16BigEndian(payload.AsSpan(4), 12);
            BinaryPrimitives.WriteUInt32BigEndian(payload.AsSpan(8), _number++);
            _source.Send(Group, 17, payload, ttl: 16);
            _network.Run(0.1);
            if (i % 300 == 299)
            {
                Report(IgmpType.ReportVersion2);
            }
        }
    }

    private int Heard()
    {
        int count = _receiver.Heard.Count(p => p[9] == 17);
        _receiver.Heard.Clear();
        return count;
    }

    private void Show(SimulatedRouter router, string line) => output.WriteLine($"{router.Name}#{line}\n{router.Run(line)}");
}
