using RouterOS.Core.Configuration;
using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Kernel.V1;
using RouterOS.Sdk.Configuration;
using RouterOS.Srx;
using RouterOS.Srx.Statements;

namespace RouterOS.Unit.Srx;

/// <summary>What statements inherit from groups, and interfaces from ranges.</summary>
public sealed class GroupTests
{
    private const string Groups = """
        groups {
            base {
                system { host-name base-name; domain-name example.net; }
                security { ike { proposal p { dh-group group2; lifetime-seconds 600; } } }
                interfaces {
                    <ge-*> { mtu 1600; unit <*> { description wild; } }
                    lo0 { unit 0 { family inet { address 192.0.2.9/32; } } }
                }
            }
            other {
                system { host-name other-name; time-zone UTC; }
                interfaces { <*> { description far; } "<ge-0/0/[23]>" { description near; } }
            }
        }
        """;

    [Fact]
    public void A_statement_inherits_what_it_lacks_and_says_from_where() => Assert.Equal(
        """
        system {
            ##
            ## 'base-name' was inherited from group 'base'
            ##
            host-name base-name;
            domain-name own.example.net;
            ##
            ## 'UTC' was inherited from group 'other'
            ##
            time-zone UTC;
        }
        interfaces {
            ge-0/0/2 {
                ##
                ## 'near' was inherited from group 'other'
                ##
                description near;
                mtu 1500;
                unit 0 {
                    ##
                    ## 'wild' was inherited from group 'base'
                    ##
                    description wild;
                }
            }
        }

        """,
        Whole(Groups.Replace("<*> { description far; }", string.Empty, StringComparison.Ordinal).Replace("lo0 { unit 0 { family inet { address 192.0.2.9/32; } } }", string.Empty, StringComparison.Ordinal)
            .Replace("security { ike { proposal p { dh-group group2; lifetime-seconds 600; } } }", string.Empty, StringComparison.Ordinal) + """
            apply-groups [ base other ];
            system { domain-name own.example.net; }
            interfaces { ge-0/0/2 { mtu 1500; unit 0; } }
            """));

    [Fact]
    public void What_is_written_wins_then_the_nearest_group_then_the_first()
    {
        StatementView root = View(Groups + """
            apply-groups [ base other ];
            system { apply-groups other; }
            interfaces { ge-0/0/1 { mtu 1500; unit 5; } ge-0/0/2 { unit 0 { description own; } } st0 { unit 0; } }
            """);
        Assert.Equal("other-name", root["system"].Text("host-name"));
        Assert.Equal("example.net", root["system"].Text("domain-name"));
        StatementView[] interfaces = [.. root["interfaces"].List()];
        Assert.Equal(["ge-0/0/1 1500 far", "ge-0/0/2 1600 far", "lo0  far", "st0  far"], interfaces.Select(i => $"{i.Key} {i.Text("mtu")} {i.Text("description")}"));
        Assert.Equal("wild", interfaces[0].Entry("unit", "5").Text("description"));
        Assert.Equal("own", interfaces[1].Entry("unit", "0").Text("description"));
        Assert.False(root.Has("groups") || root.Has("apply-groups") || root["system"].Has("apply-groups"));
        Assert.Equal("600", root["security"]["ike"].Entry("proposal", "p").Text("lifetime-seconds"));
    }

    [Fact]
    public void A_group_can_be_kept_out_of_a_place_and_what_is_below_it()
    {
        StatementView root = View(Groups + """
            apply-groups [ base other ];
            interfaces { ge-0/0/1 { apply-groups-except base; unit 0; } ge-0/0/2 { unit 0; } }
            """);
        Assert.Null(root["interfaces"].Entry(string.Empty, "ge-0/0/1").Text("mtu"));
        Assert.Null(root["interfaces"].Entry(string.Empty, "ge-0/0/1").Entry("unit", "0").Text("description"));
        Assert.Equal("1600", root["interfaces"].Entry(string.Empty, "ge-0/0/2").Text("mtu"));
    }

    [Fact]
    public void Lists_of_values_take_those_of_all_and_alternatives_give_way()
    {
        StatementView policy = View("""
            groups {
                g { security { ike { policy <*> { proposals [ b c ]; pre-shared-key ascii-text clear; } } } }
                h { security { ike { policy <*> { proposal-set standard; } } } }
            }
            apply-groups [ g h ];
            security { ike { policy p { proposals [ a b ]; } } }
            """)["security"]["ike"].Entry("policy", "p");
        Assert.Equal(["a", "b", "c"], policy["proposals"].Values);
        Assert.False(policy.Has("proposal-set"));
        Assert.Equal("clear", policy["pre-shared-key"].Secret("ascii-text"));
    }

