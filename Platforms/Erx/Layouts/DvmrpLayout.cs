using System.Globalization;
using System.Net;
using System.Text;
using RouterOS.Proto.Dvmrp.V1;

namespace RouterOS.Erx.Layouts;

/// <summary><c>show ip dvmrp</c> and what is below it.</summary>
internal static class DvmrpLayout
{
    /// <summary>An address as text.</summary>
    public static string Text(uint address) => new IPAddress(System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(address)).ToString();

    /// <summary>Days and hours:minutes:seconds.</summary>
    public static string Time(uint seconds) => string.Create(
        CultureInfo.InvariantCulture, $"{seconds / 86400} {seconds / 3600 % 24:00}:{seconds / 60 % 60:00}:{seconds % 60:00}");

    /// <summary>The process.</summary>
    public static string Summary(Summary summary)
    {
        string redistribution = (summary.StaticMetric, summary.ConnectedMetric) switch
        {
            (0, 0) => "None Configured",
            (0, _) => $"connected metric {summary.ConnectedMetric}",
            (_, 0) => $"static metric {summary.StaticMetric}",
            _ => $"static metric {summary.StaticMetric}, connected metric {summary.ConnectedMetric}",
        };
        StringBuilder text = new();
        text.Append("Routing Process DVMRP - Distance Vector Multicast Routing Protocol\n");
        text.Append(CultureInfo.InvariantCulture, $"Dvmrp Administrative State: {Word(summary.Enabled)}\n");
        text.Append(CultureInfo.InvariantCulture, $"Multicast Administrative State: {Word(summary.MulticastRouting)}\n");
        text.Append(CultureInfo.InvariantCulture, $"Dvmrp Version: 3.255\nGeneration ID: 0x{summary.Generation:x8}\n");
        text.Append(CultureInfo.InvariantCulture, $"Number of Routes: {summary.Routes}\nNumber of Triggered Routes: {summary.TriggeredRoutes}\n");
        text.Append(CultureInfo.InvariantCulture, $"Reachable Routes: {summary.ReachableRoutes}\nroute-hog-notification: {summary.RoutehogNotification}\n");
        text.Append(CultureInfo.InvariantCulture, $"route-limit: {summary.RouteLimit}\nSend-S32-Prunes-Only: true\nunicastRoutingOnly: false\n");
        text.Append(CultureInfo.InvariantCulture, $"Redistribution {redistribution}\nMulticast forwarding entries: {summary.Entries}\n");
        foreach ((string reason, ulong count) in summary.Drops.Where(d => d.Value > 0).OrderBy(d => d.Key, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"Dropped {reason}: {count}\n");
        }

        return text.ToString();
    }

    /// <summary>Interfaces.</summary>
    public static string Interfaces(IReadOnlyList<InterfaceState> states)
    {
        StringBuilder text = new();
        foreach (InterfaceState each in states)
        {
            text.Append(CultureInfo.InvariantCulture, $"Interface: {each.Name}, State: {(!each.Enabled ? "Disabled" : each.Up ? "Up" : "Down")}\n");
            text.Append(CultureInfo.InvariantCulture, $"  LocalAddress: {Text(each.Address)}/{each.PrefixLength}, Type: {(each.Tunnel ? "tunnel" : "broadcast")}\n");
            text.Append(CultureInfo.InvariantCulture, $"  Metric offset in: {each.MetricIn}, out: {each.MetricOut}\n");
            text.Append(CultureInfo.InvariantCulture, $"  Neighbors: {each.Neighbors}, Routes sent: {each.RoutesSent}\n");
            text.Append(CultureInfo.InvariantCulture, $"  Received packets: {each.Received}, Sent packets: {each.Sent}\n");
            text.Append(CultureInfo.InvariantCulture, $"  Received Bad Packets: {each.BadPackets}, Received Bad Routes: {each.BadRoutes}, Filtered Routes: {each.FilteredRoutes}\n");
        }

        return text.Append(CultureInfo.InvariantCulture, $"{states.Count} interfaces\n").ToString();
    }

