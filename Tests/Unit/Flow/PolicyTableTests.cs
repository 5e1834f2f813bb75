using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf.Collections;
using RouterOS.Flow.Nodes;
using RouterOS.Proto.Flow.V1;
using Action = RouterOS.Proto.Flow.V1.Policy.Types.Action;

namespace RouterOS.Unit.Flow;

public sealed class PolicyTableTests
{
    private static readonly uint[] s_bases = [0x0a010000, 0x0a018000, 0x0a010100, 0xc0a80000];

    [Fact]
    public void Compiled_policies_decide_as_the_first_match_of_a_plain_reading()
    {
        Gen<PrefixRow> prefix =
            from at in Gen.Elements(s_bases)
            from length in Gen.Elements(0u, 8u, 16u, 17u, 24u, 32u)
            select new PrefixRow { Prefix = at, PrefixLength = length };
        Gen<Application> application =
            from protocol in Gen.Elements(0u, 6u, 17u, 1u)
            from first in Gen.Choose(0, 6)
            from more in Gen.Choose(0, 4)
            from source in Gen.Elements(0u, 3u)
            from timeout in Gen.Elements(0u, 90u)
            select new Application
            {
                Protocol = protocol, FirstDestinationPort = (uint)first, LastDestinationPort = (uint)(first == 0 ? 0 : first + more),
                FirstSourcePort = source, LastSourcePort = source, TimeoutSeconds = timeout,
            };
        Gen<PolicyRuleRow> rule =
            from sources in prefix.ArrayOf().Resize(2)
            from destinations in prefix.ArrayOf().Resize(2)
            from applications in application.ArrayOf().Resize(2)
            from action in Gen.Elements(Action.Permit, Action.Deny, Action.Reject)
            select Row(sources, destinations, applications, action);
        Gen<FlowKey> key =
            from source in Gen.Elements(s_bases)
            from destination in Gen.Elements(s_bases)
            from low in Gen.Choose(0, 1)
            from ports in Gen.Choose(0, 8).Two()
            from protocol in Gen.Elements(6u, 17u, 1u, 50u)
            select new FlowKey(source + (uint)low, destination, 0, (ushort)ports.Item1, (ushort)ports.Item2, protocol);
        Prop.ForAll(
            rule.ArrayOf().Resize(6).ToArbitrary(),
            key.ToArbitrary(),
            Gen.Elements(true, false).ToArbitrary(),
            (rules, flow, permit) =>
            {
                PolicySetRow set = new() { FromZone = 1, ToZone = 2 };
                for (int i = 0; i < rules.Length; i++)
                {
                    rules[i].Id = (uint)i + 1;
                    set.Rules.Add(rules[i]);
                }

                PolicyTable table = new();
                table.SetDefault(permit);
                table.Set("1/2", set);
                return table.Judge(1, 2, flow) == Naive(rules, flow, permit) && table.Judge(2, 1, flow) == Naive([], flow, permit);
            }).Check(Seeded.Config);
    }

    [Fact]
    public void A_pair_of_zones_that_loses_its_policies_falls_back_to_the_default()
    {
        PolicyTable table = new();
        PolicySetRow set = new() { FromZone = 1, ToZone = 2, Rules = { FlowRig.Rule(70, Action.Permit) } };
        table.Set("1/2", set);
        Assert.Equal(Action.Permit, table.Judge(1, 2, default).Action);
        uint generation = table.Generation;
        table.Remove("1/2");
        Assert.Equal(Action.Deny, table.Judge(1, 2, default).Action);
        Assert.NotEqual(generation, table.Generation);
    }

    [Fact]
    public void Policies_of_all_zones_decide_after_those_of_the_pair_and_before_the_default()
    {
        PolicyTable table = new();
        PolicyRuleRow between = FlowRig.Rule(2, Action.Reject);
        between.FromZones.Add([3, 4]);
        between.ToZones.Add(2);
        table.Set("0/0", new PolicySetRow { Rules = { between, FlowRig.Rule(3, Action.Permit, new Application { Protocol = 17 }) } });
        FlowKey udp = new(1, 2, 0, 3, 4, 17);
        FlowKey tcp = new(1, 2, 0, 3, 4, 6);
        Assert.Equal(3u, table.Judge(1, 2, udp).Policy);
        Assert.Equal(2u, table.Judge(4, 2, udp).Policy);
        Assert.Equal(3u, table.Judge(4, 1, udp).Policy);
        Assert.Equal(PolicyTable.DefaultPolicy, table.Judge(1, 2, tcp).Policy);
        table.Set("1/2", new PolicySetRow { FromZone = 1, ToZone = 2, Rules = { FlowRig.Rule(1, Action.Deny, new Application { Protocol = 17 }) } });
        Assert.Equal(1u, table.Judge(1, 2, udp).Policy);
        table.Remove("0/0");
        Assert.Equal(PolicyTable.DefaultPolicy, table.Judge(4, 2, udp).Policy);
    }

