using RouterOS.Proto.Flow.V1;
using RouterOS.Proto.Ike.V1;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Unit.Srx;

/// <summary>Policy-based VPNs: tunnels of policies, their proxy identities, and what a commit refuses.</summary>
public sealed class PolicyTunnelTests
{
    private const string Out = "from-zone Private to-zone Public";
    private const string In = "from-zone Public to-zone Private";

    [Fact]
    public void A_pair_of_policies_is_one_tunnel_with_the_addresses_as_its_proxy_identity()
    {
        Binding binding = SrxText.Bind(SrxText.File("Tests/Conformance/seed-003/policy-edge.conf"));
        Assert.Empty(binding.Findings);
        Vpn vpn = Assert.Single(binding.Intents.Get<IkeIntent>().Vpns);
        Assert.Equal(("TunnelA", "TunnelA:Private:Public:vpn-out", ""), (vpn.Name, vpn.Tunnel, vpn.BindInterface));
        Assert.Equal(("10.1.10.5/32", "10.1.210.5/32", 0u), (vpn.LocalSelector, vpn.RemoteSelector, vpn.SelectorProtocol));
        Assert.Equal(["vpn-out", "vpn-in"], vpn.Policies);
        Assert.Equal(
            [(vpn.Tunnel, false), (vpn.Tunnel, true)],
            binding.Intents.Get<FlowIntent>().Policies.Select(p => (p.Protection, p.Inbound)));
    }

    [Fact]
    public void Policies_with_other_match_sets_have_tunnels_of_their_own_and_the_same_set_shares_one()
    {
        Vpn[] vpns = [.. Vpns(Between(
                Out, Policy("web", "a", "far", "junos-https"), Policy("dns", "a", "far", "dns"), Policy("same", "a", "far", "junos-https"),
                Policy("many", "[ a b ]", "far", "[ dns junos-https ]"), Policy("range", "a", "far", "high"))
            + Between(In, Policy("mail", "far", "b", "junos-smtp")))];
        Assert.Equal(
            [
                "v:Private:Public:web 10.0.1.0/24 10.9.0.0/16 6 0 443",
                "v:Private:Public:dns 10.0.1.0/24 10.9.0.0/16 17 53 53",
                "v:Private:Public:many 0.0.0.0/0 10.9.0.0/16 0 0 0",
                "v:Private:Public:range 10.0.1.0/24 10.9.0.0/16 6 0 0",
                "v:Public:Private:mail 10.0.2.0/24 10.9.0.0/16 6 25 0",
            ],
            vpns.Select(v => $"{v.Tunnel} {v.LocalSelector} {v.RemoteSelector} {v.SelectorProtocol} {v.LocalPort} {v.RemotePort}"));
        Assert.Equal(["web", "same"], vpns[0].Policies);
    }

    [Fact]
    public void A_pair_with_two_applications_carries_any()
    {
        Vpn vpn = Assert.Single(Vpns(
            Between(Out, Policy("out", "a", "far", "junos-https", pair: "in")) + Between(In, Policy("in", "far", "a", "junos-smtp", pair: "out"))));
        Assert.Equal(("10.0.1.0/24", "10.9.0.0/16", 0u, 0u, 0u),
            (vpn.LocalSelector, vpn.RemoteSelector, vpn.SelectorProtocol, vpn.LocalPort, vpn.RemotePort));
    }

    [Fact]
    public void An_explicit_proxy_identity_wins()
    {
        Vpn vpn = Assert.Single(Vpns(
            Between(Out, Policy("one", "a", "far", "any"), Policy("two", "b", "far", "any")), "proxy-identity { local 10.0.0.0/8; remote 10.9.0.0/16; }"));
        Assert.Equal(("10.0.0.0/8", "10.9.0.0/16"), (vpn.LocalSelector, vpn.RemoteSelector));
        Assert.Equal(["one", "two"], vpn.Policies);
    }

