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

    [Fact]
    public void A_subinterface_is_a_unit_of_its_port_wherever_that_is()
    {
        SystemIntent intent = Bind("""
            virtual-router default
            interface gigabitEthernet 2/0
             encapsulation vlan
            virtual-router lyon
            interface gigabitEthernet 2/0.7
             vlan id 100
             ip address 192.0.2.1 255.255.255.0
            """).Get<SystemIntent>();

        PhysicalInterface port = Assert.Single(intent.Interfaces);
        Assert.Equal(
            [("gigabitEthernet2/0", 0u, ""), ("gigabitEthernet2/0.7", 100u, "lyon")],
            port.Units.Select(u => (u.Name, u.Vlan, u.Instance)));
    }

    [Fact]
    public void A_subinterface_needs_a_vlan_and_a_port_that_carries_vlans()
    {
        const string Sub = "interface gigabitEthernet 2/0.7\n ip address 192.0.2.1 255.255.255.0\n";
        Assert.Contains(
            "gigabitEthernet 2/0 has no 'encapsulation vlan': gigabitEthernet 2/0.7 stays down",
            ErxText.Bind(Sub + " vlan id 100\n").Findings.Select(f => f.Message));
        Assert.Contains(
            "gigabitEthernet 2/0.7 has no 'vlan id': it stays down",
            ErxText.Bind("interface gigabitEthernet 2/0\n encapsulation vlan\n" + Sub).Findings.Select(f => f.Message));
        string verdicts = string.Join('\n', Verdicts("interface gigabitEthernet 2/0\n vlan id 7\ninterface gigabitEthernet 2/0.7\n encapsulation vlan\n svlan id 9\n"));
        Assert.Contains("only a subinterface is in a VLAN", verdicts, StringComparison.Ordinal);
        Assert.Contains("it is configured on the port", verdicts, StringComparison.Ordinal);
        Assert.Contains("frames with two tags are not supported", verdicts, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rule_for_signatures_needs_no_key_and_stands_beside_one_that_does()
    {
        const string Profile = "ipsec transport profile any ip address 0.0.0.0\n local ip address 192.0.2.1\n";
        const string Signs = "ipsec ike-policy-rule 5\n authentication rsa-sig\n";
        Gateway signing = Bind(Outside + Signs + Profile).Get<IkeIntent>().Gateways.Single();
        Assert.Equal(("router", true, true), (signing.LocalCertificate, signing.PreSharedKey.IsEmpty, signing.AnyIdentity));
        Assert.Equal([Authentication.RsaSignatures], signing.Proposals.Select(p => p.Authentication));
        Assert.Equal(Identity.Types.Kind.DistinguishedName, signing.LocalIdentity.Kind);

        Gateway both = Bind(Outside + Rule + Signs + Profile + "  pre-share group\n").Get<IkeIntent>().Gateways.Single();
        Assert.Equal(
            [Authentication.PreSharedKey, Authentication.PreSharedKey, Authentication.RsaSignatures], both.Proposals.Select(p => p.Authentication));
        Assert.Equal("group", both.PreSharedKey.ToStringUtf8());
        Assert.Single(Bind(Outside + Rule + Signs + Profile).Get<IkeIntent>().Gateways.Single().Proposals);
    }

    private static IEnumerable<string> Verdicts(string script) => ErxText.Check(script).Rows.Select(r => $"{r.Statement}: {r.Verdict.Reason}");

    private static IntentReader Bind(string script) => new(ErxText.Bind(script));

    private sealed class IntentReader(Binding binding)
    {
        public T Get<T>()
            where T : Google.Protobuf.IMessage<T>, new() => binding.Intents.Get<T>();
    }
}
