using RouterOS.Proto.Ike.V1;
using RouterOS.Proto.Kernel.V1;
using RouterOS.Proto.Radius.V1;
using RouterOS.Sdk.Configuration;
using RouterOS.Srx.Layouts;

namespace RouterOS.Unit.Srx;

/// <summary>Users and their addresses: from text to intent, what is refused, and what is shown.</summary>
public sealed class XauthBindingTests
{
    private const string Users = """
        access {
            profile staff {
                authentication-order password;
                client alice { firewall-user { password wonderland; } }
                client bob@example.net { firewall-user { password builder; } }
                address-assignment { pool remote; }
            }
            address-assignment {
                pool remote {
                    family inet {
                        network 10.99.0.0/24;
                        range first { low 10.99.0.10; high 10.99.0.19; }
                        xauth-attributes { primary-dns 192.0.2.53/32; secondary-dns 192.0.2.54; primary-wins 192.0.2.55/32; }
                    }
                }
            }
        }
        """;

    [Fact]
    public void A_profile_becomes_users_and_a_pool_and_a_route_to_them()
    {
        Binding binding = SrxText.Bind(Text("xauth { access-profile staff; }"));
        Assert.Empty(binding.Findings);
        ExtendedAuthentication xauth = binding.Intents.Get<IkeIntent>().Gateways[0].Xauth;
        Assert.Equal(["alice wonderland", "bob@example.net builder"], xauth.Users.Select(u => $"{u.Name} {u.Password.ToStringUtf8()}"));
        Assert.Equal(("staff", "security ike gateway g xauth access-profile", "access profile staff client alice"), (xauth.Profile, xauth.Source.Path, xauth.Users[0].Source.Path));
        Assert.Equal(("remote", "10.99.0.0/24"), (xauth.Pool.Name, xauth.Pool.Network));
        Assert.Equal("first 10.99.0.10 10.99.0.19", string.Join(' ', xauth.Pool.Ranges.Select(r => $"{r.Name} {r.Low} {r.High}")));
        Assert.Equal(["192.0.2.53", "192.0.2.54"], xauth.Pool.DnsServers);
        Assert.Equal(["192.0.2.55"], xauth.Pool.WinsServers);
        StaticRoute route = binding.Intents.Get<SystemIntent>().StaticRoutes.Single(r => r.Prefix == "10.99.0.0");
        Assert.Equal((24u, "st0.0"), (route.PrefixLength, route.NextHopInterfaces[0]));
    }

    [Fact]
    public void RADIUS_servers_of_a_profile_become_a_group_that_is_asked_in_order()
    {
        string text = Text("xauth { access-profile staff; }").Replace("authentication-order password;", """
            authentication-order [ radius password ];
            radius-server 192.0.2.9 { secret lab-radius; timeout 5; source-address 192.0.2.1; }
            radius-server 192.0.2.10 { secret other; port 1645; retry 1; }
            """, StringComparison.Ordinal);
        Binding binding = SrxText.Bind(text);
        Assert.Empty(binding.Findings);
        ExtendedAuthentication xauth = binding.Intents.Get<IkeIntent>().Gateways[0].Xauth;
        Assert.Equal([UserSource.Radius, UserSource.Profile], xauth.Order);
        ServerGroup group = Assert.Single(binding.Intents.Get<RadiusIntent>().Groups);
        Assert.Equal((xauth.RadiusGroup, "staff"), (group.Name, group.Name));
        Assert.Equal(
            ["192.0.2.9 0 lab-radius 5 3 192.0.2.1", "192.0.2.10 1645 other 0 1 "],
            group.AuthenticationServers.Select(s => $"{s.Address} {s.Port} {s.Secret.ToStringUtf8()} {s.TimeoutSeconds} {s.Retries} {s.SourceAddress}"));
        Assert.Contains(
            SrxText.Complaints(Text("xauth { access-profile staff; }").Replace("order password", "order radius", StringComparison.Ordinal)),
            c => c.Contains("access profile staff asks RADIUS and has no 'radius-server'", StringComparison.Ordinal));
        Assert.DoesNotContain(
            "lab-radius", RouterOS.Core.Configuration.ConfigurationText.Write(SrxText.Tree(text), RouterOS.Srx.Statements.SrxStatements.Root), StringComparison.Ordinal);
    }

