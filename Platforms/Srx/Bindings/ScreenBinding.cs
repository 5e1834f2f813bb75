using RouterOS.Proto.Flow.V1;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Srx.Bindings;

/// <summary>From <c>security screen ids-option</c> to the screen of a zone.</summary>
internal static class ScreenBinding
{
    /// <summary>The screen that a zone names; null where there is none, or one that checks nothing.</summary>
    public static Screen? Of(StatementView root, StatementView zone)
    {
        StatementView view = root["security"]["screen"].Entry("ids-option", zone.Text("screen") ?? string.Empty);
        Screen? screen = view.Exists ? Read(view) : null;
        return screen is { Checks.Count: > 0 } ? screen : null;
    }

    /// <summary>A screen's options, with the vendor's numbers where the configuration names none.</summary>
    public static Screen Read(StatementView view)
    {
        StatementView syn = view["tcp"]["syn-flood"];
        Screen screen = new()
        {
            Name = view.Key,
            AlarmOnly = view.Has("alarm-without-drop"),
            IcmpFlood = (uint)(view["icmp"]["flood"].Number("threshold") ?? ScreenOption.Flood),
            UdpFlood = (uint)(view["udp"]["flood"].Number("threshold") ?? ScreenOption.Flood),
            SynAttack = (uint)(syn.Number("attack-threshold") ?? ScreenOption.SynAttack),
            SynSource = (uint)(syn.Number("source-threshold") ?? ScreenOption.SynSource),
            SynDestination = (uint)(syn.Number("destination-threshold") ?? ScreenOption.SynDestination),
            IcmpSweep = Tries(view["icmp"]["ip-sweep"]),
            TcpScan = Tries(view["tcp"]["port-scan"]),
            TcpSweep = Tries(view["tcp"]["tcp-sweep"]),
            UdpSweep = Tries(view["udp"]["udp-sweep"]),
            UdpScan = Tries(view["udp"]["port-scan"]),
            SourceSessions = (uint)(view["limit-session"].Number("source-ip-based") ?? 0),
            DestinationSessions = (uint)(view["limit-session"].Number("destination-ip-based") ?? 0),
        };
        screen.Checks.Add(ScreenOption.All.Where(o => o.Word.Length > 0 && view[o.Group].Has(o.Word)).Select(o => o.Check));
        foreach (StatementView list in syn.List("white-list"))
        {
            screen.SynSources.Add(list["source-address"].Values);
            screen.SynDestinations.Add(list["destination-address"].Values);
        }

        foreach (string name in view["udp"]["flood"]["white-list"].Values)
        {
            screen.UdpSources.Add(view.Parent!.Entry("white-list", name)["address"].Values);
        }

        ScreenHeaders.Read(view["ip"], screen);
        ScreenTunnels.Read(view["ip"]["tunnel"], screen);
        return screen;
    }

    private static uint Tries(StatementView view) => view.Exists ? (uint)(view.Number("threshold") ?? ScreenOption.Tries) : 0;
}
