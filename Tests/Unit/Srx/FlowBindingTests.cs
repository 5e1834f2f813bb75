using RouterOS.Proto.Flow.V1;
using RouterOS.Sdk.Configuration;
using RouterOS.Srx.Bindings;

namespace RouterOS.Unit.Srx;

/// <summary>Zones, address books, applications and policies as the flow intent.</summary>
public sealed class FlowBindingTests
{
    [Fact]
    public void Limits_of_segments_reach_the_intent()
    {
        FlowIntent intent = SrxText.Bind(
            "security { flow { tcp-mss { all-tcp { mss 1400; } ipsec-vpn { mss 1350; } } } }").Intents.Get<FlowIntent>();
        Assert.Equal((1400u, 1350u), (intent.TcpMss, intent.TcpMssTunnel));
    }

    [Fact]
    public void Names_of_addresses_become_prefixes_of_their_zone()
    {
        Policy policy = Assert.Single(Bind("source-address [ net nested ]; destination-address any; application any;").Policies);
        Assert.Equal(["10.1.0.0/16", "10.2.0.1/32"], policy.SourcePrefixes);
        Assert.Empty(policy.DestinationPrefixes);
        Assert.Empty(policy.Applications);
    }

    [Fact]
    public void Any_among_names_is_any() =>
        Assert.Empty(Assert.Single(Bind("source-address [ net any ]; destination-address any; application any;").Policies).SourcePrefixes);

    [Theory]
    [InlineData("far", "'far' is neither an address nor an address-set of zone 'a'")]
    [InlineData("hollow", "address-set 'hollow' is empty")]
    [InlineData("loop", "address-set 'loop' contains itself")]
    public void A_name_without_meaning_is_an_error_and_never_any(string name, string message)
    {
        Binding binding = SrxText.Bind(Text($"source-address {name}; destination-address any; application any;"));
        Assert.Empty(binding.Intents.Get<FlowIntent>().Policies);
        Assert.Equal(message, Assert.Single(binding.Findings).Message);
    }

    [Fact]
    public void Applications_are_expanded_with_their_sets()
    {
        Policy policy = Assert.Single(Bind("source-address any; destination-address any; application [ mine terms junos-sip junos-ping ];").Policies);
        Assert.Equal(
            [
                "mine 6 8000-8010 1024-65535 90",
                "terms 17 53-53 0-0 0",
                "terms 1 13-13 0-0 0",
                "junos-sip 17 5060-5060 0-0 0",
                "junos-sip 6 5060-5060 0-0 0",
                "junos-ping 1 8-8 0-0 0",
            ],
            policy.Applications.Select(a =>
                $"{a.Name} {a.Protocol} {a.FirstDestinationPort}-{a.LastDestinationPort} {a.FirstSourcePort}-{a.LastSourcePort} {a.TimeoutSeconds}"));
    }

    [Theory]
    [InlineData("none", "'none' is neither a configured nor a predefined application")]
    [InlineData("portless", "application 'portless' has no protocol")]
    [InlineData("wrong", "protocol gre of application 'wrong' has no ports")]
    public void An_application_without_meaning_is_an_error_and_never_any(string name, string message)
    {
        Binding binding = SrxText.Bind(Text($"source-address any; destination-address any; application {name};"));
        Assert.Empty(binding.Intents.Get<FlowIntent>().Policies);
        Assert.Equal(message, Assert.Single(binding.Findings).Message);
    }

    [Theory]
    [InlineData("permit;", Policy.Types.Action.Permit)]
    [InlineData("deny;", Policy.Types.Action.Deny)]
    [InlineData("reject;", Policy.Types.Action.Reject)]
    [InlineData("permit; log { session-init; } count;", Policy.Types.Action.Permit)]
    public void An_action_is_kept(string then, Policy.Types.Action action) =>
        Assert.Equal(action, Assert.Single(Bind("source-address any; destination-address any; application any;", then).Policies).Action);

    [Fact]
    public void Inactive_policies_are_not_seen()
    {
        string text = Text("source-address any; destination-address any; application any;").Replace("policy one", "inactive: policy one", StringComparison.Ordinal);
        Assert.Empty(SrxText.Bind(text).Intents.Get<FlowIntent>().Policies);
    }

