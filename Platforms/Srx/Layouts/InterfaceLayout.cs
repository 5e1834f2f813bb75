using System.Net;
using RouterOS.Proto.Forwarding.V1;
using RouterOS.Sdk.Network;

namespace RouterOS.Srx.Layouts;

/// <summary><c>show interfaces</c>, <c>brief</c> and <c>detail</c>.</summary>
internal static class InterfaceLayout
{
    private const int NumberEnd = 39;
    private const int RateWidth = 21;

    /// <summary>The interfaces, a blank line between them.</summary>
    /// <param name="interfaces">The interfaces.</param>
    /// <param name="detail">How much of them.</param>
    /// <param name="unit">Full name of the only unit to show; null for all and their interfaces.</param>
    public static string Text(IEnumerable<PhysicalState> interfaces, InterfaceDetail detail, string? unit = null)
    {
        Lines lines = new();
        bool first = true;
        foreach (PhysicalState physical in interfaces)
        {
            if (!first)
            {
                lines.Add();
            }

            first = false;
            if (unit is null)
            {
                Physical(lines, physical, detail);
            }

            foreach (LogicalState logical in physical.Units.Where(u => unit is null || u.State.Name == unit))
            {
                if (unit is null)
                {
                    lines.Add();
                }

                Logical(lines, physical, logical, detail);
            }
        }

        return lines.ToString();
    }

    private static void Physical(Lines lines, PhysicalState physical, InterfaceDetail detail)
    {
        string type = TypeOf(physical.Kind);
        string mtu = physical.Kind == InterfaceKind.Loopback ? "Unlimited" : $"{physical.Mtu}";
        lines.Add(
            $"Physical interface: {physical.Name}, {(physical.Enabled ? "Enabled" : "Administratively down")}, "
            + $"Physical link is {(physical.Up ? "Up" : "Down")}");
        if (detail != InterfaceDetail.Brief)
        {
            lines.Add($"  Interface index: {physical.Index}, SNMP ifIndex: {SnmpIndex(physical)}"
                + (detail == InterfaceDetail.Detail ? $", Generation: {physical.Index}" : string.Empty));
        }

        if (physical.Description.Length > 0)
        {
            lines.Add($"  Description: {physical.Description}");
        }

        lines.Add($"  Type: {type}, Link-level type: {type}, MTU: {mtu},");
        lines.Add($"  Speed: {Speed(physical.BitsPerSecond)}");
        if (detail == InterfaceDetail.Detail)
        {
            lines.Add("  Hold-times     : Up 0 ms, Down 0 ms");
        }

        lines.Add($"  Device flags   : {(physical.Up ? "Present Running" : "Present Running Down")}");
        lines.Add($"  Interface flags: {(IsTunnel(physical.Kind) ? "Point-To-Point" : "SNMP-Traps")}");
        if (physical.LinkAddress.Length > 0)
        {
            lines.Add($"  Current address: {physical.LinkAddress}, Hardware address: {physical.LinkAddress}");
        }

        InterfaceRate rate = physical.Units.Aggregate(default(InterfaceRate), (sum, u) => sum + u.Rate);
        if (detail == InterfaceDetail.Standard)
        {
            lines.Add($"  Input rate     : {rate.InputBits} bps ({rate.InputPackets} pps)");
            lines.Add($"  Output rate    : {rate.OutputBits} bps ({rate.OutputPackets} pps)");
        }
        else if (detail == InterfaceDetail.Detail)
        {
            lines.Add("  Statistics last cleared: Never");
            lines.Add("  Traffic statistics:");
            Traffic(lines, "   ", Sum(physical.Units.Select(u => u.Counters)), rate);
        }
    }

    private static void Logical(Lines lines, PhysicalState physical, LogicalState logical, InterfaceDetail detail)
    {
        InterfaceState state = logical.State;
        lines.Add(detail switch
        {
            InterfaceDetail.Brief => $"  Logical interface {state.Name}",
            InterfaceDetail.Standard => $"  Logical interface {state.Name} (Index {state.Index}) (SNMP ifIndex {SnmpIndex(state)})",
            _ => $"  Logical interface {state.Name} (Index {state.Index}) (SNMP ifIndex {SnmpIndex(state)}) (Generation {state.Index})",
        });
        if (logical.Description.Length > 0)
        {
            lines.Add($"    Description: {logical.Description}");
        }

        string flags = (logical.Up ? string.Empty : "Down ") + (IsTunnel(physical.Kind) ? "Point-To-Point SNMP-Traps" : "SNMP-Traps");
        string encapsulation = physical.Kind switch
        {
            InterfaceKind.Tunnel => "Secure-Tunnel",
            InterfaceKind.Gre => "GR-NULL",
            InterfaceKind.IpInIp => "IP-NULL",
            InterfaceKind.Loopback => "Unspecified",
            _ => "ENET2",
        };
        lines.Add($"    Flags: {flags} Encapsulation: {encapsulation}");
        InterfaceCounters counters = logical.Counters;
        if (detail == InterfaceDetail.Standard)
        {
            lines.Add($"    Input packets : {counters.InputPackets}");
            lines.Add($"    Output packets: {counters.OutputPackets}");
        }
        else if (detail == InterfaceDetail.Detail)
        {
            lines.Add("    Traffic statistics:");
            Traffic(lines, "     ", counters, null);
            lines.Add("    Local statistics:");
            Traffic(lines, "     ", Local(counters), null);
            lines.Add("    Transit statistics:");
            Traffic(lines, "     ", Transit(counters), logical.Rate);
        }

        lines.Add($"    Security: Zone: {(logical.Zone.Length > 0 ? logical.Zone : "Null")}");
        if (detail == InterfaceDetail.Detail)
        {
            FlowStatisticsLayout.Add(lines, logical);
        }

        if (logical.Inet)
        {
            Inet(lines, physical, state, detail);
        }
    }

