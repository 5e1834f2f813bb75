using RouterOS.Scenario.Simulated;

namespace RouterOS.Scenario;

/// <summary>What else a VPN can be: traffic selectors, next-hop tunnels, a monitor, keys by hand, several addresses of a peer.</summary>
public sealed class TunnelKindsTests : IDisposable
{
    private const string AddressA = "192.0.2.1";
    private const string AddressB = "192.0.2.2";
    private const string Keys = """
        authentication { algorithm hmac-sha1-96; key ascii-text "twenty-bytes-of-text"; }
        encryption { algorithm 3des-cbc; key hexadecimal 0123456789abcdef23456789abcdef01456789abcdef0123; }
        """;

    private readonly SimulatedNetwork _network = new();
    private SimulatedHost _host = null!;
    private ushort _sequence;

    [Fact]
    public void Traffic_selectors_are_tunnels_of_their_own_and_bring_their_routes()
    {
        SimulatedRouter a = Router("a", "10.1.0.1/24", $"{AddressA}/24", Gateway("b", AddressB), Vpn("b", Selectors("10.1.0.0/24", "10.2.0.0/25", "10.2.0.128/25")));
        SimulatedRouter b = Router(
            "b", "10.2.0.1/25", $"{AddressB}/24", Gateway("a", AddressA), Vpn("a", Selectors2("10.1.0.0/24", "10.2.0.0/25", "10.2.0.128/25")),
            more: "ge-0/0/3 { unit 0 { family inet { address 10.2.0.129/25; } } }", trusted: "ge-0/0/3.0;");
        _network.Wire(a, "ge-0/0/1", b, "ge-0/0/1");
        _host = _network.Host("10.1.0.10", "10.1.0.1", a, "ge-0/0/0");
        _network.Host("10.2.0.10", "10.2.0.1", b, "ge-0/0/0");
        _network.Host("10.2.0.200", "10.2.0.129", b, "ge-0/0/3");
        _network.Start();
        _network.Run(2);
        string routes = a.Run("show route");
        Assert.Contains("10.2.0.0/25", routes, StringComparison.Ordinal);
        Assert.Contains("10.2.0.128/25", routes, StringComparison.Ordinal);

        Assert.InRange(Ping("10.2.0.10", 10), 6, 10);
        Assert.Contains("total configured sa: 2", a.Run("show security ipsec security-associations"), StringComparison.Ordinal);
        Assert.InRange(Ping("10.2.0.200", 10), 6, 10);
        Assert.Contains("total configured sa: 4", a.Run("show security ipsec security-associations"), StringComparison.Ordinal);
        string detail = a.Run("show security ipsec security-associations detail traffic-selector upper");
        Assert.Contains("Traffic Selector Name: upper", detail, StringComparison.Ordinal);
        Assert.Contains("Remote Identity: ipv4_subnet(any:0,[0..7]=10.2.0.128/25)", detail, StringComparison.Ordinal);
        Assert.DoesNotContain("lower", detail, StringComparison.Ordinal);

        a.Run("clear security ipsec security-associations vpn-name b traffic-selector upper");
        _network.Run(0.5);
        Assert.Contains("total configured sa: 2", a.Run("show security ipsec security-associations"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("address 10.255.0.1/24;", "")]
    [InlineData("", "")]
    public void Next_hops_lead_to_the_spokes_of_one_multipoint_unit(string hubAddress, string spokeAddress)
    {
        SimulatedRouter hub = Router(
            "hub", "10.1.0.1/24", $"{AddressA}/24", Gateway("one", AddressB) + Gateway("two", "198.51.100.2", "ge-0/0/2.0"),
            Vpn("one", string.Empty) + Vpn("two", string.Empty),
            st0: $"multipoint; family inet {{ {hubAddress} next-hop-tunnel 10.255.0.2 ipsec-vpn one; next-hop-tunnel 10.255.0.3 ipsec-vpn two; }}",
            routes: "route 10.2.0.0/24 next-hop 10.255.0.2; route 10.3.0.0/24 next-hop 10.255.0.3;",
            more: "ge-0/0/2 { unit 0 { family inet { address 198.51.100.1/24; } } }", untrusted: "ge-0/0/2.0;");
        SimulatedRouter one = Router(
            "one", "10.2.0.1/24", $"{AddressB}/24", Gateway("hub", AddressA), Vpn("hub", string.Empty),
            st0: $"family inet {{ {spokeAddress} }}", routes: "route 10.1.0.0/24 next-hop st0.0;");
        SimulatedRouter two = Router(
            "two", "10.3.0.1/24", "198.51.100.2/24", Gateway("hub", "198.51.100.1"), Vpn("hub", string.Empty),
            st0: $"family inet {{ {spokeAddress} }}", routes: "route 10.1.0.0/24 next-hop st0.0;");
        _network.Wire(hub, "ge-0/0/1", one, "ge-0/0/1");
        _network.Wire(hub, "ge-0/0/2", two, "ge-0/0/1");
        _host = _network.Host("10.1.0.10", "10.1.0.1", hub, "ge-0/0/0");
        _network.Host("10.2.0.10", "10.2.0.1", one, "ge-0/0/0");
        _network.Host("10.3.0.10", "10.3.0.1", two, "ge-0/0/0");
        _network.Start();
        _network.Run(2);
        Assert.InRange(Ping("10.2.0.10", 10), 6, 10);
        Assert.InRange(Ping("10.3.0.10", 10), 6, 10);
        Assert.Equal(10, Ping("10.2.0.10", 10));
        Assert.Equal(
            """
            Next-hop gateway  interface   IPSec VPN name                    Flag
            10.255.0.2        st0.0       one                               Static
            10.255.0.3        st0.0       two                               Static

            """.ReplaceLineEndings("\n"),
            hub.Run("show security ipsec next-hop-tunnels"));
    }

    [Fact]
    public void A_monitor_without_answers_takes_the_tunnel_down_and_negotiates_anew()
    {
        string b = Text("b", "10.2.0.1/24", $"{AddressB}/24", Gateway("a", AddressA), Vpn("a", string.Empty), routes: "route 10.1.0.0/24 next-hop st0.0;");
        SimulatedRouter left = Router(
            "a", "10.1.0.1/24", $"{AddressA}/24", Gateway("b", AddressB),
            "vpn-monitor-options { interval 2; threshold 3; }" + Vpn("b", "vpn-monitor; establish-tunnels immediately;"),
            routes: "route 10.2.0.0/24 next-hop st0.0;");
        SimulatedRouter right = _network.Router("b", "srx240", b);
        _network.Wire(left, "ge-0/0/1", right, "ge-0/0/1");
        _network.Start();
        _network.Run(30);
        Assert.Matches(@"unlim +U +0", left.Run("show security ipsec security-associations"));
        Assert.Matches(@"st0\.0 +up +up", left.Run("show interfaces terse st0"));
        string before = left.Run("show security ipsec security-associations");

        right.Commit(b.Replace("security-zone vpn { host-inbound-traffic { system-services { ping; } }", "security-zone vpn {", StringComparison.Ordinal));
        _network.Run(9);
        Assert.Matches(@"st0\.0 +up +down", left.Run("show interfaces terse st0"));
        Assert.Contains(left.Log, line => line.Contains("vpn monitor: no answer from 192.0.2.2 to 3 probes", StringComparison.Ordinal));
        string after = left.Run("show security ipsec security-associations");
        Assert.Matches(@"unlim +D +0", after);
        Assert.NotEqual(before, after);

        right.Commit(b);
        _network.Run(9);
        Assert.Matches(@"unlim +U +0", left.Run("show security ipsec security-associations"));
        Assert.Matches(@"st0\.0 +up +up", left.Run("show interfaces terse st0"));
    }

    [Theory]
    [InlineData("esp", Keys, "ESP:3des/sha1")]
    [InlineData("ah", "authentication { algorithm hmac-sha-256-96; key ascii-text \"thirty-two-bytes-of-text-for-sha\"; }", "AH:-/sha256")]
    [InlineData("bundle", Keys + " auxiliary-spi 1025;", "AH:-/sha1")]
    public void Keys_by_hand_need_no_negotiation(string protocol, string keys, string token)
    {
        SimulatedRouter a = Router(
            "a", "10.1.0.1/24", $"{AddressA}/24", string.Empty, Manual(AddressB, protocol, keys), routes: "route 10.2.0.0/24 next-hop st0.0;");
        SimulatedRouter b = Router(
            "b", "10.2.0.1/24", $"{AddressB}/24", string.Empty, Manual(AddressA, protocol, keys), routes: "route 10.1.0.0/24 next-hop st0.0;");
        _network.Wire(a, "ge-0/0/1", b, "ge-0/0/1");
        _host = _network.Host("10.1.0.10", "10.1.0.1", a, "ge-0/0/0");
        _network.Host("10.2.0.10", "10.2.0.1", b, "ge-0/0/0");
        _network.Start();
        _network.Run(1);
        Assert.Equal(20, Ping("10.2.0.10", 20));
        string brief = a.Run("show security ipsec security-associations");
        Assert.Matches($@"<16384 192\.0\.2\.2 +500 +{token} +00000400 unlim/ unlim +- +0", brief);
        string detail = a.Run("show security ipsec security-associations detail");
        Assert.Contains("Mode: tunnel, Type: manual, State: installed", detail, StringComparison.Ordinal);
        Assert.Matches(@"st0\.0 +up +up", a.Run("show interfaces terse st0"));

        a.KillEngine();
        Assert.Equal(5, Ping("10.2.0.10", 5));
        a.StartEngine();
        Assert.Equal(5, Ping("10.2.0.10", 5));
        a.KillModule();
        a.StartModule();
        _network.Run(2);
        Assert.Equal(5, Ping("10.2.0.10", 5));
    }

    /// <summary>An SA of ESP inside one of AH: made, replaced, deleted as one, and kept over the loss of either process.</summary>
    [Fact]
    public void Esp_inside_ah_is_negotiated()
    {
        const string Bundle = "proposal x { protocol bundle; authentication-algorithm hmac-sha1-96; encryption-algorithm aes-128-cbc; lifetime-seconds 180; } policy p { proposals x; }";
        SimulatedRouter Near(string name, string lan, string wan, string peer, string peerWan, string route) => _network.Router(
            name, "srx240", System.Text.RegularExpressions.Regex.Replace(
                Text(name, lan, wan, Gateway(peer, peerWan), Vpn(peer, string.Empty), routes: route),
                @"ipsec \{\s*policy p \{ proposal-set standard; \}", $"ipsec {{ {Bundle}"));
        SimulatedRouter a = Near("a", "10.1.0.1/24", $"{AddressA}/24", "b", AddressB, "route 10.2.0.0/24 next-hop st0.0;");
        SimulatedRouter b = Near("b", "10.2.0.1/24", $"{AddressB}/24", "a", AddressA, "route 10.1.0.0/24 next-hop st0.0;");
        _network.Wire(a, "ge-0/0/1", b, "ge-0/0/1");
        _host = _network.Host("10.1.0.10", "10.1.0.1", a, "ge-0/0/0");
        _network.Host("10.2.0.10", "10.2.0.1", b, "ge-0/0/0");
        _network.Start();
        Assert.InRange(Ping("10.2.0.10", 10), 6, 10);
        string brief = a.Run("show security ipsec security-associations");
        Assert.Contains("total configured sa: 4", brief, StringComparison.Ordinal);
        Assert.Matches(@"<16384 192\.0\.2\.2 +500 +AH:-/sha1 ", brief);
        Assert.Matches(@">16384 192\.0\.2\.2 +500 +ESP:aes-128/- ", brief);
        Assert.Contains("Protocol: AH+ESP", a.Run("show security ipsec security-associations detail"), StringComparison.Ordinal);
        string statistics = b.Run("show security ipsec statistics");
        Assert.Matches(@"Decrypted packets: +[1-9]", statistics);
        Assert.Matches(@"Input packets: +[1-9]", statistics);

        a.KillEngine();
        Assert.Equal(5, Ping("10.2.0.10", 5));
        a.StartEngine();
        Assert.Equal(5, Ping("10.2.0.10", 5));
        a.KillModule();
        a.StartModule();
        _network.Run(2);
        Assert.Equal(5, Ping("10.2.0.10", 5));

        // Past the end of the first pair.
        _network.Run(200);
        Assert.Equal(10, Ping("10.2.0.10", 10));
        Assert.NotEqual(brief, a.Run("show security ipsec security-associations"));
        a.Run("clear security ipsec security-associations");
        _network.Run(1);
        Assert.DoesNotContain("ESP:", b.Run("show security ipsec security-associations"), StringComparison.Ordinal);
    }

    /// <summary>Both routers near the end of 32 bits: with extended numbers the tunnel goes on as if nothing were.</summary>
    [Fact]
    public void Extended_numbers_go_on_over_the_end_of_32_bits()
    {
        const string Extended = "proposal x { protocol esp; authentication-algorithm hmac-sha1-96; encryption-algorithm aes-128-cbc; extended-sequence-number; } policy p { proposals x; }";
        SimulatedRouter Near(string name, string lan, string wan, string peer, string peerWan, string route) => _network.Router(
            name, "srx240", System.Text.RegularExpressions.Regex.Replace(
                Text(name, lan, wan, Gateway(peer, peerWan), Vpn(peer, string.Empty, ike: "anti-replay-window-size 4096;"), routes: route),
                @"ipsec \{\s*policy p \{ proposal-set standard; \}", $"ipsec {{ {Extended}"));
        SimulatedRouter a = Near("a", "10.1.0.1/24", $"{AddressA}/24", "b", AddressB, "route 10.2.0.0/24 next-hop st0.0;");
        SimulatedRouter b = Near("b", "10.2.0.1/24", $"{AddressB}/24", "a", AddressA, "route 10.1.0.0/24 next-hop st0.0;");
        _network.Wire(a, "ge-0/0/1", b, "ge-0/0/1");
        _host = _network.Host("10.1.0.10", "10.1.0.1", a, "ge-0/0/0");
        _network.Host("10.2.0.10", "10.2.0.1", b, "ge-0/0/0");
        _network.Start();
        Assert.InRange(Ping("10.2.0.10", 10), 6, 10);
        string detail = a.Run("show security ipsec security-associations detail");
        Assert.Contains("Replay window size: 4096", detail, StringComparison.Ordinal);
        Assert.Contains("Extended Sequence Number: Enabled", detail, StringComparison.Ordinal);
        foreach ((SimulatedRouter from, SimulatedRouter to) in ((SimulatedRouter, SimulatedRouter)[])[(a, b), (b, a)])
        {
            System.Text.RegularExpressions.Match spi = System.Text.RegularExpressions.Regex.Match(
                from.Run("show security ipsec security-associations detail"), "Direction: outbound, SPI: ([0-9a-f]+)");
            uint number = Convert.ToUInt32(spi.Groups[1].Value, 16);
            // The only tunnel's protection is 1.
            from.SetSequence("sa-out", (1ul << 32) | number, uint.MaxValue - 10ul);
            to.SetSequence("sa-in", number, uint.MaxValue - 10ul);
        }

        Assert.Equal(30, Ping("10.2.0.10", 30));
        Assert.Contains("total configured sa: 2", a.Run("show security ipsec security-associations"), StringComparison.Ordinal);
    }

    [Fact]
    public void An_idle_tunnel_ends_and_traffic_brings_it_back()
    {
        SimulatedRouter a = Router(
            "a", "10.1.0.1/24", $"{AddressA}/24", Gateway("b", AddressB), Vpn("b", string.Empty, ike: "idle-time 60;"), routes: "route 10.2.0.0/24 next-hop st0.0;");
        SimulatedRouter b = Router("b", "10.2.0.1/24", $"{AddressB}/24", Gateway("a", AddressA), Vpn("a", string.Empty), routes: "route 10.1.0.0/24 next-hop st0.0;");
        _network.Wire(a, "ge-0/0/1", b, "ge-0/0/1");
        _host = _network.Host("10.1.0.10", "10.1.0.1", a, "ge-0/0/0");
        _network.Host("10.2.0.10", "10.2.0.1", b, "ge-0/0/0");
        _network.Start();
        Assert.InRange(Ping("10.2.0.10", 10), 6, 10);
        _network.Run(45);
        Assert.Contains("total configured sa: 2", a.Run("show security ipsec security-associations"), StringComparison.Ordinal);
        _network.Run(40);
        Assert.Contains("total configured sa: 0", a.Run("show security ipsec security-associations"), StringComparison.Ordinal);
        Assert.InRange(Ping("10.2.0.10", 10), 6, 10);
    }

    [Fact]
    public void The_second_address_of_a_peer_is_tried_when_the_first_does_not_answer()
    {
        SimulatedRouter a = Router(
            "a", "10.1.0.1/24", $"{AddressA}/24", Gateway("b", $"[ 192.0.2.9 {AddressB} ]"), Vpn("b", "establish-tunnels immediately;"),
            routes: "route 10.2.0.0/24 next-hop st0.0;");
        SimulatedRouter b = Router("b", "10.2.0.1/24", $"{AddressB}/24", Gateway("a", AddressA), Vpn("a", string.Empty), routes: "route 10.1.0.0/24 next-hop st0.0;");
        _network.Wire(a, "ge-0/0/1", b, "ge-0/0/1");
        _host = _network.Host("10.1.0.10", "10.1.0.1", a, "ge-0/0/0");
        _network.Host("10.2.0.10", "10.2.0.1", b, "ge-0/0/0");
        _network.Start();
        _network.Run(60);
        Assert.Equal(5, Ping("10.2.0.10", 5));
    }

    public void Dispose() => _network.Dispose();

    private static string Gateway(string name, string address, string external = "ge-0/0/1.0") =>
        $"gateway {name} {{ ike-policy p; address {address}; external-interface {external}; }} ";

    private static string Vpn(string gateway, string text, string ike = "") =>
        $"vpn {gateway} {{ bind-interface st0.0; {text} ike {{ gateway {gateway}; {ike} ipsec-policy p; }} }} ";

    private static string Manual(string peer, string protocol, string keys) =>
        $"vpn hand {{ bind-interface st0.0; manual {{ gateway {peer}; external-interface ge-0/0/1.0; protocol {protocol}; spi 1024; {keys} }} }}";

    private static string Selectors(string local, string lower, string upper) =>
        $"traffic-selector lower {{ local-ip {local}; remote-ip {lower}; }} traffic-selector upper {{ local-ip {local}; remote-ip {upper}; }}";

    private static string Selectors2(string remote, string lower, string upper) =>
        $"traffic-selector lower {{ local-ip {lower}; remote-ip {remote}; }} traffic-selector upper {{ local-ip {upper}; remote-ip {remote}; }}";

    private static string Text(
        string name, string lan, string wan, string gateways, string vpns, string st0 = "family inet;", string routes = "", string more = "",
        string trusted = "", string untrusted = "") => $$"""
        system { host-name {{name}}; }
        interfaces {
            ge-0/0/0 { unit 0 { family inet { address {{lan}}; } } }
            ge-0/0/1 { unit 0 { family inet { address {{wan}}; } } }
            {{more}}
            st0 { unit 0 { {{st0}} } }
        }
        {{(routes.Length > 0 ? $"routing-options {{ static {{ {routes} }} }}" : "")}}
        security {
            ike {
                policy p { proposal-set standard; pre-shared-key ascii-text "one-key-for-all"; }
                {{gateways}}
            }
            ipsec {
                policy p { proposal-set standard; }
                {{vpns}}
            }
            policies {
                from-zone trust to-zone vpn { policy out { match { source-address any; destination-address any; application any; } then { permit; } } }
                from-zone vpn to-zone trust { policy in { match { source-address any; destination-address any; application any; } then { permit; } } }
            }
            zones {
                security-zone trust { host-inbound-traffic { system-services { ping; } } interfaces { ge-0/0/0.0; {{trusted}} } }
                security-zone untrust { host-inbound-traffic { system-services { ike; } } interfaces { ge-0/0/1.0; {{untrusted}} } }
                security-zone vpn { host-inbound-traffic { system-services { ping; } } interfaces { st0.0; } }
            }
        }
        """;

    private SimulatedRouter Router(
        string name, string lan, string wan, string gateways, string vpns, string st0 = "family inet;", string routes = "", string more = "",
        string trusted = "", string untrusted = "") =>
        _network.Router(name, "srx240", Text(name, lan, wan, gateways, vpns, st0, routes, more, trusted, untrusted));

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