    [Fact]
    public void Services_of_a_zone_and_of_its_interfaces_stand_apart()
    {
        Zone zone = SrxText.Bind("""
            interfaces { ge-0/0/0 { unit 0; } ge-0/0/1 { unit 0; } }
            security {
                zones {
                    security-zone z {
                        tcp-rst;
                        host-inbound-traffic { system-services { ike; ssh; } protocols { ospf; bgp; } }
                        interfaces {
                            ge-0/0/0.0;
                            ge-0/0/1.0 { host-inbound-traffic { system-services { all; telnet { except; } } protocols { all; } } }
                        }
                    }
                }
            }
            """).Intents.Get<FlowIntent>().Zones.Single();
        Assert.True(zone.TcpReset);
        Assert.Equal(["ike 17 500", "ike 17 4500", "ssh 6 22", "bgp 6 179"], zone.HostInbound.Services.Select(s => $"{s.Name} {s.Protocol} {s.FirstPort}"));
        Assert.Equal([89u], zone.HostInbound.Protocols);
        Assert.Null(zone.Interfaces[0].HostInbound);
        HostInbound own = zone.Interfaces[1].HostInbound;
        Assert.True(own.AllProtocols);
        Assert.False(own.AllServices);
        Assert.DoesNotContain(own.Services, s => s.Name == "telnet");
        Assert.Contains(own.Services, s => s.Name == "ssh");
        Assert.Contains(own.Services, s => s.Name == "ping");
    }

    [Fact]
    public void A_zone_without_host_inbound_traffic_lets_nothing_in()
    {
        Zone zone = SrxText.Bind("security { zones { security-zone z { tcp-rst; } } }").Intents.Get<FlowIntent>().Zones.Single();
        Assert.Null(zone.HostInbound);
    }

    [Fact]
    public void An_interface_is_in_one_zone() => Assert.Contains(
        "security zones security-zone b interfaces ge-0/0/0.0: ge-0/0/0.0 is in zone 'a' already",
        SrxText.Complaints("""
            interfaces { ge-0/0/0 { unit 0; } }
            security { zones { security-zone a { interfaces { ge-0/0/0.0; } } security-zone b { interfaces { ge-0/0/0; } } } }
            """));

    [Fact]
    public void Nothing_can_be_excepted_from_every_port() => Assert.Contains(
        "'any-service' allows every port",
        Assert.Single(SrxText.Complaints("security { zones { security-zone a { host-inbound-traffic { system-services { any-service; ssh { except; } } } } } }")),
        StringComparison.Ordinal);

    [Fact]
    public void The_default_policy_denies_unless_told_otherwise()
    {
        Assert.False(SrxText.Bind("security { policies { default-policy { deny-all; } } }").Intents.Get<FlowIntent>().DefaultPermit);
        Assert.True(SrxText.Bind("security { policies { default-policy { permit-all; } } }").Intents.Get<FlowIntent>().DefaultPermit);
    }

    [Fact]
    public void Every_predefined_application_has_a_form_and_sound_ports()
    {
        Assert.All(ApplicationCatalog.Predefined.Values, terms => Assert.NotEmpty(terms));
        Assert.All(ApplicationCatalog.Predefined.Values.SelectMany(t => t), t => Assert.True(t.Protocol != 0 && t.FirstPort <= t.LastPort && t.LastPort <= 65535));
        Assert.All(ApplicationCatalog.WithGateway, name => Assert.True(ApplicationCatalog.Predefined.ContainsKey(name)));
    }

    private static FlowIntent Bind(string match, string then = "permit;")
    {
        Binding binding = SrxText.Bind(Text(match, then));
        Assert.Empty(binding.Findings);
        return binding.Intents.Get<FlowIntent>();
    }

    private static string Text(string match, string then = "permit;") => $$"""
        security {
            policies { from-zone a to-zone b { policy one { match { {{match}} } then { {{then}} } } } }
            zones {
                security-zone a {
                    address-book {
                        address net 10.1.0.0/16;
                        address host { description x; 10.2.0.1/32; }
                        address-set inner { address host; address net; }
                        address-set nested { address-set inner; }
                        address-set hollow;
                        address-set loop { address-set loop; }
                    }
                }
                security-zone b { address-book { address far 10.9.0.0/16; } }
            }
        }
        applications {
            application mine { protocol tcp; source-port 1024-65535; destination-port 8000-8010; inactivity-timeout 90; }
            application terms { term one protocol udp destination-port domain; term two protocol icmp icmp-type timestamp; }
            application portless { destination-port http; }
            application wrong { protocol gre; destination-port 1; }
        }
        """;
}
