using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Flow.V1;
using RouterOS.Proto.Ike.V1;
using RouterOS.Proto.Kernel.V1;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Unit.Srx;

/// <summary>From text to intents: values, defaults and sources.</summary>
public sealed class BindingTests
{
    [Fact]
    public void The_course_becomes_an_ike_intent()
    {
        Binding binding = SrxText.Bind(SrxText.File("Tests/Conformance/seed-003/edge.conf"));
        Assert.Empty(binding.Findings);
        IkeIntent intent = binding.Intents.Get<IkeIntent>();
        Gateway gateway = Assert.Single(intent.Gateways);
        Assert.Equal("ike-phase1-gateway", gateway.Name);
        Assert.Equal(["1.1.70.1"], gateway.RemoteAddresses);
        Assert.Equal("ge-1/0/1.0", gateway.ExternalInterface);
        Assert.Equal(Mode.Main, gateway.Mode);
        Assert.Equal("edge and remote share this", gateway.PreSharedKey.ToStringUtf8());
        Assert.Equal(
            new DeadPeerDetection { Probe = DeadPeerDetection.Types.Probe.Optimized, IntervalSeconds = 20, Threshold = 5 }, gateway.DeadPeerDetection);
        Assert.Equal(
            new Phase1Proposal
            {
                Name = "ike-phase1-proposal",
                Source = new() { Path = "security ike proposal ike-phase1-proposal", Line = 35 },
                Authentication = Authentication.PreSharedKey,
                DhGroup = 2,
                Hash = Hash.Md5,
                Cipher = Cipher.TripleDesCbc,
                CipherKeyBytes = 24,
                LifetimeSeconds = 600,
            },
            Assert.Single(gateway.Proposals));
        Assert.Equal(new Source { Path = "security ike gateway ike-phase1-gateway address", Line = 49 }, gateway.RemoteSource);
        Assert.Equal(new Source { Path = "security ike policy ike-policy1 pre-shared-key", Line = 45 }, gateway.KeySource);
        Assert.Equal(
            new Vpn
            {
                Name = "TunnelA",
                Source = new() { Path = "security ipsec vpn TunnelA", Line = 70 },
                Gateway = "ike-phase1-gateway",
                BindInterface = "st0.0",
                Proposals =
                {
                    new Phase2Proposal
                    {
                        Name = "ike-phase2-proposal",
                        Source = new() { Path = "security ipsec proposal ike-phase2-proposal", Line = 58 },
                        Cipher = Cipher.TripleDesCbc,
                        CipherKeyBytes = 24,
                        Mac = Mac.HmacMd596,
                        LifetimeSeconds = 3200,
                    },
                },
                ProposalsSource = new() { Path = "security ipsec policy ipsec-poll proposals", Line = 68 },
                PfsGroup = 2,
                PfsSource = new() { Path = "security ipsec policy ipsec-poll perfect-forward-secrecy keys", Line = 66 },
                EstablishImmediately = true,
                SelectorSource = new() { Path = "security ipsec vpn TunnelA ike", Line = 72 },
            },
            Assert.Single(intent.Vpns));
    }

    [Fact]
    public void Nat_traversal_and_aes_gcm_reach_the_intent()
    {
        string course = SrxText.File("Tests/Conformance/seed-003/edge.conf");
        Gateway asItIs = Assert.Single(SrxText.Bind(course).Intents.Get<IkeIntent>().Gateways);
        Assert.Equal((false, 0u), (asItIs.NoNatTraversal, asItIs.NatKeepaliveSeconds));
        string changed = course
            .Replace("external-interface ge-1/0/1.0;", "external-interface ge-1/0/1.0; no-nat-traversal; nat-keepalive 7;", StringComparison.Ordinal)
            .Replace("authentication-algorithm hmac-md5-96;", string.Empty, StringComparison.Ordinal)
            .Replace("encryption-algorithm 3des-cbc;\n            lifetime-seconds 3200;", "encryption-algorithm aes-192-gcm;", StringComparison.Ordinal);
        Binding binding = SrxText.Bind(changed);
        Assert.Empty(binding.Findings);
        Gateway gateway = Assert.Single(binding.Intents.Get<IkeIntent>().Gateways);
        Assert.Equal((true, 7u), (gateway.NoNatTraversal, gateway.NatKeepaliveSeconds));
        Phase2Proposal proposal = Assert.Single(Assert.Single(binding.Intents.Get<IkeIntent>().Vpns).Proposals);
        Assert.Equal((Cipher.AesGcm16, 24u, Mac.None), (proposal.Cipher, proposal.CipherKeyBytes, proposal.Mac));
    }

