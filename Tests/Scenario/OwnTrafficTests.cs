using RouterOS.Scenario.Simulated;

namespace RouterOS.Scenario;

/// <summary>Transport mode between two routers: what they send to each other themselves is protected, and must be.</summary>
public sealed class OwnTrafficTests : IDisposable
{
    private readonly SimulatedNetwork _network = new();

    [Theory]
    [InlineData("protocol esp; authentication-algorithm hmac-sha1-96; encryption-algorithm aes-128-cbc;", "Encrypted packets")]
    [InlineData("protocol ah; authentication-algorithm hmac-sha1-96;", "Output packets")]
    public void Pings_between_the_routers_are_protected_and_clear_ones_dropped(string proposal, string counted)
    {
        SimulatedRouter a = _network.Router("a", "lab240", Text("a", "192.0.2.1", "192.0.2.2", proposal, "own-1-0-0"));
        SimulatedRouter b = _network.Router("b", "lab240", Text("b", "192.0.2.2", "192.0.2.1", proposal, "own-1-0-0"));
        _network.Wire(a, "ge-0/0/1", b, "ge-0/0/1");
        _network.Start();
        _network.Run(1);
        // Traffic alone brings it up.
        a.Run("ping 192.0.2.2 count 3");
        _network.Run(5);
        Assert.Contains(" 0% packet loss", a.Run("ping 192.0.2.2 count 5"), StringComparison.Ordinal);
        Assert.Contains(" 0% packet loss", b.Run("ping 192.0.2.1 count 5 size 1400"), StringComparison.Ordinal);
        Assert.Contains("Mode: transport", a.Run("show security ipsec security-associations detail"), StringComparison.Ordinal);
        Assert.Matches($"{counted}: +1[0-9]", a.Run("show security ipsec statistics"));

        // The other one forgets its tunnel: what it sends in the clear is not taken.
        b.Commit(Text("b", "192.0.2.2", "192.0.2.1", proposal, vpn: ""));
        _network.Run(1);
        Assert.Contains("100% packet loss", b.Run("ping 192.0.2.1 count 3"), StringComparison.Ordinal);
        Assert.Matches("Came to the router in the clear.* [1-9]|[1-9][0-9]* +Came to the router in the clear", a.Run("show pfe statistics traffic"));
    }

    [Fact]
    public void Only_what_the_selector_names_is_protected()
    {
        const string Esp = "protocol esp; authentication-algorithm hmac-sha-256-128; encryption-algorithm aes-256-cbc;";
        SimulatedRouter a = _network.Router("a", "lab240", Text("a", "192.0.2.1", "192.0.2.2", Esp, "own-17-0-33434"));
        SimulatedRouter b = _network.Router("b", "lab240", Text("b", "192.0.2.2", "192.0.2.1", Esp, "own-17-33434-0"));
        _network.Wire(a, "ge-0/0/1", b, "ge-0/0/1");
        _network.Start();
        _network.Run(1);
        Assert.Contains(" 0% packet loss", a.Run("ping 192.0.2.2 count 5"), StringComparison.Ordinal);
        Assert.Contains("total configured sa: 0", a.Run("show security ipsec security-associations"), StringComparison.Ordinal);
    }

    public void Dispose() => _network.Dispose();

    private static string Text(string name, string local, string remote, string proposal, string vpn) => $$"""
        system { host-name {{name}}; }
        interfaces {
            ge-0/0/1 { unit 0 { family inet { address {{local}}/24; } } }
            st0 { unit 0 { family inet; } }
        }
        security {
            ike {
                policy p { proposal-set standard; pre-shared-key ascii-text "one-key-for-all"; }
                gateway g { ike-policy p; address {{remote}}; external-interface ge-0/0/1.0; }
            }
            ipsec {
                proposal x { {{proposal}} }
                policy p { proposals x; }
                {{(vpn.Length == 0 ? "" : $"vpn {vpn} {{ bind-interface st0.0; ike {{ gateway g; proxy-identity {{ local {local}/32; remote {remote}/32; }} ipsec-policy p; }} }}")}}
            }
            zones {
                security-zone untrust { host-inbound-traffic { system-services { ike; ping; } } interfaces { ge-0/0/1.0; } }
                security-zone vpn { interfaces { st0.0; } }
            }
        }
        """;
}
