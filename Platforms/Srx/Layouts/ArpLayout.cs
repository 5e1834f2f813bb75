using System.Globalization;
using System.Net;
using RouterOS.Proto.Forwarding.V1;

namespace RouterOS.Srx.Layouts;

/// <summary><c>show arp</c>.</summary>
internal static class ArpLayout
{
    /// <summary>One line for each neighbour; names are not resolved, so the address stands for the name.</summary>
    /// <param name="neighbors">Neighbours whose address is known, with the interface's name.</param>
    /// <param name="names">True for the column of names.</param>
    public static string Text(IReadOnlyList<(Neighbor Neighbor, string Interface)> neighbors, bool names)
    {
        int at = names ? 60 : 34;
        Lines lines = new();
        lines.Row([(0, "MAC Address"), (18, "Address"), .. Name("Name"), (at, "Interface"), (at + 20, "Flags")]);
        foreach ((Neighbor neighbor, string name) in neighbors)
        {
            string address = new IPAddress([
                (byte)(neighbor.Address >> 24), (byte)(neighbor.Address >> 16), (byte)(neighbor.Address >> 8), (byte)neighbor.Address]).ToString();
            lines.Row([(0, LinkAddress(neighbor.LinkAddress.Span)), (18, address), .. Name(address), (at, name), (at + 20, neighbor.State == Neighbor.Types.State.Static ? "permanent" : "none")]);
        }

        return lines.Add($"Total entries: {neighbors.Count}").ToString();

        IEnumerable<(int, string)> Name(string text) => names ? [(34, text)] : [];
    }

    /// <summary>An Ethernet address with colons.</summary>
    public static string LinkAddress(ReadOnlySpan<byte> address)
    {
        System.Text.StringBuilder text = new(address.Length * 3);
        foreach (byte part in address)
        {
            text.Append(text.Length > 0 ? ":" : string.Empty).Append(part.ToString("x2", CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }
}