    [Fact]
    public void The_course_becomes_a_system_intent()
    {
        SystemIntent intent = SrxText.Bind(SrxText.File("Tests/Conformance/seed-003/edge.conf")).Intents.Get<SystemIntent>();
        Assert.Equal("Edge", intent.HostName);
        Assert.Equal(["ge-0/0/0 ethernet", "ge-1/0/1 ethernet", "st0 esp"], intent.Interfaces.Select(i => $"{i.Name} {i.LinkType}"));
        LogicalInterface tunnel = Assert.Single(intent.Interfaces[2].Units);
        Assert.Equal("st0.0", tunnel.Name);
        Assert.True(tunnel.Inet);
        Assert.Equal(new InterfaceAddress
        {
            Address = "1.1.80.2",
            PrefixLength = 28,
            Source = new() { Path = "interfaces st0 unit 0 family inet address 1.1.80.2/28", Line = 23 },
        }, Assert.Single(tunnel.Addresses));
        StaticRoute route = Assert.Single(intent.StaticRoutes);
        Assert.Equal(("0.0.0.0", 0u), (route.Prefix, route.PrefixLength));
        Assert.Equal(["st0.0"], route.NextHopInterfaces);
        Assert.Equal(0u, route.Preference);
        Assert.Equal(30u, route.Source.Line);
    }

    [Fact]
    public void The_course_becomes_a_flow_intent()
    {
        FlowIntent intent = SrxText.Bind(SrxText.File("Tests/Conformance/seed-003/edge.conf")).Intents.Get<FlowIntent>();
        Assert.False(intent.DefaultPermit);
        Assert.Equal(["Public", "Private"], intent.Zones.Select(z => z.Name));
        Assert.Equal(["ge-1/0/1.0", "st0.0"], intent.Zones[0].Interfaces.Select(i => i.Name));
        Assert.True(intent.Zones[0].HostInbound.AllServices);
        Assert.Equal(
            new Service { Name = "ping", Protocol = 1, FirstPort = 8, LastPort = 8 }, Assert.Single(intent.Zones[1].HostInbound.Services));
        Assert.Equal(
            ["Private Public out Permit", "Public Private in Permit"],
            intent.Policies.Select(p => $"{p.FromZone} {p.ToZone} {p.Name} {p.Action}"));
        Assert.All(intent.Policies, p => Assert.Empty(p.SourcePrefixes.Concat(p.DestinationPrefixes)));
    }

    [Fact]
    public void Interfaces_keep_what_the_kernel_needs()
    {
        SystemIntent intent = SrxText.Bind("""
            interfaces {
                ge-0/0/1 { description wan; mtu 1600; unit 0 { description w; family inet { mtu 1400; address 192.0.2.1/24; address 198.51.100.1/24; } } }
                ge-0/0/2 { disable; unit 0 { disable; family inet; } }
                lo0 { unit 0 { family inet { address 192.0.2.99/32; } } }
                fxp0 { unit 0 { family inet { address 10.0.0.1/24; } } }
                inactive: ge-0/0/3 { unit 0; }
                st0 { unit 2 { family inet; } unit 1 { inactive: family inet { address 10.9.9.1/30; } } }
            }
            routing-options {
                static {
                    route 10.1.0.0/16 { next-hop [ 192.0.2.2 198.51.100.2 ]; preference 7; }
                    route 10.2.0.0/16 discard;
                    route 10.3.0.0/16 reject;
                    inactive: route 10.4.0.0/16 discard;
                }
            }
            """).Intents.Get<SystemIntent>();
        Assert.Equal(["ge-0/0/1", "ge-0/0/2", "lo0", "st0"], intent.Interfaces.Select(i => i.Name));
        PhysicalInterface wan = intent.Interfaces[0];
        Assert.Equal(("wan", 1600u, 1400u, "w"), (wan.Description, wan.Mtu, wan.Units[0].InetMtu, wan.Units[0].Description));
        Assert.Equal(["192.0.2.1", "198.51.100.1"], wan.Units[0].Addresses.Select(a => a.Address));
        Assert.True(intent.Interfaces[1].Disabled && intent.Interfaces[1].Units[0].Disabled);
        Assert.Equal("loopback", intent.Interfaces[2].LinkType);
        Assert.Equal(["st0.1 False", "st0.2 True"], intent.Interfaces[3].Units.Select(u => $"{u.Name} {u.Inet}"));
        Assert.Equal(["10.1.0.0", "10.2.0.0", "10.3.0.0"], intent.StaticRoutes.Select(r => r.Prefix));
        Assert.Equal(["192.0.2.2", "198.51.100.2"], intent.StaticRoutes[0].NextHopAddresses);
        Assert.Equal(7u, intent.StaticRoutes[0].Preference);
        Assert.True(intent.StaticRoutes[1].Discard && intent.StaticRoutes[2].Reject);
    }

