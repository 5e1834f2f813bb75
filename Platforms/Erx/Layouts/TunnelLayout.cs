using System.Globalization;
using System.Text;
using RouterOS.Proto.Gre.V1;

namespace RouterOS.Erx.Layouts;

/// <summary><c>show gre tunnel</c> and <c>show dvmrp tunnel</c>.</summary>
internal static class TunnelLayout
{
    /// <summary>One line, or a block, for each, then how many there are.</summary>
    public static string Text(string kind, IReadOnlyList<TunnelState> tunnels, bool detail)
    {
        StringBuilder text = new();
        foreach (TunnelState each in tunnels)
        {
            string status = each.Status switch
            {
                TunnelState.Types.Status.Up => "Up",
                TunnelState.Types.Status.Disabled => "Disabled",
                _ => "Down",
            };
            text.Append(CultureInfo.InvariantCulture, $"{kind} tunnel {each.Tunnel.Name} is {status}\n");
            if (detail)
            {
                Detail(text, each);
            }
        }

        bool one = tunnels.Count == 1;
        text.Append(CultureInfo.InvariantCulture, $"{tunnels.Count} {kind} tunnel{(one ? string.Empty : "s")} found\n");
        text.Append(CultureInfo.InvariantCulture, $"{tunnels.Count} tunnel{(one ? " was" : "s were")} created static\n");
        return text.ToString();
    }

    /// <summary>How many there are in each state.</summary>
    public static string Summary(IReadOnlyList<TunnelState> tunnels)
    {
        int up = tunnels.Count(t => t.Status == TunnelState.Types.Status.Up);
        int disabled = tunnels.Count(t => t.Status == TunnelState.Types.Status.Disabled);
        return "Administrative status    enabled    disabled\n"
            + string.Create(CultureInfo.InvariantCulture, $"{string.Empty,-25}{tunnels.Count - disabled,-11}{disabled}\n")
            + "Operational status       up         down       lower-down not-present\n"
            + string.Create(CultureInfo.InvariantCulture, $"{string.Empty,-25}{up,-11}{disabled,-11}{tunnels.Count - up - disabled,-11}0\n");
    }

    /// <summary>What came in fragments, each kind of tunnel and all of them.</summary>
    public static string Reassembly(IReadOnlyList<ReassemblyState> protocols)
    {
        StringBuilder text = new("Tunnel reassembly statistics\n");
        (string Name, uint[] Protocols)[] kinds = [("GRE", [47]), ("DVMRP", [4]), ("IPsec", [50, 51]), ("L2TP and UDP", [17]), ("Total", [4, 17, 47, 50, 51])];
        foreach ((string name, uint[] numbers) in kinds)
        {
            ReassemblyState[] meant = [.. protocols.Where(state => numbers.Contains(state.Protocol))];
            ulong Sum(Func<ReassemblyState, ulong> count) => meant.Aggregate(0ul, (sum, state) => sum + count(state));
            text.Append(CultureInfo.InvariantCulture, $"  {name}\n");
            text.Append(CultureInfo.InvariantCulture, $"    Fragments received: {Sum(state => state.Fragments)}\n");
            text.Append(CultureInfo.InvariantCulture, $"    Packets reassembled: {Sum(state => state.Packets)}\n");
            text.Append(CultureInfo.InvariantCulture, $"    Fragments discarded: {Sum(state => state.Dropped)}\n");
        }

        return text.ToString();
    }

    private static void Detail(StringBuilder text, TunnelState each)
    {
        Tunnel tunnel = each.Tunnel;
        text.Append("Tunnel operational configuration\n");
        Add(text, $"Tunnel name is '{tunnel.Name}'");
        Add(text, $"Tunnel mtu is '{tunnel.Mtu}'");
        Add(text, $"Tunnel source address is '{Or(tunnel.LocalAddress)}'");
        Add(text, $"Tunnel destination address is '{Or(tunnel.RemoteAddress)}'");
        Add(text, $"Tunnel transport virtual router is {tunnel.TransportInstance}");
        if (tunnel.Encapsulation == Encapsulation.Gre)
        {
            Add(text, $"Tunnel checksum option is {(tunnel.Checksum ? "enabled" : "disabled")}");
            if (tunnel.HasKey)
            {
                Add(text, $"Tunnel key is {tunnel.Key}");
            }

            if (tunnel.Sequence)
            {
                Add(text, "Tunnel sequence number option is enabled");
            }
        }

        Add(text, "Tunnel up/down trap is enabled");
        Add(text, $"Tunnel server location is {(tunnel.Location.Length > 0 ? tunnel.Location : "unassigned")}");
        if (tunnel.Secured)
        {
            Add(text, each.Protection == 0
                ? "Tunnel secured by ipsec transport interface, which is not there" : $"Tunnel secured by ipsec transport interface {each.Protection}");
        }

        Add(text, $"Tunnel administrative state is {(tunnel.Disabled ? "down" : "up")}");
        if (each.Reason.Length > 0 && !tunnel.Disabled)
        {
            Add(text, $"Tunnel is down because {each.Reason}");
        }

        TunnelCounters counted = each.Counters;
        text.Append('\n');
        Table(
            text,
            ["Statistics", "packets", "octets", "discards", "errors"],
            ["Data rx", Number(counted.ReceivedPackets), Number(counted.ReceivedOctets), Number(counted.ReceivedDiscards), Number(counted.ReceivedErrors)],
            ["Data tx", Number(counted.SentPackets), Number(counted.SentOctets), Number(counted.SentDiscards), Number(counted.SentErrors)]);
        text.Append('\n');
    }

    // A column whose numbers are too long for it grows, and takes its heading with it.
    private static void Table(StringBuilder text, params string[][] rows)
    {
        int[] least = [13, 13, 12, 13];
        foreach (string[] row in rows)
        {
            for (int column = 0; column < least.Length; column++)
            {
                text.Append(row[column].PadRight(Math.Max(least[column], rows.Max(each => each[column].Length) + 1)));
            }

            text.Append(row[^1]).Append('\n');
        }
    }

    private static string Number(ulong number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Or(string address) => address.Length > 0 ? address : "0.0.0.0";

    private static void Add(StringBuilder text, string line) => text.Append("  ").Append(line).Append('\n');
}
