using RouterOS.Abstractions.Chassis;
using RouterOS.Sdk.Configuration;
using RouterOS.Srx.Bindings;
using static RouterOS.Sdk.Configuration.Schema;
using static RouterOS.Sdk.Configuration.Values;
using static RouterOS.Srx.Statements.SrxValues;

namespace RouterOS.Srx.Statements;

/// <summary><c>[edit security policies]</c>.</summary>
internal static class PolicyStatements
{
    private const string AlwaysCounted = "every policy is counted: see 'show security policies hit-count'";

    private static readonly ValueChoice s_anyAddress = Choice("any", "Any address");
    private static readonly ValueChoice s_anyIpv4 = Choice("any-ipv4", "Any IPv4 address");
    private static readonly ValueChoice s_anyIpv6 = Choice("any-ipv6", "Any IPv6 address");

    /// <summary>The subtree.</summary>
    public static StatementSchema Tree { get; } = Container("policies", "Policies",
        TraceOptions,
        List("from-zone", "Policies from a zone to a zone",
            [Key(string.Empty, ZoneName), Key("to-zone", ZoneName)],
            Policy(ofAllZones: false)),
        Container("global", "Policies of all zones, asked after those of the pair of zones", Policy(ofAllZones: true)),
        Container("default-policy", "What happens to traffic that no policy matches",
            Flag("permit-all", "Permit").Exclusive("action"),
            Flag("deny-all", "Deny").Exclusive("action")),
        Anything("policy-rematch", "Check sessions against changed policies").Equivalent("every session is judged again after a change"),
        Anything("policy-stats", "Statistics of policies").Equivalent(AlwaysCounted));

    private static ValueSyntax ZoneName => Reference("zone-name", "security zones security-zone");

    private static StatementSchema Policy(bool ofAllZones) => List("policy", "Policy", ObjectName("policy-name"),
        Description,
        Container("match", "Traffic that the policy is about",
            [.. ofAllZones ? Zones : [],
            Addresses("source-address", "Names of sources"),
            Addresses("destination-address", "Names of destinations"),
            LeafList("application", "Names of applications", Name("application", 63).Or(Choice("any", "Any application"))
                .Suggesting(SuggestApplications))
                .Mandatory().Judged(JudgeApplications),
            Flag("source-address-excluded", "All but the sources"),
            Flag("destination-address-excluded", "All but the destinations"),
            Anything("source-identity", "Users").Refused(NotEnforced)])
            .Mandatory(),
        Container("then", "What happens to it",
            Container("permit", "Let it pass",
                ofAllZones ? Anything("tunnel", "Send it through a policy-based VPN").Refused("a tunnel belongs to a pair of zones: write the policy there") : Tunnel,
                Anything("firewall-authentication", "Authenticate users").Refused(NotEnforced),
                Anything("application-services", "Inspect applications").Refused(NotEnforced),
                Anything("destination-address", "Only with or without translated destinations").Refused(NotEnforced),
                Anything("tcp-options", "Checks of TCP").Refused(NotEnforced),
                Anything("services-offload", "Offload to hardware").Ignored("all sessions run in the same fast path"))
                .WithPresence().Exclusive("action"),
            Flag("deny", "Drop it without a word").Exclusive("action"),
            Flag("reject", "Drop it with ICMP unreachable or TCP RST").Exclusive("action"),
            Container("log", "Log sessions",
                Flag("session-init", "When they begin"),
                Flag("session-close", "When they end")),
            Anything("count", "Count packets and bytes").Equivalent(AlwaysCounted))
            .Mandatory().Requires("action"),
        Leaf("scheduler-name", "Times at which the policy acts", Reference("scheduler-name", "schedulers scheduler")));

    private static StatementSchema[] Zones =>
    [
        LeafList("from-zone", "Zones that the traffic comes from", ZoneName.Or(Choice("any", "Any zone"))),
        LeafList("to-zone", "Zones that the traffic goes to", ZoneName.Or(Choice("any", "Any zone"))),
    ];

    private static StatementSchema Tunnel => Container("tunnel", "Send it through a policy-based VPN",
        Leaf("ipsec-vpn", "VPN", Reference("vpn-name", "security ipsec vpn")).Mandatory(),
        Leaf("pair-policy", "Policy of the other direction, which shares the tunnel", ObjectName("policy-name")));

    private static StatementSchema Addresses(string name, string help) =>
        LeafList(name, help, Name("address", 63).Or(s_anyAddress, s_anyIpv4, s_anyIpv6)).Mandatory();

    private static IEnumerable<string> SuggestApplications(StatementView root) =>
        root["applications"].List("application").Concat(root["applications"].List("application-set")).Select(a => a.Key)
            .Concat(ApplicationCatalog.Predefined.Keys.Order(StringComparer.Ordinal));

    private static Verdict JudgeApplications(StatementView view, ChassisProfile profile)
    {
        string[] gateways = [.. view.Values.Where(ApplicationCatalog.WithGateway.Contains)];
        return gateways.Length == 0
            ? Verdict.Applied
            : Verdict.Equivalent($"no application gateway runs: of {string.Join(", ", gateways)} only the connection of the well-known port passes");
    }
}
