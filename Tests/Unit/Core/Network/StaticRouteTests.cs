using RouterOS.Core.Network;
using RouterOS.Core.Tables;
using RouterOS.Proto.Forwarding.V1;
using RouterOS.Proto.Kernel.V1;
using RouterOS.Sdk.Network;

namespace RouterOS.Unit.Core.Network;

/// <summary>Routes with options, and routes that are made of others.</summary>
public sealed class StaticRouteTests
{
    private readonly SimulatedChassis _chassis = new();
    private readonly NetworkState _network;

    public StaticRouteTests()
    {
        TableJournal journal = new();
        _network = new(new NetworkStateTests.MemoryStore(), journal.Open("core"), _chassis.Clock, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        _chassis.Connect(journal).Start();
        Link("ge-0/0/0", true);
        Link("ge-0/0/1", true);
    }

    [Fact]
    public void A_next_hop_with_a_preference_of_its_own_takes_over_while_the_first_is_gone()
    {
        Apply(
            [],
            Static("0.0.0.0", 0, "192.0.2.9", route => route.Preference = 7),
            Static("0.0.0.0", 0, "10.1.0.9"),
            Static("198.18.0.0", 15, "192.0.2.9", route => route.Metric = 9),
            Static("198.18.0.0", 15, "10.1.0.9", route => route.Metric = 3));
        Assert.Equal("10.1.0.9", Gateway("0.0.0.0/0"));
        Assert.Equal("10.1.0.9", Gateway("198.18.0.0/15"));
        Link("ge-0/0/1", false);
        Assert.Equal("192.0.2.9", Gateway("0.0.0.0/0"));
        Assert.Equal("192.0.2.9", Gateway("198.18.0.0/15"));
    }

    [Fact]
    public void Passive_routes_refuse_while_their_next_hop_is_gone_and_others_are_gone_with_it()
    {
        Apply([], Static("198.18.0.0", 16, "10.1.0.9", route => route.Passive = true), Static("198.19.0.0", 16, "10.1.0.9"));
        Assert.Equal(RouteRow.Types.Kind.Forward, Row("0/198.18.0.0/16")!.Kind);
        Link("ge-0/0/1", false);
        Assert.Equal(RouteRow.Types.Kind.Reject, Row("0/198.18.0.0/16")!.Kind);
        Assert.Null(Row("0/198.19.0.0/16"));
    }

    [Fact]
    public void What_is_not_installed_is_shown_and_no_packet_takes_it()
    {
        Apply([], Static("198.18.0.0", 16, "10.1.0.9", route => route.NoInstall = true), Static("198.18.0.0", 15, "192.0.2.9"));
        Assert.Null(Row("0/198.18.0.0/16"));
        Assert.Contains(_network.Routes.All, route => route is { PrefixLength: 16, Active: true, NotInstalled: true });
        Assert.Equal(15, _network.Routes.Lookup(Intents.Address("198.18.0.1"))!.PrefixLength);
    }

    [Fact]
    public void A_route_of_the_routers_own_is_local()
    {
        Apply([], Static("198.18.0.1", 32, string.Empty, route => route.Receive = true));
        Assert.Equal(RouteRow.Types.Kind.Local, Row("0/198.18.0.1/32")!.Kind);
    }

    [Fact]
    public void Next_hops_are_looked_up_in_other_routes_only_where_that_is_wanted()
    {
        Apply(
            [],
            Static("203.0.113.0", 24, "198.18.1.1", route => route.Resolve = true),
            Static("203.0.112.0", 24, "203.0.113.7", route => route.Resolve = true),
            Static("203.0.111.0", 24, "198.18.1.1"),
            Static("198.18.0.0", 15, "10.1.0.9"),
            // Of itself nothing can be resolved.
            Static("203.0.110.0", 24, "203.0.110.1", route => route.Resolve = true));
        Assert.Equal(("10.1.0.9", "10.1.0.9"), (Gateway("203.0.113.0/24"), Gateway("203.0.112.0/24")));
        Assert.Null(Row("0/203.0.111.0/24"));
        Assert.Null(Row("0/203.0.110.0/24"));
        Link("ge-0/0/1", false);
        Assert.Null(Row("0/203.0.112.0/24"));
    }

    [Fact]
    public void Aggregates_are_there_while_a_longer_route_is()
    {
        Apply(
            [
                new() { Prefix = "198.18.0.0", PrefixLength = 15 },
                new() { Prefix = "198.18.0.0", PrefixLength = 16, Discard = true, Preference = 20, Metric = 4 },
                new() { Prefix = "0.0.0.0", Generate = true },
                new() { Prefix = "172.16.0.0", PrefixLength = 12, Passive = true },
                new() { Prefix = "172.32.0.0", PrefixLength = 12 },
            ],
            Static("198.18.7.0", 24, "10.1.0.9"));
        Assert.Equal(RouteRow.Types.Kind.Reject, Row("0/198.18.0.0/15")!.Kind);
        Assert.Equal(RouteRow.Types.Kind.Discard, Row("0/198.18.0.0/16")!.Kind);
        Assert.Equal("10.1.0.9", Gateway("0.0.0.0/0"));
        Assert.Equal(RouteRow.Types.Kind.Reject, Row("0/172.16.0.0/12")!.Kind);
        Assert.Null(Row("0/172.32.0.0/12"));
        Assert.Equal([(16, 20u, 4u), (15, 130u, 0u), (12, 130u, 0u), (0, 130u, 0u)], _network.Routes.All.Where(r => r.IsAggregate)
            .OrderByDescending(r => r.PrefixLength).Select(r => (r.PrefixLength, r.Preference, r.Metric)));
        Link("ge-0/0/1", false);
        Assert.Null(Row("0/198.18.0.0/15"));
        Assert.Null(Row("0/0.0.0.0/0"));
        Assert.Equal(RouteRow.Types.Kind.Reject, Row("0/172.16.0.0/12")!.Kind);
    }

    [Fact]
    public void The_other_end_of_a_link_has_a_route_and_a_unit_without_an_address_names_its_donor()
    {
        SystemIntent intent = new()
        {
            Interfaces =
            {
                Intents.Ethernet("ge-0/0/0", "192.0.2.1", 24), Intents.Interface("st0", "esp", "10.9.0.1", 32), Intents.Interface("ip-0/0/0", "esp", "10.8.0.1", 30),
                new PhysicalInterface
                {
                    Name = "gr-0/0/0", LinkType = "esp",
                    Units = { new LogicalInterface { Name = "gr-0/0/0.0", Inet = true, Inet6 = true, Unnumbered = "ge-0/0/0.0", InetMtu = 1400, Inet6Mtu = 1300 } },
                },
            },
        };
        intent.Interfaces[1].Units[0].Addresses[0].Destination = "10.9.0.2";
        intent.Interfaces[2].Units[0].Addresses[0].Destination = "10.8.0.2";
        intent.Interfaces[0].Units[0].Neighbors.Add(new StaticNeighbor { Address = "192.0.2.7", LinkAddress = Google.Protobuf.ByteString.CopyFrom(2, 0, 0, 0, 0, 7) });
        intent.Interfaces[0].Units[0].ArpSeconds = 60;
        _network.Apply(intent);
        _chassis.Idle();
        RouteState end = _network.Routes.Lookup(Intents.Address("10.9.0.2"))!;
        Assert.Equal(("st0.0", RouteProtocol.Direct), (end.Interface, end.Protocol));
        Assert.Equal(RouteRow.Types.Kind.Local, Row("0/10.9.0.1/32")!.Kind);
        Assert.Null(Row("0/10.8.0.2/32"));
        InterfaceRow port = Interface("ge-0/0/0.0");
        Assert.Equal((60u, 0u, "020000000007"), (port.ArpSeconds, port.Mtu6, Convert.ToHexString(Assert.Single(port.Neighbors).LinkAddress.Span)));
        Assert.Equal((port.Index, 1400u, 1300u), (Interface("gr-0/0/0.0").Donor, Interface("gr-0/0/0.0").Mtu, Interface("gr-0/0/0.0").Mtu6));
        intent.Interfaces[0].Units[0].Neighbors.Add(new StaticNeighbor { Address = "x", LinkAddress = Google.Protobuf.ByteString.CopyFrom(1) });
        intent.Interfaces[3].Units[0].Inet6Mtu = 1279;
        string[] messages = [.. NetworkValidation.Validate(intent, NetworkValidationTests.Profile).Select(f => f.Message)];
        Assert.Contains("'x' of ge-0/0/0.0 is no neighbour.", messages);
        Assert.Contains("IPv6 MTU 1279 of gr-0/0/0.0 must be from 1280 to 65535.", messages);
    }

    private InterfaceRow Interface(string name) => _chassis.Plane.Rows.Where(row => row.Key.Item1 == "interface")
        .Select(row => InterfaceRow.Parser.ParseFrom(row.Value)).Single(row => row.Name == name);

    private static StaticRoute Static(string prefix, uint length, string gateway, Action<StaticRoute>? change = null)
    {
        StaticRoute route = new() { Prefix = prefix, PrefixLength = length };
        if (gateway.Length > 0)
        {
            route.NextHopAddresses.Add(gateway);
        }

        change?.Invoke(route);
        return route;
    }

    private void Apply(AggregateRoute[] aggregates, params StaticRoute[] routes)
    {
        SystemIntent intent = new() { Interfaces = { Intents.Ethernet("ge-0/0/0", "192.0.2.1", 24), Intents.Ethernet("ge-0/0/1", "10.1.0.1", 16) } };
        intent.StaticRoutes.Add(routes);
        intent.Aggregates.Add(aggregates);
        _network.Apply(intent);
        _chassis.Idle();
    }

    private string? Gateway(string prefix) => Row($"0/{prefix}") is { Gateway: not 0 and var gateway } ? RouterOS.Packets.Ipv4Address.Format(gateway) : null;

    private RouteRow? Row(string key) => _chassis.Plane.Rows.TryGetValue(("route", key), out Google.Protobuf.ByteString? row) ? RouteRow.Parser.ParseFrom(row) : null;

    private void Link(string port, bool up)
    {
        _network.Learn([KeyValuePair.Create(port, new PortCondition(up, 1500))]);
        _chassis.Idle();
    }
}
