using Grpc.Core;
using RouterOS.Flow.Control;
using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Flow.V1;
using RouterOS.Proto.Kernel.V1;
using RouterOS.Sdk.Intents;
using RouterOS.Unit.Ike.Simulation;
using static RouterOS.Unit.Flow.FlowPackets;
using Action = RouterOS.Proto.Flow.V1.Policy.Types.Action;

namespace RouterOS.Unit.Flow;

public sealed class FlowControlTests
{
    private const string Host = "10.1.0.10";
    private const string Server = "203.0.113.80";

    [Fact]
    public void An_intent_becomes_rows_that_forward_as_it_says()
    {
        using FlowRig rig = new();
        FlowHost host = new FlowHost(rig, new SimulatedStore()).Start(Example());
        Assert.True(host.IsSynchronised);
        Assert.True(rig.Out(Udp(Host, 1, Server, 53)));
        Assert.False(rig.Out(Tcp(Host, 1, Server, 23, Syn)));
        Assert.True(rig.In(Udp(Server, 53, Host, 1)));
        Assert.False(rig.In(Udp(Server, 53, Host, 2)));
        Assert.True(rig.Enters(FlowRig.Outside, Udp("203.0.113.2", 500, "203.0.113.1", 500)));
        Assert.True(rig.Enters(FlowRig.Inside, Icmp("10.1.0.9", "10.1.0.1", 8)));
        Assert.False(rig.Enters(FlowRig.InsideToo, Icmp("10.3.0.9", "10.3.0.1", 8)));
    }

    [Fact]
    public void Rows_are_written_where_they_differ_and_removed_where_they_are_too_many()
    {
        using FlowRig rig = new();
        FlowHost host = new FlowHost(rig, new SimulatedStore()).Start(Example());
        int writes = host.Writes;
        host.Apply(Example());
        host.InterfacesChange();
        Assert.Equal(writes, host.Writes);
        FlowIntent changed = Example();
        changed.Policies.RemoveAt(0);
        host.Apply(changed);
        Assert.Equal(writes + 1, host.Writes);
        host.Apply(new FlowIntent());
        Assert.Equal([("flow", "default")], host.Rows.Keys);
        Assert.False(rig.In(Udp(Server, 53, Host, 1)));
    }

    [Fact]
    public void A_zone_waits_for_its_interfaces_and_nothing_is_written_before_an_intent()
    {
        using FlowRig rig = new();
        FlowHost host = new(rig, new SimulatedStore());
        host.Known.Remove("ge-0/0/2.0");
        host.Start();
        host.InterfacesChange();
        Assert.Empty(host.Rows);
        host.Apply(Example());
        Assert.DoesNotContain(("zone-interface", "2"), host.Rows.Keys);
        host.Known["ge-0/0/2.0"] = FlowRig.Outside;
        host.InterfacesChange();
        Assert.Contains(("zone-interface", "2"), host.Rows.Keys);
    }

    [Fact]
    public void Numbers_stay_with_their_names_over_a_restart_of_the_routing_engine()
    {
        using FlowRig rig = new();
        SimulatedStore store = new();
        FlowHost first = new FlowHost(rig, store).Start(Example());
        FlowIntent later = Example();
        (later.Zones[0], later.Zones[1]) = (later.Zones[1], later.Zones[0]);
        (later.Policies[0], later.Policies[1]) = (later.Policies[1], later.Policies[0]);
        later.Zones.Insert(0, new Zone { Name = "dmz 1" });
        later.Policies.Insert(0, new Policy { Name = "new", FromZone = "dmz 1", ToZone = "trust", Action = Action.Permit });
        FlowHost second = new FlowHost(rig, store).Start(later);
        Assert.Equal(first.Row<ZoneInterfaceRow>("zone-interface", "1"), second.Row<ZoneInterfaceRow>("zone-interface", "1"));
        Assert.Equal(
            first.Row<PolicySetRow>("policy", "1/2").Rules.Select(rule => (rule.Id, rule.Name)).OrderBy(pair => pair.Name),
            second.Row<PolicySetRow>("policy", "1/2").Rules.Select(rule => (rule.Id, rule.Name)).OrderBy(pair => pair.Name));
        Assert.Equal((3u, 1u), (second.Row<PolicySetRow>("policy", "3/1").FromZone, second.Row<PolicySetRow>("policy", "3/1").ToZone));
        int writes = store.Writes;
        new FlowHost(rig, store).Start(later);
        Assert.Equal(writes, store.Writes);
    }

