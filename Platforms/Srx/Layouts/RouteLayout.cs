using RouterOS.Sdk.Network;

namespace RouterOS.Srx.Layouts;

/// <summary><c>show route</c>.</summary>
internal static class RouteLayout
{
    private const int Source = 19;

    /// <summary>A table.</summary>
    /// <param name="table">Its name, <c>inet.0</c> or <c>inet6.0</c>.</param>
    /// <param name="all">All routes, ordered by prefix.</param>
    /// <param name="shown">The routes that were asked for.</param>
    /// <param name="now">The time, for ages.</param>
    public static string Text(string table, IReadOnlyList<RouteState> all, IReadOnlyList<RouteState> shown, DateTimeOffset now)
    {
        if (shown.Count == 0)
        {
            return string.Empty;
        }

        Lines lines = new();
        int destinations = all.Select(PrefixOf).Distinct().Count();
        lines.Add().Add($"{table}: {destinations} destinations, {all.Count} routes ({all.Count(r => r.Active)} active, 0 holddown, 0 hidden)");
        lines.Add("+ = Active Route, - = Last Active, * = Both").Add();
        string before = string.Empty;
        foreach (RouteState route in shown)
        {
            string prefix = PrefixOf(route);
            string source = $"{(route.Active ? "*" : " ")}[{Protocol(route)}/{route.Preference}] {Ages.Short(now - route.Since)}{(route.Metric == 0 ? string.Empty : $", metric {route.Metric}")}";
            if (prefix.Length >= Source && prefix != before)
            {
                // A long prefix has a line of its own.
                lines.Add(prefix);
                before = prefix;
            }

            lines.Row((0, prefix == before ? string.Empty : prefix), (Source, source));
            lines.Add(NextHop(route));
            before = prefix;
        }

        return lines.ToString();
    }

    /// <summary>The prefix as text.</summary>
    public static string PrefixOf(RouteState route) => $"{route.Prefix}/{route.PrefixLength}";

    private static string Protocol(RouteState route) => route.Protocol switch
    {
        RouteProtocol.Direct => "Direct",
        RouteProtocol.Local => "Local",
        _ when route.IsAggregate => "Aggregate",
        _ => "Static",
    };

    private static string NextHop(RouteState route) => route.Protocol switch
    {
        RouteProtocol.Local => $"                      Local via {route.Interface}",
        RouteProtocol.StaticDiscard => "                      Discard",
        RouteProtocol.StaticReject => "                      Reject",
        RouteProtocol.StaticReceive => "                      Receive",
        _ => route.Gateway is null
            ? $"                    > via {route.Interface}"
            : $"                    > to {route.Gateway} via {route.Interface}",
    };
}