    [Theory]
    [InlineData("basic", 0, "DesCbc HmacSha196, DesCbc HmacMd596", "1 DesCbc Sha1, 1 DesCbc Md5")]
    [InlineData("compatible", 0, "TripleDesCbc HmacSha196, TripleDesCbc HmacMd596, DesCbc HmacSha196, DesCbc HmacMd596",
        "2 TripleDesCbc Sha1, 2 TripleDesCbc Md5, 2 DesCbc Sha1, 2 DesCbc Md5")]
    [InlineData("standard", 2, "TripleDesCbc HmacSha196, AesCbc HmacSha196", "2 TripleDesCbc Sha1, 2 AesCbc Sha1")]
    public void Predefined_proposals_are_those_of_the_vendor(string set, uint group, string phase2, string phase1)
    {
        IkeIntent intent = SrxText.Bind(Minimal($"proposal-set {set};", $"proposal-set {set};")).Intents.Get<IkeIntent>();
        Assert.Equal(phase1, string.Join(", ", intent.Gateways[0].Proposals.Select(p => $"{p.DhGroup} {p.Cipher} {p.Hash}")));
        Assert.Equal(phase2, string.Join(", ", intent.Vpns[0].Proposals.Select(p => $"{p.Cipher} {p.Mac}")));
        Assert.Equal(group, intent.Vpns[0].PfsGroup);
        Assert.All(intent.Gateways[0].Proposals, p => Assert.Equal(28800u, p.LifetimeSeconds));
        Assert.All(intent.Vpns[0].Proposals, p => Assert.Equal(3600u, p.LifetimeSeconds));
        Assert.EndsWith("proposal-set", intent.Vpns[0].ProposalsSource.Path, StringComparison.Ordinal);
    }

