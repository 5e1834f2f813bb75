using RouterOS.Sdk.Configuration;

namespace RouterOS.Srx.Bindings;

/// <summary>Questions about which zone an interface is in.</summary>
internal static class ZoneInterfaces
{
    /// <summary>Name of the zone for management.</summary>
    private const string Management = "management";

    /// <summary>The entry of an interface in its zone; null when no zone has it.</summary>
    public static StatementView? Find(StatementView root, string @interface) =>
        All(root["security"]["zones"])
            .Select(zone => zone["interfaces"].Entry(string.Empty, @interface))
            .FirstOrDefault(entry => entry.Exists);

    /// <summary>Name of the zone of an interface; null when no zone has it.</summary>
    public static string? ZoneOf(StatementView root, string @interface) =>
        Find(root, @interface)?.Parent?.Parent is { } zone ? NameOf(zone) : null;

    /// <summary>The security zones and, if there is one, that for management.</summary>
    /// <param name="zones"><c>security zones</c>.</param>
    public static IEnumerable<StatementView> All(StatementView zones) =>
        zones.List("security-zone").Append(zones["functional-zone"][Management]).Where(zone => zone.Exists);

    /// <summary>True for the zone for management.</summary>
    public static bool IsManagement(StatementView zone) => zone.Name == Management;

    /// <summary>Name of a zone.</summary>
    public static string NameOf(StatementView zone) => IsManagement(zone) ? Management : zone.Key;

    /// <summary>Words of <c>system-services</c> that hold for an interface: its own, else its zone's; null without a zone.</summary>
    public static IReadOnlyList<string>? Services(StatementView root, string @interface)
    {
        if (Find(root, @interface) is not { } entry)
        {
            return null;
        }

        StatementView inbound = entry.Has("host-inbound-traffic")
            ? entry["host-inbound-traffic"]
            : entry.Parent!.Parent!["host-inbound-traffic"];
        StatementView[] words = [.. inbound["system-services"].List()];
        string[] excepted = [.. words.Where(w => w.Has("except")).Select(w => w.Key)];
        return excepted.Contains("ike") ? [] : [.. words.Where(w => !w.Has("except")).Select(w => w.Key)];
    }
}
