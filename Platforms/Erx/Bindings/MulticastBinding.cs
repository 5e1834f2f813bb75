using System.Net;
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

    /// <summary>Reads the intent of DVMRP.</summary>
    public static DvmrpIntent BindDvmrp(IReadOnlyList<VirtualRouter> routers, List<Finding> findings)
    {
        VirtualRouter[] running = [.. routers.Where(r => r.View["router"].Has("dvmrp"))];
        if (running.Length == 0)
        {
            return new DvmrpIntent();
        }

        VirtualRouter router = running[0];
        findings.AddRange(running[1..].Select(other => other.View["router"]["dvmrp"].Error(
            $"DVMRP runs in virtual router {router.Name}, and only one virtual router can run it yet")));
        StatementView view = router.View["router"]["dvmrp"];
        StatementView limits = router.View["ip"]["dvmrp"];
        DvmrpIntent intent = new()
        {
            Enabled = !view["disable"].Has("dvmrp"),
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
                intent.Interfaces.Add(new DvmrpInterface
                {
                    Name = router.KernelName(each.Key),
                    Source = each.Source,
                    Disabled = dvmrp.Has("disable"),
                    MetricIn = (uint)(dvmrp.Entry("metric-offset", "in").Number("offset") ?? 0),
                    MetricOut = (uint)(dvmrp.Entry("metric-offset", "out").Number("offset") ?? 0),
                });
            }
        }

        return intent;
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
