using RouterOS.Abstractions.Chassis;

namespace RouterOS.Srx.Profiles;

/// <summary>A card in a slot of the chassis.</summary>
/// <param name="Slot">Slot, first number of its ports' names.</param>
/// <param name="ModuleType">Kind of module for the kernel: <c>line</c> or <c>service</c>.</param>
/// <param name="Description">The vendor's description: <c>SRX5k SPC</c>; <c>FPC</c> for what is built in.</param>
/// <param name="Pics">What it carries.</param>
internal sealed record SrxCard(int Slot, string ModuleType, string Description, IReadOnlyList<SrxPic> Pics)
{
    /// <summary>A card with ports.</summary>
    public static SrxCard Line(int slot, string description, params SrxPic[] pics) => new(slot, "line", description, pics);

    /// <summary>A card that carries sessions and IPsec for the others.</summary>
    public static SrxCard Service(int slot, string description, params string[] processors) =>
        new(slot, "service", description, [.. processors.Select((text, number) => new SrxPic(number, text, []))]);

    /// <summary>The card as the kernel sees it.</summary>
    public SlotProfile ToSlot() => new(
        Slot, ModuleType, $"FPC {Slot}", string.Join(", ", Pics.Select(p => p.Description)), [.. Pics.SelectMany(p => p.Ports)]);
}
