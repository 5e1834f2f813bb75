using System.Globalization;
using RouterOS.Proto.Forwarding.V1;

namespace RouterOS.Srx.Layouts;

/// <summary>Layout of <c>show pfe statistics traffic</c>: the vendor's totals, then each port's and each reason's drops.</summary>
internal static class PfeLayout
{
    private const int NumberEnd = 58;

    /// <summary>Totals of all logical interfaces, drops of the ports' own queues, and the reasons that have dropped a packet.</summary>
    public static string Traffic(
        IReadOnlyList<InterfaceCounters> interfaces,
        IReadOnlyList<KeyValuePair<string, PortState>> ports,
        IReadOnlyDictionary<string, DropCounter> drops)
    {
        Lines lines = new();
        lines.Add("Packet Forwarding Engine traffic statistics:");
        lines.Add(Lines.Number("    Input  packets:", Sum(interfaces, i => i.InputPackets), NumberEnd));
        lines.Add(Lines.Number("    Output packets:", Sum(interfaces, i => i.OutputPackets), NumberEnd));
        lines.Add("Packet Forwarding Engine local traffic statistics:");
        lines.Add(Lines.Number("    Local packets input                 :", Sum(interfaces, i => i.LocalInputPackets), NumberEnd));
        lines.Add(Lines.Number("    Local packets output                :", Sum(interfaces, i => i.LocalOutputPackets), NumberEnd));
        lines.Add("Packet Forwarding Engine port drops:");
        foreach ((string name, PortState port) in ports.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            lines.Add(Lines.Number($"    {name} receive queue", port.ReceiveDrops, NumberEnd));
            lines.Add(Lines.Number($"    {name} transmit queue", port.TransmitDrops, NumberEnd));
        }

        lines.Add("Packet Forwarding Engine discard statistics:");
        foreach ((string reason, DropCounter counter) in drops.Where(d => d.Value.Packets > 0).OrderBy(d => d.Key, StringComparer.Ordinal))
        {
            lines.Row(
                (4, reason),
                (NumberEnd - counter.Packets.ToString(CultureInfo.InvariantCulture).Length, counter.Packets.ToString(CultureInfo.InvariantCulture)),
                (NumberEnd + 2, counter.Description));
        }

        return lines.ToString();
    }

    private static ulong Sum(IReadOnlyList<InterfaceCounters> rows, Func<InterfaceCounters, ulong> value) =>
        rows.Aggregate(0ul, (sum, row) => sum + value(row));
}
