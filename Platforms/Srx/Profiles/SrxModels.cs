using static RouterOS.Srx.Profiles.SrxCard;
using static RouterOS.Srx.Profiles.SrxPic;

namespace RouterOS.Srx.Profiles;

/// <summary>The models. Built-in ports are the vendor's; which cards sit in free slots is our choice of a usual set.</summary>
internal static class SrxModels
{
    /// <summary>All models, the default first.</summary>
    public static IReadOnlyList<SrxModel> All { get; } =
    [
        new("srx650", "SRX650", "Branch chassis, 4 GE ports and GPIM slots", "RE-SRXSME-SRE6", [BuiltIn("4x GE Base PIC", 4), GigabitGpim(1), GigabitGpim(5)]),
        new("srx100", "SRX100H", "Branch box, 8 FE ports", "RE-SRX100-HIGHMEM",
            [Line(0, "FPC", new SrxPic(0, "8x FE Base PIC", [.. PortsOf("fe", 0, 0, 8)]))]),
        new("srx210", "SRX210H", "Branch box, 2 GE and 6 FE ports", "RE-SRX210-HIGHMEM",
            [Line(0, "FPC", new SrxPic(0, "2x GE, 6x FE, 1x 3G", [.. PortsOf("ge", 0, 0, 2), .. PortsOf("fe", 0, 0, 6, first: 2)]))]),
        new("srx220", "SRX220H", "Branch box, 8 GE ports", "RE-SRX220-HIGHMEM", [BuiltIn("8x GE Base PIC", 8)]),
        new("srx240", "SRX240H", "Branch box, 16 GE ports", "RE-SRX240-HIGHMEM", [BuiltIn("16x GE Base PIC", 16)]),
        new("srx550", "SRX550", "Branch chassis, 10 GE ports and GPIM slots", "RE-SRX550", [BuiltIn("6x GE, 4x GE SFP Base PIC", 10), GigabitGpim(1)]),
        new("srx1400", "SRX1400", "High-end chassis, 12 GE ports", "RE-PPC-1200-A",
        [
            Line(0, "SYSIO-GE", new SrxPic(0, "6x 1GE RJ45, 6x 1GE SFP", [.. PortsOf("ge", 0, 0, 12)])),
            Line(1, "SRX1k3k 16xGE TX", new SrxPic(0, "16x 1GE-TX", [.. PortsOf("ge", 1, 0, 16)])),
            Service(3, "SRX1k3k NSPC", "SPU Cp-Flow"),
        ]),
        new("srx3400", "SRX3400", "High-end chassis, 12 GE ports", "RE-PPC-1200-A",
        [
            SwitchFabric(),
            Line(1, "SRX3k 16xGE TX", new SrxPic(0, "16x 1GE-TX", [.. PortsOf("ge", 1, 0, 16)])),
            Line(2, "SRX3k 2x10GE XFP", new SrxPic(0, "2x 10GE-XFP", [.. PortsOf("xe", 2, 0, 2)])),
            Service(4, "SRX3k SPC", "SPU Cp-Flow"),
        ]),
        new("srx3600", "SRX3600", "High-end chassis, 12 GE ports", "RE-PPC-1200-A",
        [
            SwitchFabric(),
            Line(1, "SRX3k 16xGE TX", new SrxPic(0, "16x 1GE-TX", [.. PortsOf("ge", 1, 0, 16)])),
            Line(2, "SRX3k 16xGE SFP", new SrxPic(0, "16x 1GE-SFP", [.. PortsOf("ge", 2, 0, 16)])),
            Line(3, "SRX3k 2x10GE XFP", new SrxPic(0, "2x 10GE-XFP", [.. PortsOf("xe", 3, 0, 2)])),
            Service(7, "SRX3k SPC", "SPU Cp-Flow"),
        ]),
        new("srx5600", "SRX5600", "High-end chassis, line cards in slots 1 to 5", "RE-S-1300",
            [Service(0, "SRX5k SPC", "SPU Cp", "SPU Flow"), GigabitCard(1), TenGigabitCard(2)]),
        new("srx5800", "SRX5800", "High-end chassis, line cards in slots 0 to 11", "RE-S-1300",
        [
            Service(0, "SRX5k SPC", "SPU Cp", "SPU Flow"), GigabitCard(1), TenGigabitCard(2), GigabitCard(3), TenGigabitCard(4),
            Service(5, "SRX5k SPC", "SPU Flow", "SPU Flow"),
        ]),
    ];

    /// <summary>The model of a name, or null.</summary>
    public static SrxModel? Find(string name) => All.FirstOrDefault(m => m.Name == name);

    private static SrxCard BuiltIn(string description, int ports) =>
        Line(0, "FPC", new SrxPic(0, description, [.. PortsOf("ge", 0, 0, ports)]));

    private static SrxCard GigabitGpim(int slot) => Line(slot, "FPC", new SrxPic(0, "16x GE gPIM", [.. PortsOf("ge", slot, 0, 16)]));

    // The switch fabric board carries ports of its own, in slot 0.
    private static SrxCard SwitchFabric() =>
        Line(0, "SRX3k SFB 12GE", new SrxPic(0, "8x 1GE-TX 4x 1GE-SFP", [.. PortsOf("ge", 0, 0, 12)]));

    private static SrxCard GigabitCard(int slot) => Line(
        slot,
        "SRX5k DPC 40x 1GE",
        [.. Enumerable.Range(0, 4).Select(pic => new SrxPic(pic, "10x 1GE(LAN) RichQ", [.. PortsOf("ge", slot, pic, 10)]))]);

    private static SrxCard TenGigabitCard(int slot) => Line(
        slot,
        "SRX5k DPC 4X 10GE",
        [.. Enumerable.Range(0, 4).Select(pic => new SrxPic(pic, "1x 10GE(LAN/WAN) RichQ", [.. PortsOf("xe", slot, pic, 1)]))]);
}
