using RouterOS.Core.Network;
using RouterOS.Core.Tables;
using RouterOS.Proto.Forwarding.V1;
using RouterOS.Proto.Kernel.V1;
using RouterOS.Sdk.Network;
using RouterOS.Sdk.Storage;

namespace RouterOS.Unit.Core.Network;

public sealed class NetworkStateTests
{
    private readonly SimulatedChassis _chassis = new();
    private readonly MemoryStore _store = new();
    private readonly NetworkState _network;

    public NetworkStateTests()
    {
        TableJournal journal = new();
        _network = new(_store, journal.Open("core"), _chassis.Clock, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        _chassis.Connect(journal).Start();
        _chassis.Idle();
    }

    [Fact]
    public void Nothing_is_written_before_the_ports_are_known()
    {
        _network.Apply(Intents.TwoSites());
        _chassis.Idle();
        Assert.Empty(_chassis.Plane.Steps);
        Learn("ge-0/0/0", true);
        Assert.Contains("set interface 64", _chassis.Plane.Steps);
    }

    [Fact]
    public void Interfaces_come_before_their_routes_and_go_after_them()
    {
        Learn("ge-0/0/0", true);
        Learn("ge-0/0/1", true);
        SystemIntent intent = Intents.TwoSites();
        _network.Apply(intent);
        _chassis.Idle();
        int lastInterface = _chassis.Plane.Steps.FindLastIndex(s => s.StartsWith("set interface", StringComparison.Ordinal));
        int firstRoute = _chassis.Plane.Steps.FindIndex(s => s.StartsWith("set route", StringComparison.Ordinal));
        Assert.True(lastInterface < firstRoute);

        _chassis.Plane.Steps.Clear();
        intent.Interfaces.Clear();
        intent.StaticRoutes.Clear();
        _network.Apply(intent);
        _chassis.Idle();
        Assert.Equal(_chassis.Plane.Steps, _chassis.Plane.Steps.OrderBy(s => s.StartsWith("remove route", StringComparison.Ordinal) ? 0 : 1));
        Assert.Empty(_chassis.Plane.Rows);
    }

    [Fact]
    public void Rows_of_addresses_are_local_connected_and_broadcast()
    {
        Learn("ge-0/0/0", true);
        _network.Apply(Intents.TwoSites());
        _chassis.Idle();
        Assert.Equal((RouteRow.Types.Kind.Local, 64u), Route("0/192.0.2.1/32"));
        Assert.Equal((RouteRow.Types.Kind.Forward, 64u), Route("0/192.0.2.0/24"));
        Assert.Equal((RouteRow.Types.Kind.Broadcast, 64u), Route("0/192.0.2.255/32"));
        Assert.Equal((RouteRow.Types.Kind.Local, 67u), Route("0/10.255.0.1/32"));
        Assert.Equal((RouteRow.Types.Kind.Discard, 0u), Route("0/198.18.0.0/15"));
        Assert.Equal((RouteRow.Types.Kind.Reject, 0u), Route("0/198.51.100.0/24"));
    }

    [Fact]
    public void A_route_by_a_tunnel_interface_needs_no_gateway_and_one_inside_its_network_keeps_it()
    {
        Learn("ge-0/0/0", true);
        SystemIntent intent = Intents.TwoSites();
        intent.StaticRoutes.Add(new StaticRoute { Prefix = "0.0.0.0", PrefixLength = 0, NextHopInterfaces = { "st0.0" } });
        intent.StaticRoutes.Add(new StaticRoute { Prefix = "10.2.0.0", PrefixLength = 16, NextHopAddresses = { "10.11.11.11" } });
        _network.Apply(intent);
        RouteState byInterface = Assert.Single(_network.Routes.All, r => r.PrefixLength == 0);
        Assert.Equal(("st0.0", null), (byInterface.Interface, byInterface.Gateway));
        RouteState byGateway = Assert.Single(_network.Routes.All, r => r.PrefixLength == 16);
        Assert.Equal(("st0.0", "10.11.11.11"), (byGateway.Interface, byGateway.Gateway?.ToString()));

        // The default route through the tunnel leaves the way to the tunnel's own peer alone.
        Assert.Equal("ge-0/0/0.0", _network.Routes.Lookup(Intents.Address("192.0.2.254"))!.Interface);
        Assert.Equal("st0.0", _network.Routes.Lookup(Intents.Address("203.0.113.77"))!.Interface);
    }

    [Fact]
    public void When_a_link_goes_its_routes_go_and_a_worse_route_takes_over_until_it_is_back()
    {
        Learn("ge-0/0/0", true);
        Learn("ge-0/0/1", true);
        SystemIntent intent = Intents.TwoSites();
        intent.StaticRoutes.Add(new StaticRoute { Prefix = "10.9.0.0", PrefixLength = 16, NextHopAddresses = { "192.0.2.254" } });
        intent.StaticRoutes.Add(new StaticRoute { Prefix = "10.9.0.0", PrefixLength = 16, NextHopAddresses = { "10.1.0.254" }, Preference = 20 });
        _network.Apply(intent);
        Assert.Equal("ge-0/0/0.0", _network.Routes.Lookup(Intents.Address("10.9.1.1"))!.Interface);
        DateTimeOffset since = _network.Routes.Lookup(Intents.Address("10.1.0.9"))!.Since;
        _chassis.Run(10);
        Learn("ge-0/0/0", false);
        Assert.Equal("ge-0/0/1.0", _network.Routes.Lookup(Intents.Address("10.9.1.1"))!.Interface);
        Assert.Null(_network.Routes.Lookup(Intents.Address("192.0.2.1")));
        Assert.False(InterfaceRow.Parser.ParseFrom(_chassis.Plane.Rows[("interface", "64")]).Up);
        Assert.DoesNotContain(("route", "0/192.0.2.0/24"), _chassis.Plane.Rows.Keys);
        Learn("ge-0/0/0", true);
        Assert.Equal("ge-0/0/0.0", _network.Routes.Lookup(Intents.Address("10.9.1.1"))!.Interface);
        Assert.Equal(since, _network.Routes.Lookup(Intents.Address("10.1.0.9"))!.Since);
    }

    [Fact]
    public void Instances_have_routes_of_their_own_and_may_use_the_same_addresses()
    {
        Learn("ge-0/0/0", true);
        Learn("ge-0/0/1", true);
        SystemIntent intent = Intents.TwoSites();
        intent.MainInstance = "default";
        intent.Instances.Add(new RoutingInstance { Name = "siteA" });
        intent.Interfaces[1].Units[0].Instance = "siteA";
        intent.Interfaces[1].Units[0].LocalName = "inside";
        intent.Interfaces[1].Units[0].Addresses[0] = new InterfaceAddress { Address = "192.0.2.1", PrefixLength = 24 };
        intent.StaticRoutes.Add(new StaticRoute { Prefix = "0.0.0.0", PrefixLength = 0, NextHopAddresses = { "192.0.2.254" }, Instance = "siteA" });
        _network.Apply(intent);
        _chassis.Idle();
        Assert.Equal(0u, _network.FindInstance("default"));
        Assert.Equal(1u, _network.FindInstance("siteA"));
        Assert.Null(_network.FindInstance("siteB"));
        Assert.Equal((RouteRow.Types.Kind.Local, 64u), Route("0/192.0.2.1/32"));
        Assert.Equal((RouteRow.Types.Kind.Local, 65u), Route("1/192.0.2.1/32"));
        Assert.Equal((RouteRow.Types.Kind.Forward, 65u), Route("1/0.0.0.0/0"));
        Assert.DoesNotContain(("route", "0/0.0.0.0/0"), _chassis.Plane.Rows.Keys);
        Assert.Equal(1u, InterfaceRow.Parser.ParseFrom(_chassis.Plane.Rows[("interface", "65")]).Instance);
        Assert.Null(_network.Routes.Lookup(Intents.Address("203.0.113.1")));
        Assert.Equal("ge-0/0/1.0", _network.RoutesOf(1).Lookup(Intents.Address("203.0.113.1"))!.Interface);

        // A number stays with its name.
        intent.Instances.Clear();
        intent.Instances.Add(new RoutingInstance { Name = "siteB" });
        intent.Instances.Add(new RoutingInstance { Name = "siteA" });
        _network.Apply(intent);
        Assert.Equal((1u, 2u), (_network.FindInstance("siteA"), _network.FindInstance("siteB")));
    }

    [Fact]
    public void Indexes_stay_with_their_names_over_commits_and_restarts()
    {
        SystemIntent intent = Intents.TwoSites();
        _network.Apply(intent);
        uint tunnel = _network.Interfaces.Find("st0.0")!.Index;
        intent.Interfaces.RemoveAt(0);
        InterfaceTable later = InterfaceTable.Compute(intent, new InterfaceIndexes(_store), new Dictionary<string, PortCondition>());
        Assert.Equal(tunnel, later.Find("st0.0")!.Index);
        intent.Interfaces.Insert(0, Intents.Ethernet("ge-0/0/7", "10.77.0.1", 24));
        later = InterfaceTable.Compute(intent, new InterfaceIndexes(_store), new Dictionary<string, PortCondition>());
        Assert.Equal(68u, later.Find("ge-0/0/7.0")!.Index);
    }

    [Fact]
    public void The_smaller_of_configured_and_wired_mtu_counts()
    {
        SystemIntent intent = Intents.TwoSites();
        Dictionary<string, PortCondition> ports = new() { ["ge-0/0/0"] = new(true, 1500) };
        Assert.Equal(1500, Mtu());
        intent.Interfaces[0].Mtu = 1414;
        Assert.Equal(1400, Mtu());
        intent.Interfaces[0].Units[0].InetMtu = 1300;
        Assert.Equal(1300, Mtu());
        intent.Interfaces[0].Mtu = 9192;
        intent.Interfaces[0].Units[0].InetMtu = 9000;
        Assert.Equal(1500, Mtu());

        int Mtu() => InterfaceTable.Compute(intent, new InterfaceIndexes(_store), ports).Find("ge-0/0/0.0")!.Mtu;
    }

    [Fact]
    public void Subscribers_hear_only_of_what_changed()
    {
        List<string> heard = [];
        new InterfaceView(_network, _chassis.Kernel).Subscribe(() => heard.Add("interfaces"));
        new RouteView(_network, _chassis.Kernel).Subscribe(() => heard.Add("routes"));
        SystemIntent intent = Intents.TwoSites();
        _network.Apply(intent);
        _network.Apply(intent.Clone());
        _chassis.Idle();
        Assert.Equal(["interfaces", "routes"], heard);
        heard.Clear();
        intent.StaticRoutes.Add(new StaticRoute { Prefix = "10.99.0.0", PrefixLength = 16, Discard = true });
        _network.Apply(intent);
        _chassis.Idle();
        Assert.Equal(["routes"], heard);
    }

    [Fact]
    public void A_plugin_says_that_the_link_of_its_tunnel_is_down_and_its_routes_go()
    {
        SystemIntent intent = Intents.TwoSites();
        PhysicalInterface tunnel = new() { Name = "gr-0/0/0", LinkType = "gre" };
        tunnel.Units.Add(new LogicalInterface
        {
            Name = "gr-0/0/0.0", Inet = true, Addresses = { new InterfaceAddress { Address = "10.9.0.1", PrefixLength = 30 } },
        });
        intent.Interfaces.Add(tunnel);
        Learn("ge-0/0/0", up: true);
        _network.Apply(intent);
        Assert.NotNull(_network.Routes.Lookup(System.Net.IPAddress.Parse("10.9.0.2")));

        InterfaceView view = new(_network, _chassis.Kernel);
        view.ReportLinks(new Dictionary<string, bool> { ["gr-0/0/0.0"] = false, ["gr-0/0/0.1"] = false });
        _chassis.Idle();
        Assert.False(view.Find("gr-0/0/0.0")!.LinkUp);
        Assert.NotEqual("gr-0/0/0.0", _network.Routes.Lookup(System.Net.IPAddress.Parse("10.9.0.2"))?.Interface);

        view.ReportLinks(new Dictionary<string, bool> { ["gr-0/0/0.0"] = true });
        _chassis.Idle();
        Assert.Equal("gr-0/0/0.0", _network.Routes.Lookup(System.Net.IPAddress.Parse("10.9.0.2"))?.Interface);
    }

    private void Learn(string port, bool up)
    {
        _network.Learn([KeyValuePair.Create(port, new PortCondition(up, 1500))]);
        _chassis.Idle();
    }

    private (RouteRow.Types.Kind Kind, uint Interface) Route(string key)
    {
        RouteRow row = RouteRow.Parser.ParseFrom(_chassis.Plane.Rows[("route", key)]);
        return (row.Kind, row.Interface);
    }

    internal sealed class MemoryStore : ISealedStore
    {
        private readonly Dictionary<string, byte[]> _values = [];

        public byte[]? Read(string name) => _values.GetValueOrDefault(name);

        public void Write(string name, ReadOnlySpan<byte> value) => _values[name] = value.ToArray();

        public void Delete(string name) => _values.Remove(name);

        public IReadOnlyList<string> Names() => [.. _values.Keys];
    }
}
