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
        Anything("interface-routes", "Copies of interface routes").Refused(MainInstance),
        List("rib", "Other routing tables", Text("table"),
            Container("static", "Static routes",
                Anything("rib-group", "Group of routing tables").Refused(MainInstance),
                Anything("defaults", "Options of all routes").Refused("not supported yet: write them at each route"),
                Route(Prefix6(), NextHop6)),
            Anything("aggregate", "Aggregate routes").Refused(NotEnforced),
            Anything("generate", "Generated routes").Refused(NotEnforced),
            Anything("martians", "Routes to refuse").Ignored(NoProtocols))
            .Judged((view, _) => view.Key == "inet6.0" ? Verdict.Applied : Verdict.Refused(MainInstance)),
        Anything("rib-groups", "Groups of routing tables").Refused(MainInstance),
        Container("static", "Static routes",
            Anything("rib-group", "Group of routing tables").Refused(MainInstance),
            Anything("defaults", "Options of all routes").Refused("not supported yet: write them at each route"),
            Route(Prefix(), NextHop)),
        Anything("aggregate", "Aggregate routes").Refused(NotEnforced),
        Anything("generate", "Generated routes").Refused(NotEnforced),
        Anything("forwarding-table", "Forwarding table").Refused(NotEnforced),
        Anything("martians", "Routes to refuse").Ignored(NoProtocols),
        Leaf("router-id", "Router ID", Address()).Ignored(NoProtocols),
        Anything("autonomous-system", "Number of the autonomous system").Ignored(NoProtocols),
        Anything("confederation", "Confederation").Ignored(NoProtocols),
        Anything("graceful-restart", "Graceful restart").Ignored(NoProtocols),
        Anything("multicast", "Multicast").Refused(NotEnforced),
        Anything("instance-import", "Routes of other instances").Refused(MainInstance));

    private static StatementSchema Route(ValueSyntax prefix, ValueSyntax nextHop) => List("route", "Static route", prefix,
        LeafList("next-hop", "Address of the next hop, or a point-to-point interface", nextHop)
            .Exclusive("destination").Judged((view, _) => view.Values.Count == 1
                ? Verdict.Applied
                : Verdict.Equivalent("the first next hop that can be reached carries all traffic")),
        Flag("discard", "Drop without a word").Exclusive("destination"),
        Flag("reject", "Drop with ICMP unreachable").Exclusive("destination"),
        Anything("receive", "Deliver to the router").Exclusive("destination").Refused(NotEnforced),
        Anything("next-table", "Look up in another table").Exclusive("destination").Refused(MainInstance),
        Anything("qualified-next-hop", "Next hop with a preference of its own").Refused("not supported yet: use 'next-hop' and 'preference'"),
        Leaf("preference", "Preference", Integer(0, 4294967295)).Judged((view, _) => view.Key == "0"
            ? Verdict.Refused("preference 0 is kept for interface routes: use 1 or more")
            : Verdict.Applied),
        Anything("metric", "Metric").Ignored("no two static routes of a prefix compete"),
        Anything("tag", "Tag").Ignored(NoProtocols),
        Anything("community", "Communities").Ignored(NoProtocols),
        Anything("as-path", "AS path").Ignored(NoProtocols),
        Flag("retain", "Keep in the forwarding table").Equivalent("routes stay when the routing engine restarts"),
        Flag("no-retain", "Do not keep in the forwarding table").Ignored("routes stay when the routing engine restarts"),
        Flag("install", "Install into the forwarding table").Equivalent("active routes are installed"),
        Flag("no-install", "Do not install into the forwarding table").Refused(NotEnforced),
        Flag("readvertise", "Advertise by routing protocols").Ignored(NoProtocols),
        Flag("no-readvertise", "Do not advertise by routing protocols").Equivalent(NoProtocols),
        Flag("resolve", "Resolve next hops that are not on a link").Refused("next hops must be on a network of an interface"),
        Flag("no-resolve", "Next hops must be on a link").Equivalent("next hops must be on a network of an interface"),
        Flag("active", "Only while the next hop is there").Equivalent("a route is active only while its next hop is reachable"),
        Flag("passive", "Keep when the next hop is not there").Refused(NotEnforced))
        .OnLineWhenSingle().Sorted().Requires("destination");

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
