using RouterOS.Proto.Module.V1;
using RouterOS.Srx.Profiles;

namespace RouterOS.Srx.Layouts;

/// <summary><c>show chassis hardware</c>, <c>show chassis fpc</c> and <c>show version</c>.</summary>
internal static class ChassisLayout
{
    private const int Label = 38;

    /// <summary>The inventory. A chassis in software has no part and serial numbers.</summary>
    public static string Hardware(SrxModel model)
    {
        Lines lines = new();
        lines.Add("Hardware inventory:");
        lines.Row((0, "Item"), (17, "Version"), (26, "Part number"), (39, "Serial number"), (57, "Description"));
        lines.Row((0, "Chassis"), (57, model.Model));
        lines.Row((0, "Routing Engine 0"), (57, model.Engine));
        foreach (SrxCard card in model.Cards)
        {
            lines.Row((0, $"FPC {card.Slot}"), (57, card.Description));
            foreach (SrxPic pic in card.Pics)
            {
                lines.Row((0, $"  PIC {pic.Number}"), (57, pic.Description));
            }
        }

        return lines.ToString();
    }

    /// <summary>The cards in one line each: they share the processors of the host.</summary>
    public static string Fpc(SrxModel model, bool online)
    {
        Lines lines = new();
        lines.Add("                     Temp  CPU Utilization (%)   Memory    Utilization (%)");
        lines.Add("Slot State            (C)  Total  Interrupt      DRAM (MB) Heap     Buffer");
        foreach (SrxCard card in model.Cards)
        {
            lines.Add($"{card.Slot,3}  {(online ? "Online " : "Offline")}          -------------------- CPU less FPC --------------------");
        }

        return lines.ToString();
    }

    /// <summary>The cards with the process that does their work and its crypto engines.</summary>
    public static string FpcDetail(SrxModel model, IReadOnlyList<ModuleDescription> modules, DateTimeOffset now)
    {
        Lines lines = new();
        foreach (SrxCard card in model.Cards)
        {
            lines.Add($"Slot {card.Slot} information:");
            lines.Row((2, "State"), (Label, modules.Count > 0 ? "Online" : "Offline"));
            lines.Row((2, "Total CPU DRAM"), (Label, "---- CPU less FPC ----"));
            foreach (ModuleDescription module in modules)
            {
                Module(lines, module, now);
            }
        }

        return lines.ToString();
    }

    /// <summary>Name, model and software.</summary>
    public static string Version(string hostName, SrxModel model, string version)
    {
        Lines lines = new();
        if (hostName.Length > 0)
        {
            lines.Add($"Hostname: {hostName}");
        }

        return lines.Add($"Model: {model.Name}").Add($"RouterOS Software Release [{version}]").ToString();
    }

    private static void Module(Lines lines, ModuleDescription module, DateTimeOffset now)
    {
        DateTimeOffset started = DateTimeOffset.FromUnixTimeSeconds(module.StartedUnixSeconds);
        lines.Row((2, "Start time"), (Label, Ages.Moment(started)));
        lines.Row((2, "Uptime"), (Label, Ages.Long(now - started)));
        lines.Row(
            (2, "Process"),
            (Label, $"{module.Name}, id {module.ProcessId}, {module.ResidentBytes >> 20} MB resident, {module.HeapBytes >> 20} MB managed heap"));
        lines.Row((2, "Crypto engines"), (Label, module.CryptoEngines.Count > 0 ? string.Join(", ", module.CryptoEngines) : "none"));
        foreach (string alarm in module.Alarms)
        {
            lines.Row((2, "Alarm"), (Label, alarm));
        }
    }
}
