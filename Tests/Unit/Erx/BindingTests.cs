using RouterOS.Proto.Aaa.V1;
using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Ike.V1;
using RouterOS.Proto.Kernel.V1;
using RouterOS.Proto.L2tp.V1;
using RouterOS.Proto.Radius.V1;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Unit.Erx;

/// <summary>From commands to what the kernel and the plugins are asked for.</summary>
public sealed class BindingTests
{
    private const string Rule = """
        ipsec ike-policy-rule 1
         aggressive-mode accepted
         group 2
        ipsec ike-policy-rule 2
         group 5

        """;

    private const string Outside = """
        interface fastEthernet 1/0
         ip address 192.0.2.1 255.255.255.0

        """;

    [Fact]
    public void Each_virtual_router_is_an_instance_with_its_own_interfaces_and_routes()
    {
        SystemIntent intent = Bind("""
            virtual-router default
            interface loopback 0
             ip address 10.0.0.1 255.255.255.255
            virtual-router lyon
            interface loopback 0
             ip address 10.0.0.1 255.255.255.255
            interface fastEthernet 1/0
             ip address 192.0.2.1 255.255.255.0
            ip route 0.0.0.0 0.0.0.0 192.0.2.254
            """).Get<SystemIntent>();

        Assert.Equal(("default", "lyon"), (intent.MainInstance, intent.Instances.Single().Name));
        Assert.Equal(
            [("loopback0", "loopback0", ""), ("fastEthernet1/0", "fastEthernet1/0", "lyon"), ("loopback0:lyon", "loopback0", "lyon")],
            intent.Interfaces.SelectMany(i => i.Units).Select(u => (u.Name, u.LocalName, u.Instance)));
        Assert.Equal("lyon", intent.StaticRoutes.Single().Instance);
    }

    [Fact]
    public void An_interface_is_in_one_virtual_router()
    {
        Assert.Contains(
            "line 5 (virtual-router lyon interface fastEthernet 1/0): fastEthernet 1/0 is in virtual router default",
            ErxText.Bind("virtual-router default\n" + Outside + "virtual-router lyon\ninterface fastEthernet 1/0\n ip address 10.0.0.1 255.255.255.0\n")
                .Findings.Where(f => f.Severity == Finding.Types.Severity.Error).Select(f => $"line {f.Source.Line} ({f.Source.Path}): {f.Message}"));
    }

    [Fact]
    public void Two_virtual_routers_have_peers_servers_and_users_of_their_own()
    {
        const string Same = """
             ip address 192.0.2.1 255.255.255.0
            ipsec transport profile # ip address 0.0.0.0
             local ip address 192.0.2.1
              pre-share exampleKey
            l2tp destination profile # ip address 0.0.0.0
             remote host default
            radius authentication server 192.0.2.9
             key exampleSecret
            ip local pool clients 10.9.0.1 10.9.0.9

            """;
        IntentReader read = Bind("virtual-router default\ninterface fastEthernet 1/0\n" + Same.Replace('#', 'p')
            + "virtual-router lyon\ninterface fastEthernet 1/1\n" + Same.Replace('#', 'q'));

        Assert.Equal(["p 192.0.2.1 default", "q 192.0.2.1 lyon"], read.Get<IkeIntent>().Gateways.Select(g => g.Name));
        Assert.Equal(["fastEthernet1/0", "fastEthernet1/1"], read.Get<IkeIntent>().Gateways.Select(g => g.ExternalInterface));
        Assert.Equal(["default", "lyon"], read.Get<L2tpIntent>().DestinationProfiles.Select(d => d.VirtualRouter));
        Assert.Equal([("", "default"), ("lyon", "lyon")], read.Get<RadiusIntent>().Groups.Select(g => (g.Name, g.VirtualRouter)));
        Assert.Equal(["default", "lyon"], read.Get<AaaIntent>().Pools.Select(p => p.VirtualRouter));
        Assert.DoesNotContain(RouterOS.Ike.Control.IkeCommit.Validate(new([read.Get<IkeIntent>(), read.Get<SystemIntent>()])), f => f.Severity == Finding.Types.Severity.Error);
        Assert.DoesNotContain(RouterOS.L2tp.Control.L2tpCommit.Validate(new([read.Get<L2tpIntent>()])), f => f.Severity == Finding.Types.Severity.Error);
    }

