using System.Globalization;
using System.Text;
using RouterOS.Proto.Dvmrp.V1;
using RouterOS.Proto.Multicast.V1;
using RouterOS.Sdk.Network;

namespace RouterOS.Erx.Layouts;

/// <summary><c>show ip mroute</c>.</summary>
internal static class MrouteLayout
{
    private const string Legend = """
        IP Multicast Routing Table
        (S, G) uptime d h:m:s
          [Data: packets, bytes]
          RPF route: addr/mask, incoming interface
                     neighbor address, owner route-owner
          Incoming interface list:
            Interface (addr/mask), State/Owner [(RPF IIF)]
          Outgoing interface list:
            Interface (addr/mask), State/Owner, Uptime/Expires


        """;

    /// <summary>All about each.</summary>
    public static string Full(
        IReadOnlyList<Entry> entries, IReadOnlyDictionary<string, RouteCounters> counters, IInterfaceView interfaces, bool statistics)
    {
        StringBuilder text = new(Legend.ReplaceLineEndings("\n"));
        foreach (Entry each in entries)
        {
            text.Append(CultureInfo.InvariantCulture, $"({DvmrpLayout.Text(each.Source)}, {DvmrpLayout.Text(each.Group)}) uptime {DvmrpLayout.Time(each.UptimeSeconds)}\n");
            RouteCounters count = CountersOf(each, counters);
            if (statistics)
            {
                text.Append(CultureInfo.InvariantCulture,
                    $"  Data: {count.Packets} packets, {count.Bytes} bytes, {count.Copies} copies; wrong interface {count.WrongInterface}, ttl {count.TtlDrops}, rate {count.RateDrops}, no buffer {count.BufferDrops}\n");
            }

            text.Append(CultureInfo.InvariantCulture, $"  RPF route: {DvmrpLayout.Text(each.RoutePrefix)}/{each.RoutePrefixLength}, incoming interface {each.Incoming}\n");
            text.Append(CultureInfo.InvariantCulture, $"             neighbor {DvmrpLayout.Text(each.Upstream)}, owner {(each.Upstream == 0 ? "Local" : "Dvmrp")}\n");
            text.Append(CultureInfo.InvariantCulture, $"  Incoming interface list:\n    {Named(each.Incoming, interfaces)}, Accept/Dvmrp (RPF IIF)\n  Outgoing interface list:\n");
            foreach (Outgoing outgoing in each.Outgoing)
            {
                text.Append(CultureInfo.InvariantCulture,
                    $"    {Named(outgoing.Interface, interfaces)}, Forward/{(outgoing.Members ? "Igmp" : "Dvmrp")}, {DvmrpLayout.Time(outgoing.UptimeSeconds)}/never\n");
            }

            if (each.Outgoing.Count == 0)
            {
                text.Append("    NULL\n");
            }
        }

        return text.Append(Count(entries.Count)).ToString();
    }

    /// <summary>A line for each.</summary>
    public static string Summary(IReadOnlyList<Entry> entries, IReadOnlyDictionary<string, RouteCounters> counters)
    {
        StringBuilder text = new();
        text.Append("Group Address   Source Address  RPF route          RPF IIF                #Oifs Packets\n");
        text.Append("--------------- --------------- ------------------ ---------------------- ----- ----------\n");
        foreach (Entry each in entries)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"{DvmrpLayout.Text(each.Group),-15} {DvmrpLayout.Text(each.Source),-15} {$"{DvmrpLayout.Text(each.RoutePrefix)}/{each.RoutePrefixLength}",-18} {each.Incoming,-22} {each.Outgoing.Count,-5} {CountersOf(each, counters).Packets}\n");
        }

        return text.Append(Count(entries.Count)).ToString();
    }

    /// <summary>How many there are.</summary>
    public static string Count(int entries) => string.Create(CultureInfo.InvariantCulture, $"Counts: {entries} (S, G) entries\n        0 (*, G) entries\n");

    private static RouteCounters CountersOf(Entry entry, IReadOnlyDictionary<string, RouteCounters> counters) =>
        counters.GetValueOrDefault($"{DvmrpLayout.Text(entry.Source)}/{DvmrpLayout.Text(entry.Group)}") ?? new RouteCounters();

    private static string Named(string name, IInterfaceView interfaces) => interfaces.Find(name)?.Addresses is [{ } first, ..]
        ? string.Create(CultureInfo.InvariantCulture, $"{name} ({first.Address}/{first.PrefixLength})") : name;
}
