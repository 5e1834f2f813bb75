using RouterOS.Scenario.Simulated;

namespace RouterOS.Scenario;

/// <summary>Gateways with IPv6 addresses: keys by hand, bundles, peers from anywhere, transport mode, monitors, next hops, captures, policies.</summary>
public sealed class Over6Tests : IDisposable
{
    private const string AddressA = "2001:db8:f::1";
    private const string AddressB = "2001:db8:f::2";
    private const string Keys = """
        authentication { algorithm hmac-sha1-96; key ascii-text "twenty-bytes-of-text"; }
        encryption { algorithm 3des-cbc; key hexadecimal 0123456789abcdef23456789abcdef01456789abcdef0123; }
        """;

    private const string Bundle = "proposal x { protocol bundle; authentication-algorithm hmac-sha1-96; encryption-algorithm aes-128-cbc; } policy p { proposals x; }";

    private readonly SimulatedNetwork _network = new();
    private SimulatedHost _host = null!;
    private ushort _sequence;

    [Theory]
    [InlineData("esp", Keys, "ESP:3des/sha1")]
    [InlineData("ah", "authentication { algorithm hmac-sha-256-96; key ascii-text \"thirty-two-bytes-of-text-for-sha\"; }", "AH:-/sha256")]
    [InlineData("bundle", Keys + " auxiliary-spi 1025;", "AH:-/sha1")]
    public void Keys_by_hand(string protocol, string keys, string token)
    {
        string Vpn(string peer) => $"vpn hand {{ bind-interface st0.0; manual {{ gateway {peer}; external-interface ge-0/0/1.0; protocol {protocol}; spi 1024; {keys} }} }}";
        (SimulatedRouter a, _) = Pair(string.Empty, string.Empty, Vpn(AddressB), Vpn(AddressA));
        Assert.Equal(20, Ping("10.2.0.10", 20));
        Assert.Matches($@"<16384 2001:db8:f::2 +500 +{token} +00000400 unlim/ unlim +- +0", a.Run("show security ipsec security-associations"));
        a.KillModule();
        a.StartModule();
        _network.Run(2);
        Assert.Equal(5, Ping("10.2.0.10", 5));
    }

    [Fact]
    public void Esp_inside_ah_is_negotiated()
    {
        (SimulatedRouter a, SimulatedRouter b) = Pair(Gateway("b", AddressB), Gateway("a", AddressA), Vpn("b"), Vpn("a"), ipsec: Bundle);
        Assert.InRange(Ping("10.2.0.10", 10), 6, 10);
        string brief = a.Run("show security ipsec security-associations");
        Assert.Contains("total configured sa: 4", brief, StringComparison.Ordinal);
        Assert.Matches(@">16384 2001:db8:f::2 +500 +ESP:aes-128/- ", brief);
        Assert.Matches(@"Input packets: +[1-9]", b.Run("show security ipsec statistics"));
        a.KillModule();
        a.StartModule();
        _network.Run(2);
        Assert.Equal(5, Ping("10.2.0.10", 5));
    }

    [Theory]
    [InlineData("hostname spoke.example.net", "hostname spoke.example.net", "")]
    [InlineData("hostname example.net ike-user-type group-ike-id", "hostname spoke.example.net", "")]
    [InlineData("inet6 2001:db8:9::9", "inet6 2001:db8:9::9", "local-address 2001:db8:f::2;")]
    public void A_peer_from_any_address_is_known_by_its_identity(string expected, string said, string local)
    {
        const string Aggressive = "mode aggressive;";
        (SimulatedRouter a, SimulatedRouter b) = Pair(
            $"gateway b {{ ike-policy p; address {AddressB}; local-identity {said}; external-interface ge-0/0/1.0; }} ",
            $"gateway a {{ ike-policy p; dynamic {expected}; {local} external-interface ge-0/0/1.0; }} ",
            Vpn("b", "proxy-identity { local 10.1.0.0/24; remote 10.2.0.0/24; }"), Vpn("a", "proxy-identity { local 10.2.0.0/24; remote 10.1.0.0/24; }"),
            policy: Aggressive, wanB: "family inet { address 192.0.2.2/24; }");
        Assert.InRange(Ping("10.2.0.10", 10), 6, 10);
        Assert.Contains(AddressA, b.Run("show security ike security-associations"), StringComparison.Ordinal);
        Assert.Contains("Aggressive", b.Run("show security ike security-associations"), StringComparison.Ordinal);
        b.KillEngine();
        Assert.Equal(5, Ping("10.2.0.10", 5));
        b.StartEngine();
        _network.Run(2);
        Assert.Equal(5, Ping("10.2.0.10", 5));
        Assert.Contains(AddressA, b.Run("show security ipsec security-associations"), StringComparison.Ordinal);
        a.Run("clear security ike security-associations");
        a.Run("clear security ipsec security-associations");
        Assert.InRange(Ping("10.2.0.10", 10), 5, 10);
    }

