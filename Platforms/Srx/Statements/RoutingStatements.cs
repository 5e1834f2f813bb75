using RouterOS.Sdk.Configuration;
using static RouterOS.Sdk.Configuration.Schema;
using static RouterOS.Sdk.Configuration.Values;
using static RouterOS.Srx.Statements.SrxValues;

namespace RouterOS.Srx.Statements;

/// <summary><c>[edit routing-options]</c>.</summary>
internal static class RoutingStatements
{
    private const string NoProtocols = "no routing protocol runs that would use it";
    private const string MainInstance = "only the main tables, inet.0 and inet6.0, are supported yet";

    /// <summary>The subtree.</summary>
    public static StatementSchema Tree { get; } = Container("routing-options", "Routing options",
        TraceOptions,
        Container("interface-routes", "Routes of interfaces",
            Anything("rib-group", "Copies in other tables").Refused(MainInstance),
            Container("family", "Protocol family", InterfaceRoutes("inet"), InterfaceRoutes("inet6"))),
        List("rib", "Other routing tables", Text("table"),
            Container("static", "Static routes",
                Anything("rib-group", "Group of routing tables").Refused(MainInstance),
                Defaults,
                Route(Prefix6(), NextHop6)),
            Aggregates("aggregate", "Aggregate routes", Prefix6()),
            Aggregates("generate", "Generated routes", Prefix6()),
            Anything("martians", "Routes to refuse").Ignored(NoProtocols))
            .Judged((view, _) => view.Key == "inet6.0" ? Verdict.Applied : Verdict.Refused(MainInstance)),
        Anything("rib-groups", "Groups of routing tables").Refused(MainInstance),
        Container("static", "Static routes",
            Anything("rib-group", "Group of routing tables").Refused(MainInstance),
            Defaults,
            Route(Prefix(), NextHop)),
        Aggregates("aggregate", "Aggregate routes", Prefix()),
        Aggregates("generate", "Generated routes", Prefix()),
        Container("forwarding-table", "Forwarding table",
            LeafList("export", "Policies for its routes", Text("policy")).Ignored(OneHop),
            Leaf("unicast-reverse-path", "Routes that rpf-check asks", OneOf(
                Choice("active-paths", "Those in use"), Choice("feasible-paths", "All of them", Verdict.Refused("only routes in use are asked")))).Equivalent("routes in use are asked"),
            Flag("ecmp-fast-reroute", "Other next hops at once").Ignored(OneHop),
            Flag("indirect-next-hop", "Next hops by way of others").Ignored("routes are written as they are resolved"),
            Flag("no-indirect-next-hop", "No next hops by way of others").Equivalent("routes are written as they are resolved")),
        Anything("martians", "Routes to refuse").Ignored(NoProtocols),
        Leaf("router-id", "Router ID", Address()).Ignored(NoProtocols),
        Anything("autonomous-system", "Number of the autonomous system").Ignored(NoProtocols),
        Anything("confederation", "Confederation").Ignored(NoProtocols),
        Anything("graceful-restart", "Graceful restart").Ignored(NoProtocols),
        Anything("multicast", "Multicast").Refused(NotEnforced),
        Anything("instance-import", "Routes of other instances").Refused(MainInstance));

    private const string OneHop = "the first next hop that can be reached carries all traffic of a route";

    private static StatementSchema InterfaceRoutes(string family) => Container(family, "Routes of this family",
        Anything("export", "Advertise routes of links").Ignored(NoProtocols),
        Anything("import", "Routes of interfaces by policy").Refused("routes of interfaces are always there"));

    private static StatementSchema Defaults => Container("defaults", "Options of all routes", [
        Preference, Metric,
        Anything("tag", "Tag").Ignored(NoProtocols),
        Anything("community", "Communities").Ignored(NoProtocols),
        Anything("as-path", "AS path").Ignored(NoProtocols),
        .. Flags]);

    private static StatementSchema Preference => Leaf("preference", "Preference", Integer(0, 4294967295)).Judged((view, _) => view.Key == "0"
        ? Verdict.Refused("preference 0 is kept for interface routes: use 1 or more")
        : Verdict.Applied);