    private static void Inet(Lines lines, PhysicalState physical, InterfaceState state, InterfaceDetail detail)
    {
        if (detail == InterfaceDetail.Brief)
        {
            lines.Add($"    inet  {string.Join(' ', state.Addresses.Select(a => $"{a.Address}/{a.PrefixLength}"))}");
            return;
        }

        bool all = detail == InterfaceDetail.Detail;
        string mtu = physical.Kind == InterfaceKind.Loopback ? "Unlimited" : $"{state.Mtu}";
        lines.Add($"    Protocol inet, MTU: {mtu}{(all ? $", Generation: {state.Index}, Route table: 0" : string.Empty)}");
        lines.Add("      Flags: None");
        bool first = true;
        foreach (InterfaceAddressState address in state.Addresses)
        {
            (string destination, string broadcast) = physical.Kind == InterfaceKind.Ethernet && address.PrefixLength < 31
                ? Network(address)
                : (address.Destination?.ToString() ?? "Unspecified", "Unspecified");
            lines.Add($"      Addresses, Flags: {(first ? "Is-Primary" : "None")}");
            lines.Add($"        Destination: {destination}, Local: {address.Address}, Broadcast: {broadcast}{(all ? "," : string.Empty)}");
            if (all)
            {
                lines.Add($"        Generation: {state.Index}");
            }

            first = false;
        }
    }

    private static void Traffic(Lines lines, string margin, InterfaceCounters counters, InterfaceRate? rate)
    {
        int end = NumberEnd + margin.Length - 3;
        lines.Add(Lines.Number(margin + "Input  bytes  :", counters.InputBytes, end) + Rate(rate?.InputBits, "bps"));
        lines.Add(Lines.Number(margin + "Output bytes  :", counters.OutputBytes, end) + Rate(rate?.OutputBits, "bps"));
        lines.Add(Lines.Number(margin + "Input  packets:", counters.InputPackets, end) + Rate(rate?.InputPackets, "pps"));
        lines.Add(Lines.Number(margin + "Output packets:", counters.OutputPackets, end) + Rate(rate?.OutputPackets, "pps"));
    }

    private static string Rate(ulong? value, string unit) => value is { } number ? Lines.Number(string.Empty, number, RateWidth) + " " + unit : string.Empty;

    private static InterfaceCounters Sum(IEnumerable<InterfaceCounters> all)
    {
        InterfaceCounters sum = new();
        foreach (InterfaceCounters counters in all)
        {
            sum.InputBytes += counters.InputBytes;
            sum.OutputBytes += counters.OutputBytes;
            sum.InputPackets += counters.InputPackets;
            sum.OutputPackets += counters.OutputPackets;
        }

        return sum;
    }

    private static InterfaceCounters Local(InterfaceCounters counters) => new()
    {
        InputBytes = counters.LocalInputBytes,
        OutputBytes = counters.LocalOutputBytes,
        InputPackets = counters.LocalInputPackets,
        OutputPackets = counters.LocalOutputPackets,
    };

    private static InterfaceCounters Transit(InterfaceCounters counters) => new()
    {
        InputBytes = Less(counters.InputBytes, counters.LocalInputBytes),
        OutputBytes = Less(counters.OutputBytes, counters.LocalOutputBytes),
        InputPackets = Less(counters.InputPackets, counters.LocalInputPackets),
        OutputPackets = Less(counters.OutputPackets, counters.LocalOutputPackets),
    };

    // The two are read one after the other while packets flow.
    private static ulong Less(ulong all, ulong part) => all > part ? all - part : 0;

    private static (string Destination, string Broadcast) Network(InterfaceAddressState address)
    {
        byte[] network = address.Address.GetAddressBytes();
        byte[] broadcast = [.. network];
        for (int i = 0; i < network.Length; i++)
        {
            int bits = Math.Clamp(address.PrefixLength - (8 * i), 0, 8);
            byte mask = (byte)(0xff << (8 - bits));
            network[i] &= mask;
            broadcast[i] |= (byte)~mask;
        }

        return ($"{new IPAddress(network)}/{address.PrefixLength}", new IPAddress(broadcast).ToString());
    }

    private static bool IsTunnel(InterfaceKind kind) => kind is InterfaceKind.Tunnel or InterfaceKind.Gre or InterfaceKind.IpInIp;

    private static string TypeOf(InterfaceKind kind) => kind switch
    {
        InterfaceKind.Tunnel => "Secure-Tunnel",
        InterfaceKind.Gre => "GRE",
        InterfaceKind.IpInIp => "IPIP",
        InterfaceKind.Loopback => "Loopback",
        _ => "Ethernet",
    };

    private static string Speed(long bitsPerSecond) => bitsPerSecond switch
    {
        0 => "Unspecified",
        >= 10_000_000_000 => $"{bitsPerSecond / 1_000_000_000}Gbps",
        _ => $"{bitsPerSecond / 1_000_000}mbps",
    };

    // SNMP's numbers are the router's own, apart for interfaces and units.
    private static int SnmpIndex(PhysicalState physical) => physical.Index + 372;

    private static uint SnmpIndex(InterfaceState state) => state.Index + 1000;
}