    [Fact]
    public void Written_secrecy_wins_over_that_of_a_set()
    {
        IkeIntent intent = SrxText.Bind(Minimal("proposal-set standard;", "perfect-forward-secrecy { keys group5; } proposal-set standard;"))
            .Intents.Get<IkeIntent>();
        Assert.Equal(5u, intent.Vpns[0].PfsGroup);
        Assert.EndsWith("perfect-forward-secrecy keys", intent.Vpns[0].PfsSource.Path, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("remote-identity distinguished-name wildcard \"O=Example\" container \"CN=gw\";", "O=Example", "CN=gw")]
    [InlineData("remote-identity distinguished-name;", "", "")]
    public void The_subject_of_a_certificate_is_an_identity(string statement, string value, string ordered)
    {
        Identity identity = SrxText.Bind(Minimal("proposal-set standard;", "proposal-set standard;", statement)).Intents.Get<IkeIntent>().Gateways[0].RemoteIdentity;
        Assert.Equal((Identity.Types.Kind.DistinguishedName, value, ordered), (identity.Kind, identity.Value, identity.OrderedValue));
    }

    [Theory]
    [InlineData("junos-ntp", 17u, 0u, 123u)]
    [InlineData("junos-gre", 47u, 0u, 0u)]
    [InlineData("junos-icmp-all", 1u, 0u, 0u)]
    [InlineData("any", 0u, 0u, 0u)]
    public void The_service_of_a_proxy_identity_is_a_protocol_and_ports(string service, uint protocol, uint local, uint remote)
    {
        Vpn vpn = SrxText.Bind(Minimal("proposal-set standard;", "proposal-set standard;", "", "", $"proxy-identity {{ service {service}; }}")).Intents.Get<IkeIntent>().Vpns[0];
        Assert.Equal((protocol, local, remote), (vpn.SelectorProtocol, vpn.LocalPort, vpn.RemotePort));
    }

    [Theory]
    [InlineData("junos-sip", "has others")]
    [InlineData("junos-irc", "has others")]
    [InlineData("junos-ping", "has others")]
    [InlineData("nothing", "neither a configured nor a predefined application")]
    public void A_service_that_no_identity_of_phase_2_can_say_is_refused(string service, string message) => Assert.Contains(
        message,
        Assert.Single(
            SrxText.Bind(Minimal("proposal-set standard;", "proposal-set standard;", "", "", $"proxy-identity {{ service {service}; }}")).Findings,
            finding => finding.Severity == RouterOS.Proto.Config.V1.Finding.Types.Severity.Error).Message,
        StringComparison.Ordinal);

    [Fact]
    public void A_peers_name_has_the_addresses_that_the_configuration_gives_it()
    {
        string text = Minimal("proposal-set standard;", "proposal-set standard;").Replace("address 192.0.2.2;", "address [ peer.example.net 192.0.2.9 ];", StringComparison.Ordinal)
            + "system { static-host-mapping { peer.example.net { inet [ 192.0.2.7 192.0.2.8 ]; inet6 2001:db8::7; } } }";
        Assert.Equal(["192.0.2.7", "192.0.2.8", "192.0.2.9"], SrxText.Bind(text).Intents.Get<IkeIntent>().Gateways[0].RemoteAddresses);
    }

    [Fact]
    public void A_gateway_and_a_vpn_carry_every_option()
    {
        IkeIntent intent = SrxText.Bind(Minimal(
            "proposal-set standard;",
            "proposal-set standard;",
            """
            local-identity hostname a.example.net;
            remote-identity user-at-hostname ops@example.net;
            local-address 192.0.2.1;
            dead-peer-detection { always-send; }
            """,
            """
            df-bit copy;
            """,
            "no-anti-replay; proxy-identity { local 10.1.0.0/16; remote 10.2.0.0/16; service any; }")).Intents.Get<IkeIntent>();
        Gateway gateway = intent.Gateways[0];
        Assert.Equal((Identity.Types.Kind.Fqdn, "a.example.net"), (gateway.LocalIdentity.Kind, gateway.LocalIdentity.Value));
        Assert.Equal((Identity.Types.Kind.UserFqdn, "ops@example.net"), (gateway.RemoteIdentity.Kind, gateway.RemoteIdentity.Value));
        Assert.Equal("192.0.2.1", gateway.LocalAddress);
        Assert.Equal(
            new DeadPeerDetection { Probe = DeadPeerDetection.Types.Probe.AlwaysSend, IntervalSeconds = 10, Threshold = 5 }, gateway.DeadPeerDetection);
        Vpn vpn = intent.Vpns[0];
        Assert.Equal((DfBit.Copy, true, false), (vpn.DfBit, vpn.NoAntiReplay, vpn.EstablishImmediately));
        Assert.Equal(("10.1.0.0/16", "10.2.0.0/16"), (vpn.LocalSelector, vpn.RemoteSelector));
    }

    [Fact]
    public void Replay_window_and_extended_numbers_reach_the_intent()
    {
        string text = Minimal("proposal-set basic;", "proposals x;", ike: "anti-replay-window-size 4096;").Replace(
            "ipsec {", "ipsec { proposal x { protocol esp; authentication-algorithm hmac-sha-256-96; encryption-algorithm aes-128-cbc; extended-sequence-number; }",
            StringComparison.Ordinal);
        Vpn vpn = SrxText.Bind(text).Intents.Get<IkeIntent>().Vpns[0];
        Assert.Equal((4096u, false), (vpn.ReplayWindow, vpn.NoAntiReplay));
        Assert.Equal((true, Mac.HmacSha25696), (vpn.Proposals[0].ExtendedSequence, vpn.Proposals[0].Mac));
    }

    [Fact]
    public void Without_options_a_gateway_sends_no_probes_and_uses_addresses()
    {
        Gateway gateway = SrxText.Bind(Minimal("proposal-set basic;", "proposal-set basic;")).Intents.Get<IkeIntent>().Gateways[0];
        Assert.Null(gateway.DeadPeerDetection);
        Assert.Null(gateway.LocalIdentity);
        Assert.Empty(gateway.LocalAddress);
    }

    [Fact]
    public void A_hexadecimal_key_is_its_bytes()
    {
        string text = Minimal("proposal-set basic;", "proposal-set basic;").Replace("ascii-text \"k e y\"", "hexadecimal 00ffA1", StringComparison.Ordinal);
        Assert.Equal([0x00, 0xff, 0xa1], SrxText.Bind(text).Intents.Get<IkeIntent>().Gateways[0].PreSharedKey.ToByteArray());
    }

    [Theory]
    [InlineData("ascii-text \"k e y\";", "", "security ike policy p: the policy has no pre-shared-key and no local-certificate, but gateway 'g' uses it")]
    [InlineData("external-interface ge-0/0/0.0;", "external-interface ge-0/0/5.0;", "security ike gateway g external-interface: ge-0/0/5.0 is not configured under 'interfaces'")]
    [InlineData("address 192.0.2.1/24;", "", "security ike gateway g external-interface: ge-0/0/0.0 has no IPv4 address, so IKE has none to speak from")]
    [InlineData("ike-policy p;", "ike-policy p; local-address 192.0.2.7;", "security ike gateway g local-address: 192.0.2.7 is no address of ge-0/0/0.0, which has 192.0.2.1")]
    [InlineData("ike; }", "ping; }", "security ike gateway g external-interface: the zone of ge-0/0/0.0 does not allow 'ike' in host-inbound-traffic system-services, so IKE of the peer is dropped")]
    [InlineData("interfaces { ge-0/0/0.0; }", "", "security ike gateway g external-interface: ge-0/0/0.0 is in no security zone, so packets of the peer are dropped")]
    [InlineData("interfaces { st0.0; }", "", "security ipsec vpn v bind-interface: st0.0 is in no security zone, so what comes out of the tunnel is dropped")]
    [InlineData("st0 { unit 0 { family inet; } }", "", "security ipsec vpn v bind-interface: st0.0 is not configured with 'family inet' under 'interfaces'")]
    public void What_cannot_work_is_found(string original, string replacement, string finding)
    {
        string text = Minimal("proposal-set basic;", "proposal-set basic;").Replace(original, replacement, StringComparison.Ordinal)
            .Replace("pre-shared-key }", "}", StringComparison.Ordinal);
        if (finding.Contains("pre-shared-key", StringComparison.Ordinal))
        {
            text = text.Replace("pre-shared-key ", "", StringComparison.Ordinal);
        }

        string[] found = [.. SrxText.Bind(text).Findings.Select(f => $"{f.Source.Path}: {f.Message}")];
        Assert.Equal(finding.Length == 0 ? [] : [finding], found.Where(f => finding.Length == 0 || f == finding));
    }

    [Fact]
    public void Two_vpns_cannot_share_a_tunnel_interface()
    {
        string text = Minimal("proposal-set basic;", "proposal-set basic;") + """
            security { ipsec { vpn w { bind-interface st0.0; ike { gateway g; ipsec-policy q; } } } }
            """;
        Assert.Contains("VPN 'v' is bound to st0.0 already", Assert.Single(SrxText.Bind(text).Findings).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_static_route_leads_to_an_address_or_a_tunnel() => Assert.Equal(
        ["routing-options static route 10.0.0.0/8 next-hop: ge-0/0/0.0 is no point-to-point interface: write the next hop's address"],
        SrxText.Complaints("routing-options { static { route 10.0.0.0/8 next-hop ge-0/0/0.0; } }"));

    private static string Minimal(string phase1, string phase2, string gateway = "", string vpn = "", string ike = "") => $$"""
        interfaces {
            ge-0/0/0 { unit 0 { family inet { address 192.0.2.1/24; } } }
            st0 { unit 0 { family inet; } }
        }
        security {
            ike {
                policy p { {{phase1}} pre-shared-key ascii-text "k e y"; }
                gateway g { ike-policy p; address 192.0.2.2; external-interface ge-0/0/0.0; {{gateway}} }
            }
            ipsec {
                policy q { {{phase2}} }
                vpn v { bind-interface st0.0; {{vpn}} ike { gateway g; ipsec-policy q; {{ike}} } }
            }
            zones {
                security-zone out { host-inbound-traffic { system-services { ike; } } interfaces { ge-0/0/0.0; } }
                security-zone vpn { interfaces { st0.0; } }
            }
        }
        """;

    [Theory]
    [InlineData("vlan-tagging; unit 0 { vlan-id 10; } unit 7 { vlan-id 20; }", "")]
    [InlineData("vlan-tagging; unit 0 { family inet; }", "needs a vlan-id")]
    [InlineData("unit 0 { vlan-id 10; }", "has no vlan-tagging")]
    [InlineData("unit 7 { family inet; }", "without them only unit 0 is possible")]
    public void Units_of_a_port_are_told_apart_by_vlans(string port, string complaint)
    {
        Binding bound = SrxText.Bind("interfaces { ge-0/0/0 { " + port + " } }");
        Assert.Equal(complaint.Length > 0, bound.Findings.Any(f => f.Message.Contains(complaint, StringComparison.Ordinal) && complaint.Length > 0));
        if (complaint.Length == 0)
        {
            Assert.Equal([("ge-0/0/0.0", 10u), ("ge-0/0/0.7", 20u)], bound.Intents.Get<SystemIntent>().Interfaces.Single().Units.Select(u => (u.Name, u.Vlan)));
        }
    }

    [Fact]
    public void Routes_have_the_options_of_their_table_unless_they_say_otherwise()
    {
        SystemIntent intent = SrxText.Bind("""
            routing-options {
                static {
                    defaults { preference 9; metric 4; resolve; passive; }
                    route 10.0.0.0/8 {
                        next-hop 192.0.2.9;
                        qualified-next-hop 192.0.2.10 { preference 20; }
                        no-resolve; active; no-install;
                    }
                    route 10.9.0.0/16 { receive; }
                    route 10.8.0.0/16 { qualified-next-hop 192.0.2.10 { metric 7; } qualified-next-hop st0.0; preference 30; }
                }
                aggregate { route 172.16.0.0/12 { preference 20; discard; } }
                generate { route 0.0.0.0/0 passive; }
                rib inet6.0 {
                    static { route 2001:db8::/32 { qualified-next-hop fe80::1 { interface ge-0/0/0.0; preference 5; } qualified-next-hop 2001:db8:1::9 { preference 3; } } }
                    aggregate { route 2001:db8:8::/48; }
                }
                forwarding-table { export balance; }
                interface-routes { family { inet { export { lan; } } } }
            }
            """).Intents.Get<SystemIntent>();
        Assert.Equal(
            [
                "10.0.0.0 192.0.2.10 20 4 active no-install", "10.0.0.0 192.0.2.9 9 4 active no-install", "10.8.0.0 192.0.2.10 30 7 passive resolve",
                "10.8.0.0 st0.0 30 4 active resolve", "10.9.0.0 receive 9 4 passive resolve", "2001:db8:: fe80::1ge-0/0/0.0 5 0 active", "2001:db8:: 2001:db8:1::9 3 0 active",
            ],
            intent.StaticRoutes.Select(r => string.Join(' ', new[]
            {
                r.Prefix, r.Receive ? "receive" : string.Concat(r.NextHopAddresses.Concat(r.NextHopInterfaces)), $"{r.Preference}", $"{r.Metric}",
                r.Passive ? "passive" : "active", r.NoInstall ? "no-install" : "", r.Resolve ? "resolve" : "",
            }.Where(word => word.Length > 0))));
        Assert.Equal(
            ["172.16.0.0 False True False 20", "0.0.0.0 True False True 0", "2001:db8:8:: False False False 0"],
            intent.Aggregates.Select(r => $"{r.Prefix} {r.Generate} {r.Discard} {r.Passive} {r.Preference}"));
    }

    [Theory]
    [InlineData("route 10.0.0.0/8 { metric 3; }", "missing one of 'next-hop', 'qualified-next-hop', 'discard', 'reject', 'receive'")]
    [InlineData("route 10.0.0.0/8 { discard; qualified-next-hop 192.0.2.1; }", "a route that ends here has no next hops")]
    public void A_route_must_lead_somewhere_or_end(string route, string message) =>
        Assert.Contains(message, Assert.Single(SrxText.Complaints($"routing-options {{ static {{ {route} }} }}")), StringComparison.Ordinal);

    [Fact]
    public void Links_have_other_ends_neighbours_and_addresses_of_other_interfaces()
    {
        Binding binding = SrxText.Bind("""
            system { arp { aging-timer 5; } }
            interfaces {
                ge-0/0/0 { unit 0 { family inet { rpf-check { mode loose; } address 192.0.2.1/24 { arp 192.0.2.7 mac 00:00:5E:00:53:07; broadcast 192.0.2.255; } } } }
                ge-0/0/1 { unit 0 { family inet6 { mtu 1400; rpf-check; dad-disable; address 2001:db8::1/64 { ndp 2001:db8::7 mac 00:00:5e:00:53:08; } } } }
                gr-0/0/0 { unit 0 { tunnel { source 192.0.2.1; destination 192.0.2.9; } family inet { unnumbered-address lo0.0; } } }
                st0 { unit 0 { family inet { address 10.9.0.1/32 { destination 10.9.0.2; } } } }
            }
            security { zones { security-zone a { interfaces { ge-0/0/0.0; ge-0/0/1.0; st0.0; } } } }
            """);
        LogicalInterface[] units = [.. binding.Intents.Get<SystemIntent>().Interfaces.SelectMany(i => i.Units)];
        LogicalInterface port = units.Single(u => u.Name == "ge-0/0/0.0");
        Assert.Equal((300u, "192.0.2.7", "00005E005307"), (port.ArpSeconds, port.Neighbors[0].Address, Convert.ToHexString(port.Neighbors[0].LinkAddress.Span)));
        LogicalInterface other = units.Single(u => u.Name == "ge-0/0/1.0");
        Assert.Equal((1400u, true, "2001:db8::7"), (other.Inet6Mtu, other.SkipsDuplicateDetection, other.Neighbors[0].Address));
        Assert.Equal("lo0.0", units.Single(u => u.Name == "gr-0/0/0.0").Unnumbered);
        Assert.Equal("10.9.0.2", units.Single(u => u.Name == "st0.0").Addresses[0].Destination);
        Assert.Equal(
            [(ReversePath.Loose, ReversePath.None), (ReversePath.None, ReversePath.Strict), (ReversePath.None, ReversePath.None)],
            binding.Intents.Get<FlowIntent>().Zones[0].Interfaces.Select(i => (i.ReversePath, i.ReversePath6)));
    }

    [Theory]
    [InlineData("ge-0/0/0", "address 192.0.2.1/24 { broadcast 192.0.2.127; }", VerdictKind.Refused)]
    [InlineData("ge-0/0/0", "address 192.0.2.1/25 { broadcast 192.0.2.127; }", VerdictKind.Equivalent)]
    [InlineData("ge-0/0/0", "address 192.0.2.1/32 { destination 192.0.2.2; }", VerdictKind.Refused)]
    [InlineData("st0", "address 192.0.2.1/32 { destination 192.0.2.2; }", VerdictKind.Applied)]
    [InlineData("ge-0/0/0", "unnumbered-address lo0.0;", VerdictKind.Refused)]
    [InlineData("st0", "unnumbered-address lo0.0;", VerdictKind.Applied)]
    [InlineData("ge-0/0/0", "address 192.0.2.1/24 { arp 192.0.2.7 mac 00:00:5e:00:53:07 publish; }", VerdictKind.Refused)]
    public void Options_of_addresses_are_judged_by_the_interface(string name, string inet, VerdictKind kind)
    {
        VerdictKind[] kinds = [.. SrxText.Check($"interfaces {{ {name} {{ unit 0 {{ family inet {{ {inet} }} }} }} }}").Rows.Select(row => row.Verdict.Kind)];
        Assert.Contains(kind, kinds);
        Assert.Equal(kind == VerdictKind.Refused, kinds.Contains(VerdictKind.Refused));
    }
}
