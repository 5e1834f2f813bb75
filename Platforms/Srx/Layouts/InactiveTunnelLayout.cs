using System.Globalization;

namespace RouterOS.Srx.Layouts;

/// <summary><c>show security ipsec inactive-tunnels</c>.</summary>
internal static class InactiveTunnelLayout
{
    /// <summary>The tunnels. A failure is of one negotiation, and the vendor's internal flags are not there.</summary>
    public static string Text(IEnumerable<InactiveTunnel> tunnels)
    {
        InactiveTunnel[] all = [.. tunnels];
        Lines lines = new();
        lines.Add($"  Total inactive tunnels: {all.Length}");
        lines.Add($"  Total inactive tunnels with establish immediately: {all.Count(tunnel => tunnel.IsImmediate)}");
        if (all.Length > 0)
        {
            lines.Row((2, "ID"), (9, "Port"), (15, "Nego#"), (22, "Fail#"), (29, "Flag"), (38, "Gateway"), (55, "Tunnel Down Reason"));
        }

        foreach (InactiveTunnel tunnel in all)
        {
            string count = (tunnel.Failure?.Count ?? 0).ToString(CultureInfo.InvariantCulture);
            lines.Row(
                (2, tunnel.Id.ToString(CultureInfo.InvariantCulture)), (9, tunnel.Port.ToString(CultureInfo.InvariantCulture)), (15, count), (22, count), (29, "0"), (38, tunnel.Gateway),
                (55, tunnel.Failure?.Message ?? "Tunnel is ready. Waiting for trigger event or peer to trigger negotiation"));
        }

        return lines.ToString();
    }
}