    [Theory]
    [InlineData("x", "", "", "there is no active IPsec VPN 'x'")]
    [InlineData("bound", "", "", "VPN 'bound' is bound to st0.0: route to st0.0 and permit without 'tunnel', or delete its 'bind-interface'")]
    [InlineData("v", "nobody", "", "there is no active policy 'nobody' from zone 'Public' to zone 'Private'")]
    [InlineData("v", "in", "", "does not have 'pair-policy out'")]
    [InlineData("v", "in", "ipsec-vpn w; pair-policy out;", "does not name VPN 'v'")]
    public void A_commit_refuses(string vpn, string pair, string back, string message)
    {
        string other = Policy("in", "far", "a", "any").Replace("ipsec-vpn v;", back.Length > 0 ? back : "ipsec-vpn v;", StringComparison.Ordinal);
        string policies = Between(Out, Policy("out", "a", "far", "any", pair, vpn)) + Between(In, other);
        Assert.Contains(SrxText.Complaints(Text(policies)), complaint => complaint.Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_pair_about_other_addresses_is_refused() => Assert.Contains(
        SrxText.Complaints(Text(Between(Out, Policy("out", "a", "far", "any", "in")) + Between(In, Policy("in", "far", "b", "any", "out")))),
        complaint => complaint.Contains("a pair of policies shares one tunnel, but this one is about 10.0.2.0/24 and 10.9.0.0/16", StringComparison.Ordinal));

    [Fact]
    public void Neither_zone_has_the_external_interface() => Assert.Contains(
        SrxText.Complaints(Text(Between("from-zone Private to-zone Third", Policy("p", "any", "any", "any")))),
        complaint => complaint.Contains("neither zone 'Private' nor 'Third' has ge-0/0/1.0, the external interface of VPN 'v', which is in zone 'Public'", StringComparison.Ordinal));

    [Fact]
    public void A_VPN_that_nothing_leads_to_is_warned_about() => Assert.Contains(
        SrxText.Complaints(Text("")),
        complaint => complaint.StartsWith("security ipsec vpn v: the VPN carries nothing", StringComparison.Ordinal));

    private static string Policy(string name, string from, string to, string application, string pair = "", string vpn = "v") =>
        $"policy {name} {{ match {{ source-address {from}; destination-address {to}; application {application}; }} then {{ permit {{ tunnel {{ ipsec-vpn {vpn}; "
        + $"{(pair.Length > 0 ? $"pair-policy {pair};" : "")} }} }} }} }} ";

    private static string Between(string zones, params string[] policies) => $"{zones} {{ {string.Concat(policies)} }} ";

    private static IEnumerable<Vpn> Vpns(string policies, string ike = "")
    {
        Binding binding = SrxText.Bind(Text(policies, ike));
        Assert.All(binding.Findings, f => Assert.Contains("carries nothing", f.Message, StringComparison.Ordinal));
        return binding.Intents.Get<IkeIntent>().Vpns.Where(v => v.Policies.Count > 0);
    }

    private static string Text(string policies, string ike = "") => $$"""
        interfaces {
            ge-0/0/0 { unit 0 { family inet { address 10.0.1.1/24; } } }
            ge-0/0/1 { unit 0 { family inet { address 192.0.2.1/24; } } }
            st0 { unit 0 { family inet; } }
        }
        applications {
            application dns { protocol udp; source-port 53; destination-port 53; }
            application high { protocol tcp; destination-port 8000-9000; }
        }
        security {
            ike {
                proposal p { authentication-method pre-shared-keys; dh-group group2; authentication-algorithm md5; encryption-algorithm 3des-cbc; }
                policy k { proposals p; pre-shared-key ascii-text "secret"; }
                gateway g { ike-policy k; address 192.0.2.2; external-interface ge-0/0/1.0; }
                gateway h { ike-policy k; address 192.0.2.3; external-interface ge-0/0/1.0; }
            }
            ipsec {
                policy s { proposal-set standard; }
                vpn v { ike { gateway g; {{ike}} ipsec-policy s; } }
                vpn w { ike { gateway g; ipsec-policy s; } }
                vpn bound { bind-interface st0.0; ike { gateway h; ipsec-policy s; } }
            }
            zones {
                security-zone Private {
                    address-book { address a 10.0.1.0/24; address b 10.0.2.0/24; }
                    interfaces { ge-0/0/0.0; }
                }
                security-zone Public {
                    address-book { address far 10.9.0.0/16; }
                    host-inbound-traffic { system-services { ike; } }
                    interfaces { ge-0/0/1.0; st0.0; }
                }
                security-zone Third;
            }
            policies { {{policies}} }
        }
        """;
}
