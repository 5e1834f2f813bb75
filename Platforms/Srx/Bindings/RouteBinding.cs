using System.Globalization;
using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Kernel.V1;
using RouterOS.Sdk.Configuration;
using RouterOS.Srx.Statements;

namespace RouterOS.Srx.Bindings;

/// <summary>From <c>routing-options</c> to the routes of the kernel's intent.</summary>
internal static class RouteBinding
{
    /// <summary>Reads the routes of both families.</summary>
    public static void Bind(StatementView root, SystemIntent intent, List<Finding> findings)
    {
        StatementView options = root["routing-options"];
        foreach (StatementView table in new[] { options, options.Entry("rib", "inet6.0") })
        {
            StatementView routes = table["static"];
            foreach (StatementView route in routes.List("route"))
            {
                intent.StaticRoutes.Add(Routes(root, routes["defaults"], route, findings));
            }

            intent.Aggregates.Add(table["aggregate"].List("route").Select(route => Aggregate(route, generate: false)));
            intent.Aggregates.Add(table["generate"].List("route").Select(route => Aggregate(route, generate: true)));
        }
    }

    private static AggregateRoute Aggregate(StatementView view, bool generate)
    {
        string[] parts = view.Key.Split('/');
        return new AggregateRoute
        {
            Prefix = parts[0],
            PrefixLength = uint.Parse(parts[1], CultureInfo.InvariantCulture),
            Source = view.Source,
            Generate = generate,
            Discard = view.Has("discard"),
            Passive = view.Has("passive"),
            Preference = (uint)(view.Number("preference") ?? 0),
            Metric = (uint)(view.Number("metric") ?? 0),
        };
    }

    // The route itself, and one for each next hop with a preference of its own.
    private static IEnumerable<StaticRoute> Routes(StatementView root, StatementView defaults, StatementView view, List<Finding> findings)
    {
        string[] parts = view.Key.Split('/');
        StaticRoute route = new()
        {
            Prefix = parts[0],
            PrefixLength = uint.Parse(parts[1], CultureInfo.InvariantCulture),
            Source = view.Source,
            Discard = view.Has("discard"),
            Reject = view.Has("reject"),
            Receive = view.Has("receive"),
            Preference = (uint)(view.Number("preference") ?? defaults.Number("preference") ?? 0),
            Metric = (uint)(view.Number("metric") ?? defaults.Number("metric") ?? 0),
            Passive = Holds(view, defaults, "passive", "active"),
            NoInstall = Holds(view, defaults, "no-install", "install"),
            Resolve = Holds(view, defaults, "resolve", "no-resolve"),
        };
        StatementView[] qualified = [.. view.List("qualified-next-hop")];
        bool ends = route.Discard || route.Reject || route.Receive || view.Has("next-table");
        if (!ends && !view.Has("next-hop") && qualified.Length == 0)
        {
            findings.Add(view.Error("missing one of 'next-hop', 'qualified-next-hop', 'discard', 'reject', 'receive'"));
        }

        if (ends && qualified.Length > 0)
        {
            findings.Add(qualified[0].Error("a route that ends here has no next hops"));
        }

        foreach (StatementView hop in qualified)
        {
            StaticRoute other = route.Clone();
            other.Source = hop.Source;
            other.Preference = (uint)(hop.Number("preference") ?? other.Preference);
            other.Metric = (uint)(hop.Number("metric") ?? other.Metric);
            // Of several that cannot be reached the route itself stays.
            other.Passive = route.Passive && !view.Has("next-hop") && hop.Key == qualified[0].Key;
            AddHops(root, hop, [hop.Key], other, findings);
            if (hop.Text("interface") is { } by && other is { NextHopAddresses.Count: 1, NextHopInterfaces.Count: 0 })
            {
                other.NextHopInterfaces.Add(by);
            }

            yield return other;
        }

        if (ends || view.Has("next-hop"))
        {
            AddHops(root, view["next-hop"], view["next-hop"].Values, route, findings);
            yield return route;
        }
    }

    private static bool Holds(StatementView route, StatementView defaults, string word, string opposite) =>
        route.Has(word) || (defaults.Has(word) && !route.Has(opposite));

    private static void AddHops(StatementView root, StatementView next, IReadOnlyList<string> hops, StaticRoute route, List<Finding> findings)
    {
        foreach (string hop in hops)
        {
            if (Values.TryAddress(hop, out _) || Values.TryAddress6(hop, out _))
            {
                route.NextHopAddresses.Add(hop);
            }
            else if (InterfaceNames.IsTunnel(hop) || InterfaceNames.IsIpTunnel(hop))
            {
                route.NextHopInterfaces.Add(hop);
            }
            else
            {
                findings.Add(next.Error($"{hop} is no point-to-point interface: write the next hop's address"));
            }
        }

        if (route.NextHopInterfaces.Count == 0 && route.NextHopAddresses is [string only] && NextHopTunnels.CarrierOf(root, only) is { } carrier)
        {
            route.NextHopInterfaces.Add(carrier);
        }
        else if (route.NextHopAddresses.Count > 0 && route.NextHopInterfaces.Count > 0)
        {
            findings.Add(next.Error("addresses and interfaces cannot be next hops of one route"));
        }
    }
}