    [Fact]
    public void Numbers_of_names_that_are_gone_are_given_out_again_only_when_there_are_no_others()
    {
        SimulatedStore store = new();
        FlowNumbers numbers = new(store, "n", 3);
        numbers.Give(["a", "b"]);
        numbers.Give(["b", "c"]);
        Assert.Equal((1u, 2u, 3u), (numbers["a"], numbers["b"], numbers["c"]));
        numbers.Give(["b", "c", "d\ne"]);
        Assert.Equal((0u, 2u, 3u, 1u), (numbers["a"], numbers["b"], numbers["c"], numbers["d\ne"]));
        Assert.Equal(1u, new FlowNumbers(store, "n", 3)["d\ne"]);
    }

    [Fact]
    public async Task Sessions_policies_zones_and_counters_can_be_read_and_sessions_cleared()
    {
        using FlowRig rig = new();
        FlowHost host = new FlowHost(rig, new SimulatedStore()).Start(Example());
        Assert.True(rig.Out(Udp(Host, 1, Server, 53)));
        Assert.True(rig.Out(Udp("10.1.0.20", 2, Server, 53)));
        rig.SendOwn(Udp("203.0.113.1", 5000, "203.0.113.2", 123));
        Assert.False(rig.Out(Tcp(Host, 1, Server, 23, Syn)));
        ListSessionsReply all = await host.Show.ListSessions(new ListSessionsRequest(), null!);
        Assert.Equal((3, 3u, 1024u), (all.Sessions.Count, all.Total, all.Maximum));
        Session session = all.Sessions[0];
        Assert.Equal(
            ("rest", "ge-0/0/1.0", "ge-0/0/2.0", "trust", "untrust"),
            (session.Policy, session.IngressInterface, session.EgressInterface, session.FromZone, session.ToZone));
        Assert.Equal("self-traffic-policy", all.Sessions[2].Policy);
        Assert.Equal(2, await Count(new ListSessionsRequest { SourceAddress = "10.1.0.0/27" }));
        Assert.Equal(1, await Count(new ListSessionsRequest { SourceAddress = "10.1.0.20" }));
        Assert.Equal(1, await Count(new ListSessionsRequest { DestinationPort = 123 }));
        Assert.Equal(2, await Count(new ListSessionsRequest { Interface = "ge-0/0/1.0" }));
        Assert.Equal(1, await Count(new ListSessionsRequest { Limit = 1 }));
        Assert.Equal(1, await Count(new ListSessionsRequest { Id = session.State.Id }));
        Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(() => Count(new ListSessionsRequest { SourceAddress = "10.1" }))).StatusCode);
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => Count(new ListSessionsRequest { Interface = "x" }))).StatusCode);

        ListPoliciesReply policies = await host.Show.ListPolicies(new ListPoliciesRequest(), null!);
        Assert.Equal(
            [("no-telnet", 1u, 1UL, 0UL), ("rest", 2u, 2UL, 2UL)],
            policies.Policies.Select(policy => (policy.Policy.Name, policy.Sequence, policy.Packets, policy.Sessions)));
        Assert.Equal(["trust", "untrust"], (await host.Show.ListZones(new ListZonesRequest(), null!)).Zones.Select(zone => zone.Zone.Name));
        InterfaceFlowCounters counters = await host.Show.GetInterfaceCounters(new GetInterfaceCountersRequest { Interface = "ge-0/0/1.0" }, null!);
        Assert.Equal((2UL, 1UL), (counters.ConnectionsEstablished, counters.PolicyDenied));

        Assert.Equal(1u, (await host.Show.ClearSessions(new ListSessionsRequest { SourceAddress = Host }, null!)).Cleared);
        Assert.Equal(2, rig.Sessions().Count);
        Assert.Equal(2u, (await host.Show.ClearSessions(new ListSessionsRequest(), null!)).Cleared);
        Assert.Empty(rig.Sessions());
        Assert.DoesNotContain(("flow-clear", "sessions"), host.Rows.Keys);

        async Task<int> Count(ListSessionsRequest request) => (await host.Show.ListSessions(request, null!)).Sessions.Count;
    }

    [Fact]
    public async Task A_policy_of_all_zones_forwards_is_shown_and_is_found_for_a_packet()
    {
        using FlowRig rig = new();
        FlowIntent intent = Example();
        intent.Policies.RemoveAt(1);
        intent.Policies.Add(new Policy { Name = "everywhere", Action = Action.Permit, FromZones = { "trust" }, DestinationExcluded = true, DestinationPrefixes = { "10.0.0.0/8" } });
        Assert.Empty(Check(intent));
        FlowHost host = new FlowHost(rig, new SimulatedStore()).Start(intent);
        Assert.True(rig.Out(Udp(Host, 1, Server, 53)));
        Assert.False(rig.Out(Tcp(Host, 1, Server, 23, Syn)));
        Assert.False(rig.In(Udp("198.51.100.1", 53, Host, 1)));
        PolicyState shown = (await host.Show.ListPolicies(new ListPoliciesRequest(), null!)).Policies[1];
        Assert.Equal(("everywhere", 1u, 1UL), (shown.Policy.Name, shown.Sequence, shown.Sessions));
        Assert.Equal("everywhere", await Find("trust", "untrust", 53));
        Assert.Equal("no-telnet", await Find("trust", "untrust", 23, 6));
        Assert.Equal("everywhere", await Find("", "", 23, 6));
        Assert.Null(await Find("untrust", "trust", 53));
        await Assert.ThrowsAsync<RpcException>(() => host.Show.FindPolicy(new FindPolicyRequest { SourceAddress = "x", DestinationAddress = Server }, null!));

        async Task<string?> Find(string from, string to, uint port, uint protocol = 17) => (await host.Show.FindPolicy(
            new FindPolicyRequest { FromZone = from, ToZone = to, SourceAddress = Host, DestinationAddress = Server, Protocol = protocol, SourcePort = 1, DestinationPort = port },
            null!)).Policy?.Policy.Name;
    }

    [Theory]
    [InlineData("a", "b", true)]
    [InlineData("a", "", false)]
    [InlineData("c", "b", false)]
    public void A_policy_of_all_zones_is_not_reached_where_its_one_pair_takes_all(string from, string to, bool isUnreached)
    {
        Policy pair = new() { Name = "pair", FromZone = "a", ToZone = "b", Action = Action.Permit };
        Policy global = new() { Name = "global", Action = Action.Deny };
        global.FromZones.Add(from);
        global.ToZones.Add(to.Length > 0 ? [to] : Array.Empty<string>());
        Assert.Equal(isUnreached, PolicyOrder.FindUnreached([pair, global]).Any());
    }

    [Fact]
    public void Excluded_addresses_keep_a_policy_reached_unless_more_are_excluded_behind()
    {
        Policy few = new() { Name = "few", FromZone = "a", ToZone = "b", SourceExcluded = true, SourcePrefixes = { "10.1.0.0/16" } };
        Policy many = new() { Name = "many", FromZone = "a", ToZone = "b", SourceExcluded = true, SourcePrefixes = { "10.0.0.0/8" } };
        Policy named = new() { Name = "named", FromZone = "a", ToZone = "b", SourcePrefixes = { "10.1.0.0/16" } };
        Assert.Equal("many", Assert.Single(PolicyOrder.FindUnreached([few, many, named])).Policy.Name);
        Assert.Empty(PolicyOrder.FindUnreached([many, few, named]));
    }

    [Fact]
    public void A_good_candidate_has_no_findings() => Assert.Empty(Check(Example()));

    [Fact]
    public void What_cannot_be_meant_is_refused_with_the_reason()
    {
        Refused(intent => intent.Zones.Add(new Zone { Name = "trust" }), "zone 'trust' is defined twice");
        Refused(intent => intent.Zones[1].Interfaces.Add(new ZoneInterface { Name = "ge-0/0/1.0" }), "is in zone 'trust' already");
        Refused(intent => intent.Policies[0].ToZone = "nowhere", "zone 'nowhere' of policy 'no-telnet' is not defined");
        Refused(intent => intent.Policies.Add(intent.Policies[0].Clone()), "policy 'no-telnet' is defined twice");
        Refused(intent => intent.Policies[0].Action = Action.Unspecified, "neither permits nor denies");
        Refused(intent => intent.Policies[0].SourceExcluded = true, "policy 'no-telnet' excludes every address");
        Refused(intent => intent.Policies.Add(new Policy { Name = "g", Action = Action.Deny, FromZones = { "nowhere" } }), "zone 'nowhere' of policy 'g' is not defined");
        Refused(intent => intent.Policies[0].SourcePrefixes.Add("10.0.0.0/33"), "'10.0.0.0/33' of policy 'no-telnet' is not a prefix");
        Refused(intent => intent.Policies[0].DestinationPrefixes.Add("::1/129"), "'::1/129' of policy");
        Refused(intent => intent.Policies[0].Applications[0].LastDestinationPort = 5, "port range that does not exist");
        Refused(intent => intent.Policies[0].Applications[0].LastDestinationPort = 70000, "port range that does not exist");
    }

    [Fact]
    public void An_unknown_interface_and_a_policy_that_is_never_reached_are_warned_about()
    {
        FlowIntent intent = Example();
        intent.Zones[0].Interfaces.Add(new ZoneInterface { Name = "ge-0/0/9.0" });
        (intent.Policies[0], intent.Policies[1]) = (intent.Policies[1], intent.Policies[0]);
        IReadOnlyList<Finding> findings = Check(intent);
        Assert.All(findings, finding => Assert.Equal(Finding.Types.Severity.Warning, finding.Severity));
        Assert.Equal(
            ["interface ge-0/0/9.0 is not configured", "policy 'no-telnet' is never reached: policy 'rest' before it matches the same traffic"],
            findings.Select(finding => finding.Message));
    }

    [Theory]
    [InlineData("10.0.0.0/8", "10.1.0.0/16", true)]
    [InlineData("10.1.0.0/16", "10.0.0.0/8", false)]
    [InlineData("10.1.0.0/16", "", false)]
    [InlineData("", "10.1.0.0/16", true)]
    [InlineData("10.1.0.1", "10.1.0.1/32", true)]
    [InlineData("10.1.0.0/17", "10.1.128.0/17", false)]
    public void A_policy_is_reached_unless_its_addresses_are_all_taken(string earlier, string later, bool isUnreached)
    {
        Policy[] policies = [.. new[] { earlier, later }.Select((prefix, i) =>
        {
            Policy policy = new() { Name = $"p{i}", FromZone = "a", ToZone = "b", Action = Action.Permit };
            policy.SourcePrefixes.Add(prefix.Length > 0 ? [prefix] : Array.Empty<string>());
            return policy;
        })];
        Assert.Equal(isUnreached, PolicyOrder.FindUnreached(policies).Any());
    }

    [Theory]
    [InlineData("10.1.2.3", 0x0a010203u, 32u)]
    [InlineData("10.1.2.3/8", 0x0a000000u, 8u)]
    [InlineData("0.0.0.0/0", 0u, 0u)]
    [InlineData("255.255.255.255/32", 0xffffffffu, 32u)]
    public void A_prefix_is_read_with_its_host_bits_cleared(string text, uint prefix, uint length) =>
        Assert.Equal(new PrefixRow { Prefix = prefix, PrefixLength = length }, FlowPrefix.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("10.1.2")]
    [InlineData("10.1.2.3.4")]
    [InlineData("10.1.2.256")]
    [InlineData("10.1.2.03")]
    [InlineData("10.1.2.3/")]
    [InlineData("10.1.2.3/33")]
    [InlineData("10.1.2.3/8/8")]
    [InlineData("0x0a.1.2.3")]
    public void What_is_no_prefix_is_not_read_as_one(string text) => Assert.Null(FlowPrefix.Parse(text));

    private static void Refused(Action<FlowIntent> spoil, string reason)
    {
        FlowIntent intent = Example();
        spoil(intent);
        Assert.Contains(Check(intent), finding =>
            finding.Severity == Finding.Types.Severity.Error && finding.Message.Contains(reason, StringComparison.Ordinal));
    }

    private static IReadOnlyList<Finding> Check(FlowIntent intent)
    {
        SystemIntent system = new();
        foreach (int port in (int[])[1, 2, 3])
        {
            system.Interfaces.Add(new PhysicalInterface { Name = $"ge-0/0/{port}", Units = { new LogicalInterface { Name = $"ge-0/0/{port}.0" } } });
        }

        return new FlowPlugin().Validate(new IntentSet([intent, system]));
    }

    private static FlowIntent Example() => new()
    {
        Zones =
        {
            new Zone
            {
                Name = "trust",
                HostInbound = new HostInbound { AllServices = true },
                Interfaces = { new ZoneInterface { Name = "ge-0/0/1.0" }, new ZoneInterface { Name = "ge-0/0/3.0", HostInbound = new HostInbound() } },
            },
            new Zone
            {
                Name = "untrust",
                HostInbound = new HostInbound { Services = { FlowRig.Service(17, 500) } },
                Interfaces = { new ZoneInterface { Name = "ge-0/0/2.0" } },
            },
        },
        Policies =
        {
            new Policy
            {
                Name = "no-telnet", FromZone = "trust", ToZone = "untrust", Action = Action.Deny,
                Applications = { new Application { Name = "telnet", Protocol = 6, FirstDestinationPort = 23, LastDestinationPort = 23 } },
            },
            new Policy { Name = "rest", FromZone = "trust", ToZone = "untrust", Action = Action.Permit, },
        },
    };
}