    [Fact]
    public void Inactive_statements_neither_give_nor_take()
    {
        StatementView root = View("""
            groups { g { system { inactive: host-name x; location here; } } inactive: h { system { host-name y; } } }
            apply-groups g;
            inactive: system { domain-name z; }
            """);
        Assert.Null(root["system"].Text("host-name"));
        Assert.Null(root["system"].Text("domain-name"));
        Assert.True(root["system"].Has("location"));
        Assert.Contains(": there is no group 'h'", Assert.Single(SrxText.Complaints("groups { inactive: h { system { host-name y; } } } apply-groups h;")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_group_that_does_not_exist_or_has_a_condition_refuses_the_commit() => Assert.Equal(
        [
            "interfaces ge-0/0/1 apply-groups: there is no group 'none'",
            "groups g when: conditions of groups are not judged: delete it, and apply the group where it shall hold",
        ],
        SrxText.Complaints("""
            groups { g { when { model srx240; } } }
            system { apply-groups g; }
            interfaces { ge-0/0/1 { apply-groups none; } }
            """).Order().Reverse());

    [Fact]
    public void A_chassis_by_itself_is_the_first_node() =>
        Assert.Equal("first", View("groups { node0 { system { host-name first; } } node1 { system { host-name second; } } } apply-groups \"${node}\";")["system"].Text("host-name"));

    [Fact]
    public void Check_says_where_each_statement_of_a_group_takes_effect()
    {
        Assert.Equal(
            [
                "2 Applied system host-name x", "3 Ignored system location y", "5 Applied interfaces ge-0/0/0 mtu 1500",
                "5 Applied interfaces ge-0/0/1 mtu 1500", "6 Applied apply-groups g",
            ],
            SrxText.Check("groups { g {\nsystem { host-name x;\nlocation y; } \n\ninterfaces { <ge-*> { mtu 1500; } } } }\napply-groups g;\ninterfaces { ge-0/0/0; ge-0/0/1; }")
                .Rows.Select(row => $"{row.Position.Line} {row.Verdict.Kind} {row.Statement}"));
        Assert.Equal(["Ignored groups g system host-name x"], SrxText.Check("groups { g { system { host-name x; } } }").Rows.Select(row => $"{row.Verdict.Kind} {row.Statement}"));
    }

    [Fact]
    public void A_text_with_groups_is_written_as_it_was_read()
    {
        Statement tree = SrxText.Tree(Groups + "apply-groups base; interfaces { ge-0/0/1 { apply-groups other; unit 0; } }");
        string text = ConfigurationText.Write(tree, SrxStatements.Root);
        Assert.True(SrxText.Tree(text).SameAs(tree), text);
        Assert.StartsWith("groups {\n    base {\n        system {\n", text, StringComparison.Ordinal);
        Assert.Contains("\napply-groups base;\n", text, StringComparison.Ordinal);
        Assert.Contains("    ge-0/0/1 {\n        apply-groups other;\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_statement_is_missed_after_groups_have_given_theirs()
    {
        const string Policy = "security { ike { policy p { pre-shared-key ascii-text x; } } } apply-groups g;";
        Assert.Empty(SrxText.Complaints("groups { g { security { ike { policy <*> { proposal-set standard; } } } } }" + Policy));
        Assert.Contains("missing one of", Assert.Single(SrxText.Complaints("groups { g { system { host-name x; } } }" + Policy)), StringComparison.Ordinal);
    }

    [Fact]
    public void Ranges_give_each_member_what_it_does_not_say_itself()
    {
        StatementView interfaces = View("""
            interfaces {
                interface-range lan { member ge-0/0/3; member-range ge-0/0/0 to ge-0/0/1; description lan; mtu 1400; unit 0 { family inet; } }
                interface-range high { member "ge-1/0/1[0-2]"; vlan-tagging; }
                ge-0/0/1 { description own; }
                ge-1/0/10 { mtu 1500; }
            }
            """)["interfaces"];
        Assert.Equal(
            ["ge-0/0/0 lan 1400 False", "ge-0/0/1 own 1400 False", "ge-0/0/3 lan 1400 False", "ge-1/0/10  1500 True", "ge-1/0/11   True", "ge-1/0/12   True"],
            interfaces.List().Select(i => $"{i.Key} {i.Text("description")} {i.Text("mtu")} {i.Has("vlan-tagging")}"));
        Assert.True(interfaces.Entry(string.Empty, "ge-0/0/1").Entry("unit", "0")["family"].Has("inet"));
    }

    [Fact]
    public void A_range_without_ports_is_an_error() => Assert.Equal(
        [
            "interfaces interface-range r member: srx650 has no port xe-*",
            "interfaces interface-range r member-range: ge-0/0/3 to ge-0/0/1 is no range of ports of one card",
        ],
        SrxText.Complaints("interfaces { interface-range r { member xe-*; member-range ge-0/0/3 to ge-0/0/1; } }"));

    [Fact]
    public void Groups_and_ranges_reach_the_intent()
    {
        SystemIntent intent = SrxText.Bind("""
            groups { g { interfaces { interface-range r { member ge-0/0/2; unit 0 { family inet { address 192.0.2.1/24; } } } } } }
            apply-groups g;
            """).Intents.Get<SystemIntent>();
        Assert.Equal("ge-0/0/2.0", Assert.Single(Assert.Single(intent.Interfaces, i => i.Name == "ge-0/0/2").Units).Name);
    }

    [Fact]
    public void A_tree_without_inheritance_is_not_copied()
    {
        Statement tree = SrxText.Tree("system { host-name x; } interfaces { ge-0/0/0 { mtu 1500; } }");
        Assert.Same(tree, Expand(tree));
    }

    private static Statement Expand(Statement tree) => new SrxPlatform().CreateLanguage(SrxText.Profile()).Expand(tree, SrxText.Profile(), new List<Finding>());

    private static StatementView View(string text) => StatementView.Of(Expand(SrxText.Tree(text)));

    private static string Whole(string text) => ConfigurationText.Write(Expand(SrxText.Tree(text)), SrxStatements.Root);
}
