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
    public void Options_of_sessions_reach_the_intent_with_the_vendors_defaults()
    {
        Assert.Equal(new SessionOptions { RefuseDnsReply = true }, Options("tcp-mss { all-tcp { mss 1400; } }"));
        Assert.Equal(
            new SessionOptions
            {
                TcpInitialTimeout = 30, TimeWaitTimeout = 150, TimeWaitHalfClosed = true, StrictSyn = true, CheckReset = true, RouteChangeTimeout = 60,
                EarlyAgeout = 20, HighWatermark = 90, LowWatermark = 90, TcpMssGreIn = 1320, TcpMssGreOut = 1380,
            },
            Options("""
                allow-dns-reply; route-change-timeout 60; aging { high-watermark 90; } tcp-mss { gre-in; gre-out { mss 1380; } }
                tcp-session { tcp-initial-timeout 30; strict-syn-check; rst-sequence-check; time-wait-state { apply-to-half-close-state; } }
                """));
        Assert.Equal(
            new SessionOptions { TimeWaitTimeout = 40, RefuseDnsReply = true, EarlyAgeout = 2, HighWatermark = 100, LowWatermark = 100 },
            Options("aging { early-ageout 2; } tcp-session { time-wait-state { session-timeout 40; } }"));
        Assert.True(Options("tcp-session { time-wait-state { session-ageout; } }").TimeWaitByService);

        static SessionOptions Options(string text) => SrxText.Bind($"security {{ flow {{ {text} }} }}").Intents.Get<FlowIntent>().Sessions;
    }

    [Fact]
    public void What_is_logged_of_sessions_reaches_the_intent_with_the_names_of_services()
    {
        const string Match = "match { source-address any; destination-address any; application any; }";
        FlowIntent intent = SrxText.Bind($$"""
            security {
                zones { security-zone a; security-zone b; }
                policies {
                    from-zone a to-zone b {
                        policy p { {{Match}} then { permit; log { session-init; session-close; } count; } }
                        policy q { {{Match}} then { deny; } }
                    }
                }
            }
            """).Intents.Get<FlowIntent>();
        Assert.Equal([(true, true), (false, false)], intent.Policies.Select(policy => (policy.LogBegin, policy.LogEnd)));
        Assert.Contains(intent.Services, service => service is { Name: "junos-ssh", Protocol: 6, FirstDestinationPort: 22, LastDestinationPort: 22 });
        Assert.DoesNotContain(intent.Services, service => service.Name is "junos-tcp-any" or "junos-udp-any");
    }

    [Fact]
    public void Schedulers_reach_the_intent_day_by_day()
    {
        Scheduler scheduler = Assert.Single(SrxText.Bind("""
            schedulers {
                scheduler s {
                    start-date 2030-01-31.08:30 stop-date 2031-01-01.00:00;
                    daily { start-time 09:00 stop-time 12:00; start-time 13:00:30 stop-time 17:00; }
                    saturday all-day;
                    sunday { exclude; }
                }
            }
            """).Intents.Get<FlowIntent>().Schedulers);
        Assert.Equal(new DateTimeOffset(2030, 1, 31, 8, 30, 0, TimeSpan.Zero).ToUnixTimeSeconds(), Assert.Single(scheduler.Periods).Start);
        Assert.Equal(["", "32400-43200 46830-61200", "0-86400"], new[] { 0, 1, 6 }.Select(day => string.Join(' ', scheduler.Days[day].Hours.Select(h => $"{h.Start}-{h.Stop}"))));
    }

    [Theory]
    [InlineData("start-date 2030-02-30.08:30 stop-date 2031-01-01.00:00;", "there is no such date")]
    [InlineData("start-date 2030-01-02.00:00 stop-date 2030-01-01.00:00;", "it stops before it starts")]
    [InlineData("daily { start-time 22:00 stop-time 06:00; }", "it stops before it starts: a time past midnight is the next day's")]
    public void Times_of_schedulers_that_cannot_be_are_errors(string text, string message) =>
        Assert.Equal(message, Assert.Single(SrxText.Bind($"schedulers {{ scheduler s {{ {text} }} }}").Findings).Message);

    [Fact]
    public void The_zone_for_management_is_a_zone_without_passage()
    {
        Binding binding = SrxText.Bind("""
            interfaces { ge-0/0/3 { unit 0; } fxp0 { unit 0; } }
            security {
                screen { ids-option s { icmp { ping-death; } } }
                zones {
                    functional-zone {
                        management {
                            description office;
                            screen s;
                            host-inbound-traffic { system-services { ping; } }
                            interfaces { ge-0/0/3.0; fxp0.0 { host-inbound-traffic { system-services { all; } } } }
                        }
                    }
                }
            }
            """);
        Assert.Empty(binding.Findings);
        Zone zone = Assert.Single(binding.Intents.Get<FlowIntent>().Zones);
        Assert.Equal(("management", true, "s"), (zone.Name, zone.Management, zone.Screen.Name));
        Assert.Equal("ge-0/0/3.0", Assert.Single(zone.Interfaces).Name);
        Assert.Equal("ping", Assert.Single(zone.HostInbound.Services).Name);
    }

    [Theory]
    [InlineData("aging { low-watermark 90; high-watermark 80; }", "'low-watermark' is 90, more than 'high-watermark' 80: aging would never end")]
    [InlineData("tcp-session { no-syn-check; strict-syn-check; }", "'strict-syn-check' and 'no-syn-check' exclude each other")]
    public void Options_of_sessions_that_cannot_be_are_errors(string text, string message) =>
        Assert.Equal(message, Assert.Single(SrxText.Bind($"security {{ flow {{ {text} }} }}").Findings).Message);

    [Fact]
    public void Screens_reach_the_intent_with_the_vendors_numbers()
    {
        Screen screen = Assert.Single(SrxText.Bind("""
            security {
                screen {
                    ids-option s {
                        icmp { ip-sweep; }
                        ip {
                            tunnel { gre { gre-4in4; } ip-in-udp { teredo; } bad-inner-header; }
                            ipv6-extension-header {
                                routing-header; hop-by-hop-header; destination-header { home-address-option; user-defined-option-type 7 to 9; }
                                user-defined-header-type 100 to 120;
                            }
                            ipv6-extension-header-limit 3;
                        }
                        tcp { port-scan { threshold 9000; } syn-flood { white-list a { source-address 192.0.2.0/24; destination-address [ 10.1.0.0/16 2001:db8::/32 ]; } } }
                        udp { flood { white-list own; } }
                        limit-session { source-ip-based 100; }
                    }
                    white-list own { address [ 192.0.2.1/32 192.0.2.2/32 ]; }
                }
                zones { security-zone a { screen s; } }
            }
            """).Intents.Get<FlowIntent>().Zones).Screen;
        Assert.Equal(
            [
                ScreenCheck.UdpFlood, ScreenCheck.SynFlood, ScreenCheck.IcmpSweep, ScreenCheck.TcpScan, ScreenCheck.SourceSessions, ScreenCheck.ExtensionHeader,
                ScreenCheck.DestinationOption, ScreenCheck.ExtensionLimit, ScreenCheck.Tunnel,
            ],
            screen.Checks.Order());
        Assert.Equal((5000u, 9000u, 0u, 100u, 3u), (screen.IcmpSweep, screen.TcpScan, screen.UdpScan, screen.SourceSessions, screen.HeaderLimit));
        Assert.Equal(["192.0.2.0/24"], screen.SynSources);
        Assert.Equal(["10.1.0.0/16", "2001:db8::/32"], screen.SynDestinations);
        Assert.Equal(["192.0.2.1/32", "192.0.2.2/32"], screen.UdpSources);
        Assert.Equal(["43-43", "100-120", "0-0"], screen.Headers.Select(Text));
        Assert.Equal(["201-201", "7-9"], screen.DestinationOptions.Select(Text));
        Assert.Equal([ScreenTunnel.Gre4In4, ScreenTunnel.Teredo, ScreenTunnel.BadInnerHeader], screen.Tunnels);

        static string Text(NumberRange range) => $"{range.First}-{range.Last}";
    }

    [Fact]
    public void Gre_tunnels_of_a_zone_are_marked() => Assert.Equal(
        [true, false],
        Assert.Single(SrxText.Bind("security { zones { security-zone a { interfaces { gr-0/0/0.0; ge-0/0/0.0; } } } }").Intents.Get<FlowIntent>().Zones)
            .Interfaces.Select(i => i.Gre));

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
    public void A_name_is_looked_for_in_the_zones_book_then_in_attached_ones_then_in_the_global_one()
    {
        FlowIntent intent = SrxText.Bind("""
            security {
                address-book {
                    global { address here 10.0.0.1/32; address there 10.0.0.2/32; address everywhere 10.0.0.3/32; }
                    branch { address here 10.1.0.1/32; address there 10.1.0.2/32; address-set both { address here; address there; } attach { zone a; } }
                }
                policies {
                    from-zone a to-zone b {
                        policy one { match { source-address [ here there everywhere both ]; destination-address here; application any; } then { permit; } }
                    }
                }
                zones { security-zone a { address-book { address here 10.2.0.1/32; } } security-zone b; }
            }
            """).Intents.Get<FlowIntent>();
        Policy policy = Assert.Single(intent.Policies);
        Assert.Equal(["10.2.0.1/32", "10.1.0.2/32", "10.0.0.3/32", "10.1.0.1/32"], policy.SourcePrefixes);
        Assert.Equal(["10.0.0.1/32"], policy.DestinationPrefixes);
    }

    [Fact]
    public void A_zone_has_one_attached_book_and_the_global_one_is_attached_to_none() => Assert.Equal(
        [
            "security address-book two attach zone a: zone 'a' has address-book 'one' already",
            "security address-book global attach zone a: address-book 'global' belongs to all zones and is attached to none",
        ],
        SrxText.Complaints("""
            security {
                address-book { one { attach { zone a; } } two { attach { zone a; } } global { attach { zone a; } } }
                zones { security-zone a; }
            }
            """));

    [Theory]
    [InlineData("range-address 10.0.0.1 { to { 10.0.0.6; } }", "10.0.0.1/32 10.0.0.2/31 10.0.0.4/31 10.0.0.6/32")]
    [InlineData("range-address 0.0.0.0 { to { 255.255.255.255; } }", "0.0.0.0/0")]
    [InlineData("range-address 10.0.0.255 { to { 10.0.1.0; } }", "10.0.0.255/32 10.0.1.0/32")]
    [InlineData("range-address 2001:db8::1 { to { 2001:db8::3; } }", "2001:db8::1/128 2001:db8::2/127")]
    [InlineData("range-address 10.0.0.7;", "10.0.0.7/32")]
    [InlineData("wildcard-address 10.0.5.0/255.0.255.0;", "10.0.5.0/255.0.255.0")]
    [InlineData("dns-name WWW.example.net;", "192.0.2.1 192.0.2.2 2001:db8::1")]
    [InlineData("dns-name alias.example.net { ipv6-only; }", "2001:db8::1")]
    public void An_address_of_any_form_becomes_prefixes(string form, string prefixes) =>
        Assert.Equal(prefixes.Split(' '), Assert.Single(Form(form).Intents.Get<FlowIntent>().Policies).SourcePrefixes);

    [Theory]
    [InlineData("range-address 10.0.0.6 { to { 10.0.0.1; } }", "10.0.0.6 to 10.0.0.1 is no range of addresses")]
    [InlineData("range-address 10.0.0.6 { to { 2001:db8::1; } }", "10.0.0.6 to 2001:db8::1 is no range of addresses")]
    [InlineData("dns-name mail.example.net;", "'mail.example.net' has no address that address 'x' may have at 'system static-host-mapping'")]
    public void An_address_that_is_none_is_an_error(string form, string message)
    {
        Binding binding = Form(form);
        Assert.Empty(binding.Intents.Get<FlowIntent>().Policies);
        Assert.Equal(message, Assert.Single(binding.Findings).Message);
    }

    [Fact]
    public void Policies_of_all_zones_come_last_with_the_zones_that_they_name()
    {
        FlowIntent intent = SrxText.Bind("""
            security {
                address-book { global { address lan 10.0.0.0/8; } }
                policies {
                    global {
                        policy g1 { match { from-zone [ a b ]; to-zone any; source-address lan; destination-address any; application any; } then { deny; } }
                        policy g2 { match { source-address any; destination-address lan; application any; source-address-excluded; destination-address-excluded; } then { permit; } }
                    }
                    from-zone a to-zone b { policy p { match { source-address lan; destination-address any; application any; } then { permit; } } }
                }
                zones { security-zone a; security-zone b; }
            }
            """).Intents.Get<FlowIntent>();
        Assert.Equal(["p a b", "g1  ", "g2  "], intent.Policies.Select(p => $"{p.Name} {p.FromZone} {p.ToZone}"));
        Policy global = intent.Policies[1];
        Assert.Equal(["a", "b"], global.FromZones);
        Assert.Empty(global.ToZones);
        Assert.Equal(["10.0.0.0/8"], global.SourcePrefixes);
        Assert.False(global.SourceExcluded);
        Assert.True(intent.Policies[2].SourceExcluded && intent.Policies[2].DestinationExcluded);
    }

    [Fact]
    public void A_policy_of_all_zones_uses_the_global_book_alone() => Assert.Contains(
        "security policies global policy g match source-address: 'net' is neither an address nor an address-set of address-book 'global'",
        SrxText.Complaints("""
            security {
                policies { global { policy g { match { source-address net; destination-address any; application any; } then { deny; } } } }
                zones { security-zone a { address-book { address net 10.0.0.0/8; } } }
            }
            """));

    [Theory]
    [InlineData("protocol icmp; icmp-type unreachable; icmp-code port-unreachable;", "1 3-3 3")]
    [InlineData("protocol icmp; icmp-type echo-reply;", "1 256-256 ")]
    [InlineData("protocol icmp6; icmp6-type echo-request; icmp6-code 0;", "58 128-128 0")]
    [InlineData("protocol icmp6;", "58 0-0 ")]
    public void Messages_of_icmp_have_types_and_codes(string form, string expected)
    {
        Application application = Assert.Single(Assert.Single(SrxText.Bind(
            Text("source-address any; destination-address any; application ping;").Replace("application mine", "application ping { " + form + " } application mine", StringComparison.Ordinal))
            .Intents.Get<FlowIntent>().Policies).Applications);
        Assert.Equal(expected, $"{application.Protocol} {application.FirstDestinationPort}-{application.LastDestinationPort} {(application.HasIcmpCode ? application.IcmpCode : null)}");
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

    private static Binding Form(string form) => SrxText.Bind($$"""
        system { static-host-mapping { www.example.net { inet [ 192.0.2.1 192.0.2.2 ]; inet6 2001:db8::1; alias alias.example.net; } } }
        security {
            policies { from-zone a to-zone b { policy one { match { source-address x; destination-address any; application any; } then { permit; } } } }
            zones { security-zone a { address-book { address x { {{form}} } } } security-zone b; }
        }
        """);

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