    [Fact]
    public void Keys_of_peers_are_looked_up_by_address_and_by_name_where_the_profile_has_none()
    {
        IkeIntent intent = Bind(Rule + Outside + """
            ipsec key manual pre-share 203.0.113.9
             key one
            ipsec key manual pre-share anna@example.com
             key two
            ipsec transport profile any ip address 0.0.0.0
             application l2tp l2tp-nat-passthrough
             local ip address 192.0.2.1
            """).Get<IkeIntent>();

        Assert.Equal(["any 192.0.2.1 default 203.0.113.9", "any 192.0.2.1 default anna@example.com"], intent.Gateways.Select(g => g.Name));
        Assert.Equal(["one", "two"], intent.Gateways.Select(g => g.PreSharedKey.ToStringUtf8()));
        Assert.Equal(["203.0.113.9"], intent.Gateways[0].RemoteAddresses);
        Gateway named = intent.Gateways[1];
        Assert.Equal((Mode.Aggressive, Identity.Types.Kind.UserFqdn, "anna@example.com"), (named.Mode, named.RemoteIdentity.Kind, named.RemoteIdentity.Value));
        // Message 1 of aggressive mode is for one group, and for rules that accept the mode.
        Assert.Equal(2u, Assert.Single(named.Proposals).DhGroup);
        Assert.All(intent.Gateways, g => Assert.True(g.NoNatKeepalive));
        Assert.All(intent.Vpns, v => Assert.True(v.NatPassthrough));
    }

    [Fact]
    public void The_key_of_the_profile_goes_before_keys_of_addresses_and_names_have_theirs_beside_it()
    {
        IkeIntent intent = Bind(Rule + Outside + """
            ipsec key manual pre-share 203.0.113.9
             key one
            ipsec key manual pre-share branch.example.com
             key two
            ipsec transport profile any ip address 0.0.0.0
             local ip address 192.0.2.1
              pre-share group
            """).Get<IkeIntent>();

        Assert.Equal(["any 192.0.2.1 default", "any 192.0.2.1 default branch.example.com"], intent.Gateways.Select(g => g.Name));
        Assert.Equal(["group", "two"], intent.Gateways.Select(g => g.PreSharedKey.ToStringUtf8()));
    }

    [Fact]
    public void Servers_may_end_and_change_sessions_as_the_commands_say_and_requests_lack_what_they_exclude()
    {
        RadiusIntent intent = Bind("""
            radius authentication server 192.0.2.9
             key exampleSecret
            radius include nas-port access-request disable
            radius include class acct-stop disable
            radius include nas-port-id acct-start enable
            radius dynamic-request server 192.0.2.9
             key otherSecret
             subscriber disconnect
             authorization change
             udp-port 3799
            """).Get<RadiusIntent>();

        DynamicClient client = Assert.Single(intent.DynamicClients);
        Assert.Equal(("192.0.2.9", "otherSecret", true, true), (client.Address, client.Secret.ToStringUtf8(), client.MayDisconnect, client.MayChange));
        Assert.Equal(
            [(LeftOut.Types.Request.Access, 5u), (LeftOut.Types.Request.Stop, 25u)],
            intent.Groups.Single().LeftOut.Select(l => (l.Request, l.Attribute)));
        Assert.Contains("udp-port 1812: requests of servers come in at UDP ports 1700 and 3799 alone", string.Join('\n', Verdicts("radius dynamic-request server 192.0.2.9\n udp-port 1812\n")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_domain_map_says_where_users_belong()
    {
        AaaIntent intent = Bind("""
            aaa domain-map example.com
             auth-router-name lyon
             ip-router-name paris
             loopback 3
             address-pool-name clients
            virtual-router lyon
            virtual-router paris
            """).Get<AaaIntent>();

        DomainMap map = Assert.Single(intent.Domains);
        Assert.Equal(("example.com", "lyon", "paris", "loopback3", "clients"), (map.Domain, map.AuthenticationRouter, map.VirtualRouter, map.LocalInterface, map.Pool));
    }

    private static IEnumerable<string> Verdicts(string script) => ErxText.Check(script).Rows.Select(r => $"{r.Statement}: {r.Verdict.Reason}");

    private static IntentReader Bind(string script) => new(ErxText.Bind(script));

    private sealed class IntentReader(Binding binding)
    {
        public T Get<T>()
            where T : Google.Protobuf.IMessage<T>, new() => binding.Intents.Get<T>();
    }
}