    [Theory]
    [InlineData("protocol esp; authentication-algorithm hmac-sha1-96; encryption-algorithm aes-128-cbc;", "Encrypted packets")]
    [InlineData("protocol ah; authentication-algorithm hmac-sha1-96;", "Output packets")]
    [InlineData("protocol bundle; authentication-algorithm hmac-sha1-96; encryption-algorithm aes-128-cbc;", "Encrypted packets")]
    public void What_two_routers_send_each_other_is_protected_in_transport_mode(string proposal, string counted)
    {
        string Vpn(string gateway, string local, string remote) =>
            $"vpn own-58-0-0 {{ bind-interface st0.0; ike {{ gateway {gateway}; proxy-identity {{ local {local}/128; remote {remote}/128; }} ipsec-policy p; }} }}";
        (SimulatedRouter a, SimulatedRouter b) = Pair(
            Gateway("b", AddressB), Gateway("a", AddressA), Vpn("b", AddressA, AddressB), Vpn("a", AddressB, AddressA),
            ipsec: $"proposal x {{ {proposal} }} policy p {{ proposals x; }}", model: "lab240");
        a.Run($"ping {AddressB} count 3");
        _network.Run(5);
        Assert.Contains(" 0% packet loss", a.Run($"ping {AddressB} count 5"), StringComparison.Ordinal);
        foreach (int size in (int[])[1300, 3000])
        {
            string pinged = b.Run($"ping {AddressA} count 5 size {size}");
            Assert.True(pinged.Contains(" 0% packet loss", StringComparison.Ordinal), pinged + b.Run("show pfe statistics traffic") + a.Run("show pfe statistics traffic"));
        }

        Assert.Contains("Mode: transport", a.Run("show security ipsec security-associations detail"), StringComparison.Ordinal);
        Assert.Matches($"{counted}: +1[0-9]|{counted}: +[2-9][0-9]", a.Run("show security ipsec statistics"));
        Assert.DoesNotContain("esp/unprotected", a.Run("show pfe statistics traffic") + b.Run("show pfe statistics traffic"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vpn-monitor;")]
    [InlineData("vpn-monitor { source-interface lo0.0; destination-ip 2001:db8:2::1; }")]
    public void Probes_of_a_monitor_are_icmpv6(string monitor)
    {
        string vpn = $"vpn-monitor-options {{ interval 2; threshold 3; }} vpn b {{ bind-interface st0.0; {monitor} establish-tunnels immediately; ike {{ gateway b; ipsec-policy p; }} }} ";
        (SimulatedRouter a, SimulatedRouter b) = Pair(
            Gateway("b", AddressB), Gateway("a", AddressA), vpn, Vpn("a"),
            routes6: ("route 2001:db8:2::/64 next-hop st0.0;", "route 2001:db8:1::/64 next-hop st0.0;"));
        _network.Run(30);
        Assert.Matches(@"unlim +U +0", a.Run("show security ipsec security-associations"));
        Assert.Matches(@"Encrypted packets: +1[0-9]", a.Run("show security ipsec statistics"));
        Assert.DoesNotContain(a.Log, line => line.Contains("vpn monitor: no answer", StringComparison.Ordinal));
        b.Commit(_textB.Replace("security-zone vpn { host-inbound-traffic { system-services { ping; } }", "security-zone vpn {", StringComparison.Ordinal));
        _network.Run(9);
        Assert.Contains(a.Log, line => line.Contains("vpn monitor: no answer from 2001:db8:", StringComparison.Ordinal));
        Assert.Matches(@"unlim +D +0", a.Run("show security ipsec security-associations"));
    }

    [Theory]
    [InlineData("address 2001:db8:ff::1/64;")]
    [InlineData("")]
    public void Next_hops_of_ipv6_lead_to_the_spokes_of_one_multipoint_unit(string address)
    {
        string hub = Text("hub", "10.1.0.1/24", "2001:db8:1::1/64", $"family inet6 {{ address {AddressA}/64; }}", Gateway("one", AddressB) + Gateway("two", "2001:db8:e::2", "ge-0/0/2.0"), Vpn("one") + Vpn("two"),
            st0: $"multipoint; family inet6 {{ {address} next-hop-tunnel 2001:db8:ff::2 ipsec-vpn one; next-hop-tunnel 2001:db8:ff::3 ipsec-vpn two; }}",
            routes6: "route 2001:db8:2::/64 next-hop 2001:db8:ff::2; route 2001:db8:3::/64 next-hop 2001:db8:ff::3;",
            more: "ge-0/0/2 { unit 0 { family inet6 { address 2001:db8:e::1/64; } } }", untrusted: "ge-0/0/2.0;");
        string Spoke(string name, string lan4, string lan, string wan, string peer) => Text(
            name, lan4, lan, $"family inet6 {{ address {wan}/64; }}", Gateway("hub", peer), Vpn("hub"), st0: "family inet6;", routes6: "route 2001:db8:1::/64 next-hop st0.0;");
        SimulatedRouter a = _network.Router("hub", "srx240", hub);
        SimulatedRouter one = _network.Router("one", "srx240", Spoke("one", "10.2.0.1/24", "2001:db8:2::1/64", AddressB, AddressA));
        SimulatedRouter two = _network.Router("two", "srx240", Spoke("two", "10.3.0.1/24", "2001:db8:3::1/64", "2001:db8:e::2", "2001:db8:e::1"));
        _network.Wire(a, "ge-0/0/1", one, "ge-0/0/1");
        _network.Wire(a, "ge-0/0/2", two, "ge-0/0/1");
        _network.Start();
        _network.Run(3);
        foreach (string spoke in (string[])["2001:db8:2::1", "2001:db8:3::1"])
        {
            a.Run($"ping {spoke} source 2001:db8:1::1 count 3");
            Assert.Contains(" 0% packet loss", a.Run($"ping {spoke} source 2001:db8:1::1 count 5"), StringComparison.Ordinal);
        }

        Assert.Matches(@"2001:db8:ff::2 +st0\.0 +one +Static\n2001:db8:ff::3 +st0\.0 +two +Static", a.Run("show security ipsec next-hop-tunnels"));
        Assert.Matches(@"Decrypted packets: +[5-9]", one.Run("show security ipsec statistics"));
        Assert.Matches(@"Decrypted packets: +[5-9]", two.Run("show security ipsec statistics"));
    }

    [Fact]
    public void A_policy_leads_into_a_tunnel()
    {
        string Side(string name, string lan, string wan, string gateway, string mine, string theirs) => $$"""
            system { host-name {{name}}; }
            interfaces {
                ge-0/0/0 { unit 0 { family inet { address {{lan}}; } } }
                ge-0/0/1 { unit 0 { family inet { address 192.0.2.{{wan[^1]}}/24; } family inet6 { address {{wan}}/64; } } }
            }
            routing-options { static { route {{theirs}} next-hop 192.0.2.{{(wan[^1] == '1' ? 2 : 1)}}; } }
            security {
                forwarding-options { family { inet6 { mode flow-based; } } }
                ike { policy p { proposal-set standard; pre-shared-key ascii-text "one-key-for-all"; } {{gateway}} }
                ipsec { policy p { proposal-set standard; } vpn v { ike { gateway g; ipsec-policy p; } } }
                policies {
                    from-zone trust to-zone untrust { policy out { match { source-address mine; destination-address theirs; application any; } then { permit { tunnel { ipsec-vpn v; pair-policy in; } } } } }
                    from-zone untrust to-zone trust { policy in { match { source-address theirs; destination-address mine; application any; } then { permit { tunnel { ipsec-vpn v; pair-policy out; } } } } }
                }
                zones {
                    security-zone trust { address-book { address mine {{mine}}; } interfaces { ge-0/0/0.0; } }
                    security-zone untrust { address-book { address theirs {{theirs}}; } host-inbound-traffic { system-services { ike; } } interfaces { ge-0/0/1.0; } }
                }
            }
            """;
        SimulatedRouter a = _network.Router("a", "srx240", Side("a", "10.1.0.1/24", AddressA, Gateway("g", AddressB), "10.1.0.0/24", "10.2.0.0/24"));
        SimulatedRouter b = _network.Router("b", "srx240", Side("b", "10.2.0.1/24", AddressB, Gateway("g", AddressA), "10.2.0.0/24", "10.1.0.0/24"));
        List<byte[]> clear = [];
        _network.Wire(a, "ge-0/0/1", b, "ge-0/0/1").Tap = (_, frame) =>
        {
            if (frame[12] == 8 && frame[13] == 0)
            {
                clear.Add(frame);
            }
        };
        _host = _network.Host("10.1.0.10", "10.1.0.1", a, "ge-0/0/0");
        _network.Host("10.2.0.10", "10.2.0.1", b, "ge-0/0/0");
        _network.Start();
        _network.Run(2);
        Assert.InRange(Ping("10.2.0.10", 10), 6, 10);
        Assert.Equal(10, Ping("10.2.0.10", 10));
        Assert.Empty(clear);
        Assert.Contains("Policy-name: out, in", a.Run("show security ipsec security-associations detail"), StringComparison.Ordinal);
    }

    public void Dispose() => _network.Dispose();

    private static string Gateway(string name, string address, string external = "ge-0/0/1.0") =>
        $"gateway {name} {{ ike-policy p; address {address}; external-interface {external}; }} ";

    private static string Vpn(string gateway, string ike = "") =>
        $"vpn {gateway} {{ bind-interface st0.0; ike {{ gateway {gateway}; {ike} ipsec-policy p; }} }} ";

    private static string Text(
        string name, string lan, string lan6, string wan, string gateways, string vpns, string st0 = "family inet; family inet6;", string routes = "",
        string routes6 = "", string more = "", string untrusted = "", string policy = "", string ipsec = "policy p { proposal-set standard; }") => $$"""
        system { host-name {{name}}; }
        interfaces {
            ge-0/0/0 { unit 0 { family inet { address {{lan}}; } } }
            ge-0/0/1 { unit 0 { {{wan}} } }
            {{more}}
            lo0 { unit 0 { family inet6 { address {{lan6.Replace("/64", "/128", StringComparison.Ordinal)}}; } } }
            st0 { unit 0 { {{st0}} } }
        }
        routing-options { static { {{routes}} } {{(routes6.Length > 0 ? $"rib inet6.0 {{ static {{ {routes6} }} }}" : "")}} }
        security {
            forwarding-options { family { inet6 { mode flow-based; } } }
            ike {
                policy p { {{policy}} proposal-set standard; pre-shared-key ascii-text "one-key-for-all"; }
                {{gateways}}
            }
            ipsec {
                {{ipsec}}
                {{vpns}}
            }
            policies {
                from-zone trust to-zone vpn { policy out { match { source-address any; destination-address any; application any; } then { permit; } } }
                from-zone vpn to-zone trust { policy in { match { source-address any; destination-address any; application any; } then { permit; } } }
            }
            zones {
                security-zone trust { host-inbound-traffic { system-services { ping; } } interfaces { ge-0/0/0.0; } }
                security-zone untrust { host-inbound-traffic { system-services { ike; ping; } } interfaces { ge-0/0/1.0; {{untrusted}} } }
                security-zone vpn { host-inbound-traffic { system-services { ping; } } interfaces { st0.0; lo0.0; } }
            }
        }
        """;

    private (SimulatedRouter A, SimulatedRouter B) Pair(
        string gatewayA, string gatewayB, string vpnA, string vpnB, string policy = "", string ipsec = "policy p { proposal-set standard; }",
        string model = "srx240", (string A, string B)? routes6 = null, string wanB = "")
    {
        string textA = Text(
            "a", "10.1.0.1/24", "2001:db8:1::1/64", $"family inet6 {{ address {AddressA}/64; }}", gatewayA, vpnA, routes: "route 10.2.0.0/24 next-hop st0.0;",
            routes6: routes6?.A ?? "", policy: policy, ipsec: ipsec);
        _textB = Text(
            "b", "10.2.0.1/24", "2001:db8:2::1/64", $"{wanB} family inet6 {{ address {AddressB}/64; }}", gatewayB, vpnB, routes: "route 10.1.0.0/24 next-hop st0.0;",
            routes6: routes6?.B ?? "", policy: policy, ipsec: ipsec);
        SimulatedRouter a = _network.Router("a", model, textA);
        SimulatedRouter b = _network.Router("b", model, _textB);
        _network.Wire(a, "ge-0/0/1", b, "ge-0/0/1");
        _host = _network.Host("10.1.0.10", "10.1.0.1", a, "ge-0/0/0");
        _network.Host("10.2.0.10", "10.2.0.1", b, "ge-0/0/0");
        _network.Start();
        _network.Run(3);
        return (a, b);
    }

    private string _textB = string.Empty;

    // How many of so many pings were answered.
    private int Ping(string destination, int count)
    {
        int before = _host.Replies.Count;
        for (int i = 0; i < count; i++)
        {
            _host.Ping(destination, _sequence++);
            _network.Run(0.5);
        }

        return _host.Replies.Count - before;
    }
}
