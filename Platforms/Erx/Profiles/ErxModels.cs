using RouterOS.Abstractions.Chassis;

namespace RouterOS.Erx.Profiles;

/// <summary>The models. Slots and the places of the SRP are the vendor's; which modules sit in the others is our choice of a usual set.</summary>
internal static class ErxModels
{
    /// <summary>All models, the default first.</summary>
    public static IReadOnlyList<ErxModel> All { get; } =
    [
        new("erx1440", "ERX-1440", "14 slots, SRP-40G, Fast and Gigabit Ethernet, SM and ISM", 14,
            [FastEthernet(0), FastEthernet(1), Gigabit(2), Gigabit(3), Sm(4), Ism(5), Srp(6, "SRP-40G+"), Srp(7, "SRP-40G+")]),
        new("erx1410", "ERX-1410", "14 slots, SRP-10G, Fast and Gigabit Ethernet, SM and ISM", 14,
            [FastEthernet(0), FastEthernet(1), Gigabit(2), Sm(4), Ism(5), Srp(6, "SRP-10G"), Srp(7, "SRP-10G")]),
        new("erx710", "ERX-710", "7 slots, SRP-10G, Fast and Gigabit Ethernet, SM and ISM", 7,
            [Srp(0, "SRP-10G"), Srp(1, "SRP-10G"), FastEthernet(2), Gigabit(3), Sm(4), Ism(5)]),
        new("erx705", "ERX-705", "7 slots, SRP-5G, Fast and Gigabit Ethernet, SM, no ISM", 7,
            [Srp(0, "SRP-5G"), Srp(1, "SRP-5G"), FastEthernet(2), Gigabit(3), Sm(4)]),
        new("erx310", "ERX-310", "3 slots, SRP-SE10G, Gigabit Ethernet and ISM, no SM", 3, [Srp(0, "SRP-SE10G"), Gigabit(1), Ism(2)]),
        new("e120", "E120", "6 slots for line modules with adapters, service IOA, no ISM", 11,
            [Es2(0, "gigabitEthernet", 4), Es2(1, "gigabitEthernet", 4), Es2Service(2), EsSrp(6), EsSrp(7), Fabric(8), Fabric(9), Fabric(10)])
        {
            HasAdapters = true,
        },
        new("e320", "E320", "12 slots for line modules with adapters, service IOA, no ISM", 17,
            [Es2(0, "gigabitEthernet", 4), Es2(1, "gigabitEthernet", 4), Es2Service(2), Es2(4, "tenGigabitEthernet", 1), EsSrp(6), EsSrp(7), Fabric(8), Fabric(9), Fabric(10), Es2(11, "gigabitEthernet", 4)])
        {
            HasAdapters = true,
        },
    ];

    /// <summary>The model of a profile.</summary>
    public static ErxModel Of(ChassisProfile profile) => All.FirstOrDefault(m => m.Name == profile.Name)
        ?? throw new ArgumentException($"'{profile.Name}' is no model of this family.", nameof(profile));

    private static ErxModule Srp(int slot, string type) =>
        new(slot, ErxModuleKind.SwitchRouteProcessor, type, [ErxAdapter.Of("SRP IOA", "fastEthernet", $"{slot}", 1)]);

    private static ErxModule FastEthernet(int slot) =>
        new(slot, ErxModuleKind.Line, "FE-8", [ErxAdapter.Of("FE-8 I/O", "fastEthernet", $"{slot}", 8)]);

    private static ErxModule Gigabit(int slot) =>
        new(slot, ErxModuleKind.Line, "GE-2", [ErxAdapter.Of("GE-2 SFP I/O", "gigabitEthernet", $"{slot}", 2)]);

    private static ErxModule Sm(int slot) => new(slot, ErxModuleKind.TunnelService, "SM", []);

    private static ErxModule Ism(int slot) => new(slot, ErxModuleKind.IpsecService, "ISM", []);

    private static ErxModule EsSrp(int slot) =>
        new(slot, ErxModuleKind.SwitchRouteProcessor, "SRP-100", [ErxAdapter.Of("SRP IOA", "fastEthernet", $"{slot}/0", 1)]);

    private static ErxModule Es2(int slot, string media, int ports) => new(
        slot, ErxModuleKind.Line, media == "gigabitEthernet" ? "ES2 4G LM" : "ES2 10G LM",
        [
            .. Enumerable.Range(0, 2).Select(bay => ErxAdapter.Of(
                media == "gigabitEthernet" ? "ES2-S1 GE-4 IOA" : "ES2-S1 10GE IOA", media, $"{slot}/{bay}", ports)),
        ]);

    private static ErxModule Es2Service(int slot) =>
        new(slot, ErxModuleKind.TunnelService, "ES2 4G LM", [new ErxAdapter("ES2-S1 Service IOA", [])]);

    private static ErxModule Fabric(int slot) => new(slot, ErxModuleKind.Fabric, "SFM-100", []);
}
