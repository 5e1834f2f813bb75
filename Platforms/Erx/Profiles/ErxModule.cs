using RouterOS.Abstractions.Chassis;

namespace RouterOS.Erx.Profiles;

/// <summary>A module in a slot of the chassis, with its I/O module or adapters.</summary>
/// <param name="Slot">Slot, first number of its ports' names.</param>
/// <param name="Kind">What it does.</param>
/// <param name="Type">The vendor's name: <c>FE-8</c>.</param>
/// <param name="Adapters">Adapters by number; of an ERX the one I/O module, none for service modules.</param>
internal sealed record ErxModule(int Slot, ErxModuleKind Kind, string Type, IReadOnlyList<ErxAdapter> Adapters)
{
    /// <summary>Its ports.</summary>
    public IEnumerable<PortProfile> Ports => Adapters.SelectMany(a => a.Ports);

    /// <summary>The module as the kernel sees it.</summary>
    public SlotProfile ToSlot() => new(
        Slot,
        Kind switch
        {
            ErxModuleKind.SwitchRouteProcessor => "routing-engine",
            ErxModuleKind.Line => "line",
            _ => "service",
        },
        $"slot {Slot}",
        Type,
        Kind == ErxModuleKind.SwitchRouteProcessor ? [] : [.. Ports]);
}
