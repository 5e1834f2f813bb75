using System.Net;
using RouterOS.Proto.Forwarding.V1;

namespace RouterOS.Srx.Layouts;

/// <summary><c>show ipv6 neighbors</c>.</summary>
internal static class NeighborLayout
{
    /// <summary>One line for each neighbour with the interface's name.</summary>
    public static string Text(IReadOnlyList<(Neighbor Neighbor, string Interface)> neighbors)
    {
        Lines lines = new();
        lines.Row((0, "IPv6 Address"), (29, "Linklayer Address"), (48, "State"), (60, "Exp"), (64, "Rtr"), (68, "Secure"), (76, "Interface"));
        foreach ((Neighbor neighbor, string name) in neighbors)
        {
            string address = new IPAddress(neighbor.Address6.Span).ToString();
            if (address.Length > 28)
            {
                lines.Add(address);
                address = string.Empty;
            }

            bool known = neighbor.LinkAddress.Length > 0;
            lines.Row(
                (0, address),
                (29, known ? ArpLayout.LinkAddress(neighbor.LinkAddress.Span) : "none"),
                (48, Word(neighbor.State)),
                (60, neighbor.State == Neighbor.Types.State.Reachable ? $"{30 - Math.Min(30, neighbor.AgeSeconds)}" : "0"),
                (64, neighbor.Router ? "yes" : "no"),
                (68, "no"),
                (76, name));
        }

        return lines.Add($"Total entries: {neighbors.Count}").ToString();
    }

    private static string Word(Neighbor.Types.State state) => state switch
    {
        Neighbor.Types.State.Reachable or Neighbor.Types.State.Static => "reachable",
        Neighbor.Types.State.Stale => "stale",
        Neighbor.Types.State.Delay => "delay",
        Neighbor.Types.State.Probe => "probe",
        _ => "incomplete",
    };
}
