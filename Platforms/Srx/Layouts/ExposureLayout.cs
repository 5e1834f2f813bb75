using RouterOS.Proto.Ike.V1;

namespace RouterOS.Srx.Layouts;

/// <summary>The report of weak choices.</summary>
internal static class ExposureLayout
{
    /// <summary>All of them; notes at the end.</summary>
    public static string Text(ListExposuresReply reply)
    {
        Lines lines = new();
        Exposure[] weak = [.. reply.Exposures.Where(e => !e.IsNote)];
        lines.Add($"Weak choices: {weak.Length}, in use: {weak.Count(e => e.Users.Count > 0)}");
        foreach (Exposure exposure in reply.Exposures)
        {
            string line = exposure.Source.Line > 0 ? $"line {exposure.Source.Line}, " : string.Empty;
            lines.Add($"  {(exposure.IsNote ? "Note: " : string.Empty)}{exposure.What}, phase {exposure.Phase} ({line}{exposure.Source.Path})");
            lines.Add($"    Why: {exposure.Why}");
            lines.Add($"    Gateways: {string.Join(", ", exposure.Gateways)}");
            lines.Add($"    In use: {(exposure.Users.Count == 0 ? "by nobody now" : string.Join("; ", exposure.Users))}");
        }

        return lines.ToString();
    }
}