    /// <summary>Neighbors.</summary>
    public static string Neighbors(IReadOnlyList<NeighborState> states)
    {
        StringBuilder text = new();
        foreach (NeighborState each in states)
        {
            text.Append(CultureInfo.InvariantCulture, $"Neighbor Address: {Text(each.Address)}, Interface: {each.Interface}, {(each.TwoWay ? "Active" : "One way")}\n");
            text.Append(CultureInfo.InvariantCulture, $"  UpTime: {Time(each.UptimeSeconds)}, ExpireTime: {each.ExpiresSeconds}\n");
            text.Append(CultureInfo.InvariantCulture, $"  MajorVersion: {each.MajorVersion}, MinorVersion: {each.MinorVersion}, Capabilities: 0x{each.Capabilities:x2}, GenID: 0x{each.Generation:x8}\n");
            text.Append(CultureInfo.InvariantCulture, $"  RcvRoutes: {each.ReceivedRoutes}, RcvBadPkts: {each.BadPackets}, RcvBadRoutes: {each.BadRoutes}\n");
        }

        return text.Append(CultureInfo.InvariantCulture, $"{states.Count} neighbors\n").ToString();
    }

    /// <summary>Routes.</summary>
    public static string Routes(IReadOnlyList<Route> routes)
    {
        StringBuilder text = new();
        text.Append("Prefix/Length      UpstreamRtr     Interface              Metric ExpTime UpTime\n");
        text.Append("------------------ --------------- ---------------------- ------ ------- --------------\n");
        foreach (Route each in routes)
        {
            string upstream = each.Upstream != 0 ? Text(each.Upstream) : each.Imported ? "redistributed" : "directly";
            text.Append(CultureInfo.InvariantCulture,
                $"{$"{Text(each.Prefix)}/{each.PrefixLength}",-18} {upstream,-15} {each.Interface,-22} {(each.HeldDown ? "32*" : each.Metric.ToString(CultureInfo.InvariantCulture)),-6} {(each.ExpiresSeconds == 0 ? "never" : each.ExpiresSeconds.ToString(CultureInfo.InvariantCulture)),-7} {Time(each.UptimeSeconds)}\n");
        }

        text.Append(routes.Any(r => r.HeldDown) ? "* held down\n" : string.Empty);
        return text.Append(CultureInfo.InvariantCulture, $"{routes.Count} routes\n").ToString();
    }

    /// <summary>Where packets of routes go.</summary>
    public static string NextHops(IReadOnlyList<Route> routes)
    {
        StringBuilder text = new();
        text.Append("Prefix/Length      Interface              Type   DesigForw       Dependent Neighbors\n");
        text.Append("------------------ ---------------------- ------ --------------- -------------------\n");
        foreach (Route each in routes)
        {
            foreach (Downstream at in each.Downstream)
            {
                text.Append(string.Create(CultureInfo.InvariantCulture,
                    $"{$"{Text(each.Prefix)}/{each.PrefixLength}",-18} {at.Interface,-22} {(at.Dependents.Count > 0 ? "branch" : "leaf"),-6} {(at.Forwarder ? "this system" : Text(at.Designated)),-15} {string.Join(' ', at.Dependents.Select(Text))}").TrimEnd()).Append('\n');
            }
        }

        return text.ToString();
    }

    /// <summary>Entries with their prunes.</summary>
    public static string Entries(IReadOnlyList<Entry> entries)
    {
        StringBuilder text = new();
        foreach (Entry each in entries)
        {
            text.Append(CultureInfo.InvariantCulture, $"({Text(each.Source)}, {Text(each.Group)}) uptime {Time(each.UptimeSeconds)}\n");
            text.Append(CultureInfo.InvariantCulture, $"  Route {Text(each.RoutePrefix)}/{each.RoutePrefixLength}, upstream {(each.Upstream == 0 ? "directly" : Text(each.Upstream))} on {each.Incoming}");
            text.Append(each.PrunedSeconds > 0 ? string.Create(CultureInfo.InvariantCulture, $", Pruned for {each.PrunedSeconds} secs\n") : each.Grafting ? ", Grafting\n" : "\n");
            foreach (Outgoing outgoing in each.Outgoing)
            {
                text.Append(CultureInfo.InvariantCulture, $"  Outgoing {outgoing.Interface} for {(outgoing.Members ? "members" : "dependent neighbors")}\n");
            }

            foreach (Prune prune in each.Prunes)
            {
                text.Append(CultureInfo.InvariantCulture, $"  Pruned by {Text(prune.Neighbor)} on {prune.Interface}, expires in {prune.ExpiresSeconds} secs\n");
            }
        }

        return text.Append(CultureInfo.InvariantCulture, $"{entries.Count} entries\n").ToString();
    }

    private static string Word(bool on) => on ? "Enabled" : "Disabled";
}