    [Fact]
    public void Excluded_addresses_and_those_with_bits_that_count_anywhere_match_as_they_say()
    {
        PolicyTable table = new();
        PolicyRuleRow wildcard = FlowRig.Rule(1, Action.Permit);
        wildcard.Sources.Add(new PrefixRow { Prefix = 0x0a000500, Wildcard = 0xff00ff00 });
        PolicyRuleRow excluded = FlowRig.Rule(2, Action.Permit);
        excluded.Sources.Add(new PrefixRow { Prefix = 0x0a000000, PrefixLength = 8 });
        excluded.SourceExcluded = true;
        table.Set("1/2", new PolicySetRow { FromZone = 1, ToZone = 2, Rules = { wildcard, excluded } });
        Assert.Equal(1u, table.Judge(1, 2, new FlowKey(0x0a990577, 1, 0, 1, 1, 6)).Policy);
        Assert.Equal(PolicyTable.DefaultPolicy, table.Judge(1, 2, new FlowKey(0x0a990677, 1, 0, 1, 1, 6)).Policy);
        Assert.Equal(2u, table.Judge(1, 2, new FlowKey(0x0b990577, 1, 0, 1, 1, 6)).Policy);
        Assert.Equal(2u, table.Judge(1, 2, new FlowKey(1, 1, 0, 1, 1, FlowKey.KindOf6(6)), 5, 6).Policy);
    }

    [Fact]
    public void A_code_of_icmp_is_that_of_the_message_that_begins_the_session()
    {
        PolicyTable table = new();
        table.Set("1/2", new PolicySetRow
        {
            FromZone = 1, ToZone = 2,
            Rules = { FlowRig.Rule(1, Action.Permit, new Application { Protocol = 1, FirstDestinationPort = 8, LastDestinationPort = 8, IcmpCode = 0 }) },
        });
        FlowKey echo = new(1, 2, 0, 0, 8, 1);
        Assert.Equal(1u, table.Judge(1, 2, echo, icmpCode: 0).Policy);
        Assert.Equal(PolicyTable.DefaultPolicy, table.Judge(1, 2, echo, icmpCode: 3).Policy);
    }

    [Fact]
    public void Rows_that_cannot_be_meant_are_refused()
    {
        using FlowRig rig = new();
        Assert.NotNull(Try(new PolicySetRow { FromZone = 0, ToZone = 2 }));
        Assert.NotNull(Try(With(new PolicyRuleRow { Id = 0, Action = Action.Permit })));
        Assert.NotNull(Try(With(new PolicyRuleRow { Id = 65536, Action = Action.Permit })));
        Assert.NotNull(Try(With(new PolicyRuleRow { Id = 1 })));
        Assert.NotNull(Try(With(new PolicyRuleRow { Id = 1, Action = Action.Deny, Sources = { new PrefixRow { PrefixLength = 33 } } })));
        Assert.Null(Try(With(new PolicyRuleRow { Id = 65535, Action = Action.Deny, Sources = { new PrefixRow { PrefixLength = 32 } } })));

        string? Try(PolicySetRow row) => rig.Chassis.Plane.SetRow("policy", $"{row.FromZone}/{row.ToZone}", Google.Protobuf.MessageExtensions.ToByteArray(row));

        static PolicySetRow With(PolicyRuleRow rule) => new() { FromZone = 1, ToZone = 2, Rules = { rule } };
    }

    private static PolicyRuleRow Row(PrefixRow[] sources, PrefixRow[] destinations, Application[] applications, Action action)
    {
        PolicyRuleRow row = new() { Action = action };
        row.Sources.Add(sources);
        row.Destinations.Add(destinations);
        row.Applications.Add(applications);
        return row;
    }

    private static PolicyVerdict Naive(PolicyRuleRow[] rules, FlowKey key, bool permit)
    {
        foreach (PolicyRuleRow rule in rules)
        {
            if (!Holds(rule.Sources, key.Source) || !Holds(rule.Destinations, key.Destination))
            {
                continue;
            }

            Application? application = rule.Applications.FirstOrDefault(a =>
                (a.Protocol == 0 || a.Protocol == key.Protocol)
                && (a.LastSourcePort == 0 || (a.FirstSourcePort <= key.SourcePort && key.SourcePort <= a.LastSourcePort))
                && (a.LastDestinationPort == 0 || (a.FirstDestinationPort <= key.DestinationPort && key.DestinationPort <= a.LastDestinationPort)));
            if (rule.Applications.Count == 0 || application is not null)
            {
                return new PolicyVerdict(rule.Id, rule.Action, (ushort)(application?.TimeoutSeconds ?? 0));
            }
        }

        return new PolicyVerdict(0, permit ? Action.Permit : Action.Deny, 0);
    }

    private static bool Holds(RepeatedField<PrefixRow> prefixes, uint address) =>
        prefixes.Count == 0 || prefixes.Any(p => p.PrefixLength == 0 || address >> (int)(32 - p.PrefixLength) == p.Prefix >> (int)(32 - p.PrefixLength));
}
