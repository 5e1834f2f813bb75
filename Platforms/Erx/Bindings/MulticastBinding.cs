using System.Net;
using RouterOS.Erx.Statements;
using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Dvmrp.V1;
using RouterOS.Proto.Multicast.V1;
using RouterOS.Sdk.Configuration;
using RouterOS.Sdk.Network;

namespace RouterOS.Erx.Bindings;

/// <summary>From <c>ip multicast-routing</c>, <c>ip igmp</c> and <c>router dvmrp</c> to the intents of multicast forwarding and DVMRP.</summary>
internal static class MulticastBinding
{
    private const uint DefaultMetric = 1;
    private const ulong BitsPerKilobit = 1000;

    /// <summary>Reads the intent of multicast forwarding and IGMP.</summary>
    public static MulticastIntent BindMulticast(IReadOnlyList<VirtualRouter> routers)
    {
        StatementView? first = routers.Select(r => r.View["ip"]["multicast-routing"]).FirstOrDefault(r => r.Exists);
        MulticastIntent intent = new() { Routing = first is not null };
        if (first is not null)
        {
            intent.Source = first.Source;
        }

        foreach ((VirtualRouter router, StatementView each) in routers.SelectMany(r => r.Interfaces.Select(i => (r, i))))
        {
            StatementView routing = router.View["ip"]["multicast-routing"];
            StatementView ip = each["ip"];
            StatementView igmp = ip["igmp"];
            StatementView multicast = ip["multicast"];
            bool asks = igmp.Has("run");
            if (!asks && !ip["dvmrp"].Has("run"))
            {
                continue;
            }

            intent.Interfaces.Add(new MulticastInterface
            {
                Name = router.KernelName(each.Key),
                Source = each.Source,
                Forwards = routing.Exists,
                TtlThreshold = (uint)(multicast.Number("ttl-threshold") ?? 0),
                RateLimit = (ulong)(multicast.Number("rate-limit") ?? 0) * BitsPerKilobit,
                Igmp = asks ? Igmp(igmp) : null,
            });
        }

        return intent;
    }

    /// <summary>Reads the intent of DVMRP: a process for each virtual router that runs it.</summary>
    public static DvmrpIntent BindDvmrp(IReadOnlyList<VirtualRouter> routers, List<Finding> findings) => new()
    {
        Processes = { routers.Where(r => r.View["router"].Has("dvmrp")).Select(r => Process(r, findings)) },
    };

    private static DvmrpProcess Process(VirtualRouter router, List<Finding> findings)
    {
        StatementView view = router.View["router"]["dvmrp"];
        StatementView limits = router.View["ip"]["dvmrp"];
        DvmrpProcess process = new()
        {
            Instance = router.Instance,
            Enabled = !view["disable"].Has("dvmrp"),
            MulticastRouting = router.View["ip"].Has("multicast-routing"),
            Source = view.Source,
            RouteLimit = (uint)(limits.Number("route-limit") ?? 0),
            RoutehogNotification = (uint)(limits.Number("routehog-notification") ?? 0),
            StaticMetric = Metric(view.Entry("redistribute", "static")),
            ConnectedMetric = Metric(view.Entry("redistribute", "connected")),
        };
        foreach (StatementView each in router.Interfaces)
        {
            StatementView dvmrp = each["ip"]["dvmrp"];
            if (dvmrp.Has("run"))
            {
                process.Interfaces.Add(new DvmrpInterface
                {
                    Name = router.KernelName(each.Key),
                    Source = each.Source,
                    Disabled = dvmrp.Has("disable"),
                    MetricIn = (uint)(dvmrp.Entry("metric-offset", "in").Number("offset") ?? 0),
                    MetricOut = (uint)(dvmrp.Entry("metric-offset", "out").Number("offset") ?? 0),
                    Accept = { dvmrp.List("accept-filter").Select(f => Filter(router, f, findings)).OfType<AcceptFilter>() },
                    Announce = dvmrp.Text("announce-filter") is { } list ? Named(router, list, dvmrp["announce-filter"], findings) : null,
                });
            }
        }

        return process;
    }

    private static AcceptFilter? Filter(VirtualRouter router, StatementView view, List<Finding> findings)
    {
        AccessList? routes = Named(router, view.Key, view, findings);
        AccessList? neighbors = view.Text("neighbor-list") is { } list ? Named(router, list, view, findings) : null;
        return routes is null || (neighbors is null && view.Text("neighbor-list") is not null)
            ? null : new AcceptFilter { Routes = routes, Neighbors = neighbors };
    }

    // The rules of a list, in their order; null, with the reason, where it cannot be used.
    private static AccessList? Named(VirtualRouter router, string name, StatementView by, List<Finding> findings)
    {
        StatementView[] rules = [.. router.View.List("access-list").Where(r => r.Values[0] == name)];
        AccessList list = new();
        foreach (StatementView rule in rules)
        {
            if (AccessListStatements.Standard(rule.Values[2].EndsWith(" log", StringComparison.Ordinal) ? rule.Values[2][..^4] : rule.Values[2])
                is not (IPAddress address, IPAddress wildcard))
            {
                findings.Add(by.Error($"access list '{name}' has a rule with a destination ('{rule.Values[2]}'): routes and neighbors are one address each, which takes a standard list"));
                return null;
            }

            list.Rules.Add(new AccessRule { Permit = rule.Values[1] == "permit", Address = Ipv4Number.Of(address), Wildcard = Ipv4Number.Of(wildcard) });
        }

        if (rules.Length == 0)
        {
            findings.Add(by.Error($"there is no access list '{name}' in virtual router {router.Name}"));
            return null;
        }

        return list;
    }

    private static uint Metric(StatementView view) => view.Exists ? (uint)(view.Number("metric") ?? DefaultMetric) : 0;

    private static Igmp Igmp(StatementView view)
    {
        Igmp igmp = new()
        {
            Disabled = view.Has("disable"),
            Version = (uint)(view.Number("version") ?? 0),
            QueryIntervalSeconds = (uint)(view.Number("query-interval") ?? 0),
            QueryResponseTenths = (uint)(view.Number("query-max-response-time") ?? 0),
            LastMemberQueryTenths = (uint)(view.Number("last-member-query-interval") ?? 0),
            Robustness = (uint)(view.Number("robustness") ?? 0),
            QuerierTimeoutSeconds = (uint)(view.Number("querier-timeout") ?? 0),
            GroupLimit = (uint)(view["group"].Number("limit") ?? 0),
            ImmediateLeave = view.Has("immediate-leave"),
        };
        foreach (StatementView group in view.List("static-group"))
        {
            igmp.StaticGroups.Add(new StaticGroup { Group = Ipv4Number.Of(IPAddress.Parse(group.Key)), Source = group.Source });
        }

        return igmp;
    }
}