    private static StatementSchema Metric => Leaf("metric", "Metric: of equal preference the lower one wins", Integer(0, 4294967295));

    // Each of two that stand against each other: at a route it overrules the defaults.
    private static StatementSchema[] Flags =>
    [
        Flag("retain", "Keep in the forwarding table").Equivalent("routes stay when the routing engine restarts"),
        Flag("no-retain", "Do not keep in the forwarding table").Ignored("routes stay when the routing engine restarts"),
        Flag("install", "Install into the forwarding table").Exclusive("install"),
        Flag("no-install", "Do not install into the forwarding table").Exclusive("install"),
        Flag("readvertise", "Advertise by routing protocols").Ignored(NoProtocols),
        Flag("no-readvertise", "Do not advertise by routing protocols").Equivalent(NoProtocols),
        Flag("resolve", "Resolve next hops that are not on a link").Exclusive("resolve"),
        Flag("no-resolve", "Next hops must be on a link").Exclusive("resolve"),
        Flag("active", "Only while the next hop is there").Exclusive("active"),
        Flag("passive", "Keep, and refuse, when the next hop is not there").Exclusive("active"),
    ];

    private static StatementSchema Aggregates(string name, string help, ValueSyntax prefix) => Container(name, help,
        Anything("defaults", "Options of all routes").Refused("not supported yet: write them at each route"),
        List("route", "A route that is there while a longer one within it is", prefix,
            Anything("policy", "Routes that count").Refused("every longer route counts"),
            Preference, Metric,
            Flag("discard", "Drop without a word"),
            Flag("active", "Only while a longer route is there").Exclusive("active"),
            Flag("passive", "Keep, and refuse, when there is none").Exclusive("active"),
            Anything("tag", "Tag").Ignored(NoProtocols),
            Anything("community", "Communities").Ignored(NoProtocols),
            Anything("as-path", "AS path").Ignored(NoProtocols),
            Flag("brief", "Short AS path").Ignored(NoProtocols),
            Flag("full", "Whole AS path").Ignored(NoProtocols))
            .OnLineWhenSingle().Sorted());

    private static StatementSchema Route(ValueSyntax prefix, ValueSyntax nextHop) => List("route", "Static route", prefix, [
        LeafList("next-hop", "Address of the next hop, or a point-to-point interface", nextHop)
            .Exclusive("destination").Judged((view, _) => view.Values.Count == 1
                ? Verdict.Applied
                : Verdict.Equivalent("the first next hop that can be reached carries all traffic")),
        Flag("discard", "Drop without a word").Exclusive("destination"),
        Flag("reject", "Drop with ICMP unreachable").Exclusive("destination"),
        Flag("receive", "Deliver to the router").Exclusive("destination"),
        Anything("next-table", "Look up in another table").Exclusive("destination").Refused(MainInstance),
        List("qualified-next-hop", "Next hop with a preference of its own", nextHop,
            Preference, Metric,
            Leaf("interface", "Interface of the next hop", InterfaceNames.Logical),
            Anything("mac-address", "Link address of the next hop").Refused("write it as static ARP entry of the interface's address")),
        Preference, Metric,
        Anything("tag", "Tag").Ignored(NoProtocols),
        Anything("community", "Communities").Ignored(NoProtocols),
        Anything("as-path", "AS path").Ignored(NoProtocols),
        .. Flags])
        .OnLineWhenSingle().Sorted();

    private static ValueSyntax NextHop6 => new("next-hop", "an IPv6 address or a logical interface such as st0.0")
    {
        Read = text => TryAddress6(text, out System.Net.IPAddress? address) ? address!.ToString() : InterfaceNames.Logical.Read!(text),
        Suggest = InterfaceNames.Tunnel.Suggest,
    };

    private static ValueSyntax NextHop => new("next-hop", "an IPv4 address or a logical interface such as st0.0")
    {
        Read = text => TryAddress(text, out System.Net.IPAddress? address) ? address!.ToString() : InterfaceNames.Logical.Read!(text),
        Suggest = InterfaceNames.Tunnel.Suggest,
    };
}