    [Fact]
    public void RADIUS_servers_are_laid_out()
    {
        ServerStatistics server = new() { Group = "staff", Address = "192.0.2.9", Port = 1812, Dead = true, Requests = 3, Accepts = 2, BadAuthenticators = 1 };
        Assert.Equal(
            """
            Profile: staff
                Server address: 192.0.2.9
                  Authentication port: 1812
                  Status: DOWN

            """,
            UserLayout.Servers([server]));
        Assert.Contains("  Accepts: 2, rejects: 0, challenges: 0\n", UserLayout.Statistics([server]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_client_becomes_our_user()
    {
        Binding binding = SrxText.Bind(Text("xauth { client username alice password wonderland; }"));
        ExtendedAuthentication xauth = binding.Intents.Get<IkeIntent>().Gateways[0].Xauth;
        Assert.Equal(("alice", "wonderland"), (xauth.Client.Name, xauth.Client.Password.ToStringUtf8()));
        Assert.Null(xauth.Pool);
    }

    [Theory]
    [InlineData("xauth { access-profile nobody; }", "'nobody' is not defined under [edit access profile]")]
    [InlineData("xauth { access-profile staff; client username a password b; }", "client")]
    public void Mistakes_at_the_gateway_are_named(string xauth, string words) =>
        Assert.Contains(SrxText.Complaints(Text(xauth)), c => c.Contains(words, StringComparison.Ordinal));

    [Theory]
    [InlineData("pool remote; }", "pool other; }", "'other' is not defined under [edit access address-assignment pool]")]
    [InlineData("network 10.99.0.0/24;", "", "network")]
    [InlineData("client alice { firewall-user { password wonderland; } }", "client alice;", "user 'alice' has no password")]
    public void Mistakes_of_a_profile_are_named(string old, string other, string words) => Assert.Contains(
        SrxText.Complaints(Text("xauth { access-profile staff; }").Replace(old, other, StringComparison.Ordinal)), c => c.Contains(words, StringComparison.Ordinal));

    [Fact]
    public void Passwords_are_never_written_in_clear()
    {
        string text = RouterOS.Core.Configuration.ConfigurationText.Write(SrxText.Tree(Users), RouterOS.Srx.Statements.SrxStatements.Root);
        Assert.DoesNotContain("wonderland", text, StringComparison.Ordinal);
        Assert.Contains("password \"$9$", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Peers_users_and_pools_are_laid_out()
    {
        Phase1Sa sa = new()
        {
            RemoteAddress = "198.51.100.2", RemotePort = 4500, PeerIdentity = "one.example.net", User = "alice", AssignedAddress = "10.99.0.10", Gateway = "g",
            Up = true, Proposal = new() { LifetimeSeconds = 28800 },
        };
        Assert.Equal(
            """
            Remote Address                      Port     Peer IKE-ID                     XAUTH username                      Assigned IP
            198.51.100.2                        4500     one.example.net                 alice                               10.99.0.10

            """,
            UserLayout.ActivePeers([sa]));
        Phase2Sa pair = new() { Vpn = "v", Gateway = "g", RemoteSelector = "10.99.0.10/32", Current = true, Proposal = new() { LifetimeSeconds = 3600 } };
        Assert.Equal(
            """
            User: alice , Number of connections: 1
               Remote IP: 198.51.100.2
               IPSEC VPN: v
               IKE gateway: g
               IKE ID  : one.example.net
               IKE Lifetime: 28800
               IPSEC Lifetime: 3600
               Assigned IP: 10.99.0.10
               Status: CONNECTED

            """,
            UserLayout.Users([sa], [pair]));
        AddressPoolState pool = new() { Name = "remote", Network = "10.99.0.0/24", Size = 10, Leases = { new AddressLease { Address = "10.99.0.10", User = "alice" } } };
        Assert.Equal(
            """
            Pool: remote, network 10.99.0.0/24, 1 of 10 addresses in use
            IP address/prefix       Hardware address        Host/User       Type
            10.99.0.10              NA                      alice           xauth

            """,
            UserLayout.Pools([pool]));
        Assert.Contains("  Xauth user-name: alice\n  Xauth assigned IP: 10.99.0.10\n", IkeSaLayout.Detail([sa], []), StringComparison.Ordinal);
    }

    private static string Text(string xauth) => Users + $$"""

        interfaces {
            ge-0/0/0 { unit 0 { family inet { address 198.51.100.1/24; } } }
            st0 { unit 0 { family inet; } }
        }
        security {
            ike {
                policy p { mode aggressive; proposal-set standard; pre-shared-key ascii-text key; }
                gateway g {
                    ike-policy p;
                    address 198.51.100.2;
                    external-interface ge-0/0/0.0;
                    {{xauth}}
                }
            }
            ipsec {
                policy q { proposal-set standard; }
                vpn v { bind-interface st0.0; ike { gateway g; ipsec-policy q; } }
            }
            zones {
                security-zone untrust { host-inbound-traffic { system-services { ike; } } interfaces { ge-0/0/0.0; } }
                security-zone vpn { interfaces { st0.0; } }
            }
        }
        """;
}
