using RouterOS.Proto.Flow.V1;

namespace RouterOS.Srx.Layouts;

/// <summary><c>show security zones</c>.</summary>
internal static class ZoneLayout
{
    /// <summary>The zones, each after a blank line.</summary>
    /// <param name="zones">The zones in force.</param>
    /// <param name="screens">Screen of each zone that names one.</param>
    public static string Text(IEnumerable<Zone> zones, IReadOnlyDictionary<string, string> screens)
    {
        Lines lines = new();
        foreach (Zone zone in zones)
        {
            lines.Add().Add($"{(zone.Management ? "Functional" : "Security")} zone: {zone.Name}");
            if (!zone.Management)
            {
                lines.Add($"  Send reset for non-SYN session TCP packets: {(zone.TcpReset ? "On" : "Off")}");
            }

            lines.Add($"  Policy configurable: {(zone.Management ? "No" : "Yes")}");
            if (screens.TryGetValue(zone.Name, out string? screen))
            {
                lines.Add($"  Screen: {screen}");
            }

            lines.Add($"  Interfaces bound: {zone.Interfaces.Count}");
            lines.Add("  Interfaces:");
            foreach (ZoneInterface member in zone.Interfaces)
            {
                lines.Add($"    {member.Name}");
            }
        }

        return lines.ToString();
    }
}
