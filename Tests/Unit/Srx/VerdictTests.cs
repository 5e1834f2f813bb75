using RouterOS.Core.Configuration;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Unit.Srx;

/// <summary>Verdicts that depend on values, on other statements or on the chassis.</summary>
public sealed class VerdictTests
{
    [Theory]
    [InlineData("security ike proposal p dh-group group14", VerdictKind.Applied, "")]
    [InlineData("security ike proposal p dh-group group19", VerdictKind.Refused, "group19 is not supported on srx650")]
    [InlineData("security ike proposal p authentication-algorithm sha-256", VerdictKind.Applied, "")]
    [InlineData("security ike proposal p authentication-algorithm sha-384", VerdictKind.Refused, "sha-384 is not supported")]
    [InlineData("security ike proposal p authentication-method dsa-signatures", VerdictKind.Refused, "dsa-signatures is not supported")]
    [InlineData("security ike proposal p encryption-algorithm aes-192-cbc", VerdictKind.Applied, "")]
    [InlineData("security ike policy p mode main", VerdictKind.Applied, "")]
    [InlineData("security ike policy p proposal-set standard", VerdictKind.Applied, "")]
    [InlineData("security ike policy p proposal-set suiteb-gcm-128", VerdictKind.Refused, "elliptic curves")]
    [InlineData("security ike policy p certificate peer-certificate-type pkcs7", VerdictKind.Applied, "")]
    [InlineData("security ike gateway g address 192.0.2.1", VerdictKind.Applied, "")]
    [InlineData("security ike gateway g address peer.example.net", VerdictKind.Refused, "static-host-mapping peer.example.net inet ADDRESS")]
    [InlineData("security ike gateway g dynamic hostname x", VerdictKind.Applied, "")]
    [InlineData("security ike gateway g dynamic ike-user-type shared-ike-id", VerdictKind.Applied, "")]
    [InlineData("security ike gateway g general-ikeid", VerdictKind.Applied, "")]
    [InlineData("security ike gateway g no-nat-traversal", VerdictKind.Applied, "")]
    [InlineData("security ike gateway g nat-keepalive 5", VerdictKind.Applied, "")]
    [InlineData("security ike gateway g version v1-only", VerdictKind.Applied, "")]
    [InlineData("security ike gateway g version v2-only", VerdictKind.Refused, "IKEv2 is not supported")]
    [InlineData("security ike gateway g local-identity inet 192.0.2.1", VerdictKind.Applied, "")]
    [InlineData("security ike gateway g remote-identity distinguished-name container CN=x", VerdictKind.Applied, "")]
    [InlineData("security ike gateway g dynamic distinguished-name wildcard O=Example", VerdictKind.Applied, "")]
    [InlineData("security ike traceoptions flag certificates", VerdictKind.Applied, "")]
    [InlineData("security ipsec vpn v ike proxy-identity service junos-http", VerdictKind.Applied, "")]
    [InlineData("security ike gateway g xauth access-profile x", VerdictKind.Applied, "")]
    [InlineData("security ike gateway g xauth client username u", VerdictKind.Applied, "")]
    [InlineData("access profile p authentication-order password", VerdictKind.Applied, "")]
    [InlineData("access profile p authentication-order radius", VerdictKind.Applied, "")]
    [InlineData("access profile p authentication-order ldap", VerdictKind.Refused, "servers of this kind are not asked")]
    [InlineData("access profile p client u firewall-user password x", VerdictKind.Applied, "")]
    [InlineData("access profile p client u xauth ip-address 10.0.0.1", VerdictKind.Refused, "address-assignment pool")]
    [InlineData("access profile p radius-server 192.0.2.1 secret lab", VerdictKind.Applied, "")]
    [InlineData("access profile p radius-server 192.0.2.1 routing-instance v", VerdictKind.Refused, "routing instances")]
    [InlineData("access address-assignment pool a family inet xauth-attributes primary-dns 192.0.2.1", VerdictKind.Applied, "")]
    [InlineData("access firewall-authentication pass-through x", VerdictKind.Ignored, "acts only where")]
    [InlineData("security ike traceoptions flag all", VerdictKind.Applied, "")]
    [InlineData("security ike traceoptions flag database", VerdictKind.Applied, "")]
    [InlineData("security ike traceoptions flag snmp", VerdictKind.Ignored, "no SNMP agent runs")]
    [InlineData("security ike traceoptions file size 1m", VerdictKind.Applied, "")]
    [InlineData("security ike traceoptions file match \"192.0.2.1|down\"", VerdictKind.Applied, "")]
    [InlineData("security ipsec traceoptions flag all", VerdictKind.Ignored, "always logged")]
    [InlineData("security ipsec proposal p protocol ah", VerdictKind.Applied, "")]
    [InlineData("security ipsec proposal p encryption-algorithm aes-128-gcm", VerdictKind.Applied, "")]
    [InlineData("security ipsec proposal p authentication-algorithm hmac-sha-256-96", VerdictKind.Applied, "")]
    [InlineData("security ipsec policy p perfect-forward-secrecy keys group24", VerdictKind.Refused, "group24")]
    [InlineData("security ipsec vpn v establish-tunnels immediately", VerdictKind.Applied, "")]
    [InlineData("security policies from-zone a to-zone b policy p then permit tunnel ipsec-vpn v", VerdictKind.Applied, "")]
    [InlineData("security policies from-zone a to-zone b policy p then permit tunnel pair-policy q", VerdictKind.Applied, "")]
    [InlineData("security ipsec vpn v bind-interface st0.1", VerdictKind.Applied, "")]
    [InlineData("security zones security-zone z interfaces ge-0/0/0.0", VerdictKind.Applied, "")]
    [InlineData("security zones security-zone z interfaces vlan.0", VerdictKind.Refused, "interfaces of this kind")]
    [InlineData("security zones security-zone z interfaces fxp0.0", VerdictKind.Refused, "belongs to no security zone")]
    [InlineData("security zones functional-zone management interfaces fxp0.0 host-inbound-traffic system-services ssh", VerdictKind.Ignored, "the host's own interfaces")]
    [InlineData("security zones functional-zone management interfaces ge-0/0/0.0", VerdictKind.Applied, "")]
    [InlineData("security zones functional-zone management interfaces st0.0", VerdictKind.Refused, "a tunnel belongs to a security zone")]
    [InlineData("security zones functional-zone management host-inbound-traffic system-services ping", VerdictKind.Applied, "")]
    [InlineData("security ike respond-bad-spi 5", VerdictKind.Applied, "")]
    [InlineData("security pki ca-profile x revocation-check crl", VerdictKind.Refused, "revoked certificates")]
    [InlineData("security nat source rule-set x", VerdictKind.Refused, "address translation")]
    [InlineData("security alg sip disable", VerdictKind.Equivalent, "no application gateway runs")]
    [InlineData("security flow tcp-mss ipsec-vpn mss 1350", VerdictKind.Applied, "")]
    [InlineData("security flow tcp-mss all-tcp mss 1400", VerdictKind.Applied, "")]
    [InlineData("security flow tcp-mss gre-in mss 1400", VerdictKind.Applied, "")]
    [InlineData("security flow tcp-session no-syn-check", VerdictKind.Equivalent, "segments without a session")]
    [InlineData("security screen ids-option s", VerdictKind.Applied, "")]
    [InlineData("security screen ids-option s tcp land", VerdictKind.Applied, "")]
    [InlineData("security screen ids-option s tcp syn-flood attack-threshold 100", VerdictKind.Applied, "")]
    [InlineData("security screen ids-option s ip tear-drop", VerdictKind.Equivalent, "fragments that overlap")]
    [InlineData("security screen ids-option s tcp port-scan threshold 5000", VerdictKind.Applied, "")]
    [InlineData("security policies global policy p match from-zone any", VerdictKind.Applied, "")]
    [InlineData("security policies global policy p then permit tunnel ipsec-vpn v", VerdictKind.Refused, "a pair of zones")]
    [InlineData("security policies from-zone a to-zone b policy p match source-address-excluded", VerdictKind.Applied, "")]
    [InlineData("security address-book global address a range-address 10.0.0.1 to 10.0.0.9", VerdictKind.Applied, "")]
    [InlineData("security address-book global address a wildcard-address 10.0.5.0/255.0.255.0", VerdictKind.Applied, "")]
    [InlineData("security address-book global address a dns-name www.example.net", VerdictKind.Refused, "no name server is asked")]
    [InlineData("system static-host-mapping www.example.net inet 192.0.2.1", VerdictKind.Applied, "")]
    [InlineData("applications application a icmp-type echo-reply", VerdictKind.Equivalent, "an answer passes")]
    [InlineData("applications application a icmp-code port-unreachable", VerdictKind.Applied, "")]
    [InlineData("applications application a icmp6-type 128", VerdictKind.Applied, "")]
    [InlineData("security policies default-policy permit-all", VerdictKind.Applied, "")]
    [InlineData("interfaces ge-1/0/1 unit 0 family inet address 192.0.2.1/24", VerdictKind.Applied, "")]
    [InlineData("interfaces ge-9/0/1 unit 0 family inet", VerdictKind.Refused, "srx650 has no port ge-9/0/1; its ports are ge-0/0/0 to ge-0/0/3, ge-1/0/0 to ge-1/0/15")]
    [InlineData("interfaces fxp0 unit 0 family inet", VerdictKind.Ignored, "the host's own interfaces")]
    [InlineData("interfaces reth0 description x", VerdictKind.Refused, "not supported yet")]
    [InlineData("interfaces ge-0/0/0 speed 1g", VerdictKind.Ignored, "the wire's driver")]
    [InlineData("interfaces st0 unit 0 multipoint", VerdictKind.Applied, "")]
    [InlineData("interfaces ge-0/0/0 unit 0 multipoint", VerdictKind.Refused, "only secure tunnels")]
    [InlineData("interfaces st0 unit 0 family inet next-hop-tunnel 10.0.0.2 ipsec-vpn v", VerdictKind.Applied, "")]
    [InlineData("interfaces ge-0/0/0 unit 0 family inet next-hop-tunnel 10.0.0.2 ipsec-vpn v", VerdictKind.Refused, "only secure tunnels")]
    [InlineData("security ipsec vpn v traffic-selector t local-ip 10.0.0.0/8", VerdictKind.Applied, "")]
    [InlineData("security ipsec vpn v vpn-monitor optimized", VerdictKind.Applied, "")]
    [InlineData("security ipsec vpn-monitor-options interval 5", VerdictKind.Applied, "")]
    [InlineData("security ipsec vpn v ike idle-time 60", VerdictKind.Applied, "")]
    [InlineData("security ipsec vpn v ike install-interval 5", VerdictKind.Applied, "")]
    [InlineData("security ipsec vpn v manual spi 300", VerdictKind.Applied, "")]
    [InlineData("security ipsec vpn v manual protocol ah", VerdictKind.Applied, "")]
    [InlineData("security ipsec vpn v manual protocol bundle", VerdictKind.Applied, "")]
    [InlineData("security ipsec vpn v manual auxiliary-spi 301", VerdictKind.Applied, "")]
    [InlineData("security ipsec proposal p protocol bundle", VerdictKind.Applied, "")]
    [InlineData("interfaces st0 unit 0 point-to-point", VerdictKind.Equivalent, "point-to-point")]
    [InlineData("interfaces ge-0/0/0 unit 0 point-to-point", VerdictKind.Refused, "only tunnels")]
    [InlineData("interfaces ge-0/0/0 unit 0 family inet6 address 2001:db8::1/64", VerdictKind.Applied, "")]
    [InlineData("interfaces ge-0/0/0 unit 0 family inet6 address 2001:db8::1/64 eui-64", VerdictKind.Refused, "write the whole address")]
    [InlineData("security forwarding-options family inet6 mode flow-based", VerdictKind.Applied, "")]
    [InlineData("security forwarding-options family inet6 mode packet-based", VerdictKind.Refused, "use flow-based")]
    [InlineData("routing-options rib inet6.0 static route 2001:db8::/32 next-hop 2001:db8:1::2", VerdictKind.Applied, "")]
    [InlineData("routing-options rib inet6.2 static route 2001:db8::/32 discard", VerdictKind.Refused, "inet6.0")]
    [InlineData("interfaces ge-0/0/0 unit 0 family inet filter input f", VerdictKind.Refused, "not enforced yet")]
    [InlineData("interfaces ge-0/0/0 unit 0 family ethernet-switching vlan members v", VerdictKind.Refused, "switching")]
    [InlineData("routing-options static route 10.0.0.0/8 preference 0", VerdictKind.Refused, "use 1 or more")]
    [InlineData("routing-options static route 10.0.0.0/8 next-hop 192.0.2.1", VerdictKind.Applied, "")]
    [InlineData("routing-options router-id 192.0.2.1", VerdictKind.Ignored, "no routing protocol")]
    [InlineData("protocols ospf area 0", VerdictKind.Refused, "use static routes")]
    [InlineData("system login user u class super-user", VerdictKind.Ignored, "host's")]
    [InlineData("system root-authentication encrypted-password x", VerdictKind.Ignored, "host's")]
    [InlineData("system services ssh root-login deny", VerdictKind.Ignored, "no network service")]
    [InlineData("system services dhcp pool 10.0.0.0/24", VerdictKind.Refused, "no DHCP")]
    [InlineData("system time-zone Europe/Paris", VerdictKind.Ignored, "UTC")]
    [InlineData("groups g system host-name x", VerdictKind.Ignored, "no statement inherits it")]
    [InlineData("interfaces interface-range r description x", VerdictKind.Ignored, "no statement inherits it")]
    [InlineData("routing-instances r instance-type virtual-router", VerdictKind.Refused, "main instance")]
    public void A_statement_has_its_verdict(string statement, VerdictKind kind, string reason)
    {
        CheckRow row = Assert.Single(SrxText.Check("set " + statement).Rows);
        Assert.Equal(kind, row.Verdict.Kind);
        Assert.Contains(reason, row.Verdict.Reason, StringComparison.Ordinal);
        Assert.Equal(reason.Length == 0, row.Verdict.Reason.Length == 0);
    }

    [Fact]
    public void Predefined_applications_with_further_connections_say_what_is_missing()
    {
        const string Match = "set security policies from-zone a to-zone b policy p match application ";
        Assert.Equal(VerdictKind.Applied, SrxText.Check(Match + "junos-ssh").Rows[0].Verdict.Kind);
        Verdict verdict = SrxText.Check(Match + "[ junos-ssh junos-ftp ]").Rows[0].Verdict;
        Assert.Equal(VerdictKind.Equivalent, verdict.Kind);
        Assert.Contains("of junos-ftp only", verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_file_is_refused_where_the_chassis_has_no_such_port()
    {
        const string Text = "interfaces { ge-1/0/1 { unit 0 { family inet { address 192.0.2.1/24; } } } }";
        Assert.Empty(SrxText.Complaints(Text, "srx650"));
        Assert.Equal(
            ["interfaces ge-1/0/1: srx240 has no port ge-1/0/1; its ports are ge-0/0/0 to ge-0/0/15"], SrxText.Complaints(Text, "srx240"));
    }
}
