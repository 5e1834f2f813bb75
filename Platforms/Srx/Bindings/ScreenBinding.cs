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
        };
        screen.Checks.Add(ScreenOption.All.Where(o => view[o.Group].Has(o.Word)).Select(o => o.Check));
        return screen;
    }
}
