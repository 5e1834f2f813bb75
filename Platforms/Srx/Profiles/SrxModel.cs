using RouterOS.Abstractions.Chassis;

namespace RouterOS.Srx.Profiles;

/// <summary>One model of the family, with more of what the vendor's `show` prints than the kernel's profile needs.</summary>
/// <param name="Name">Name for <c>--platform</c>.</param>
/// <param name="Model">The vendor's name.</param>
/// <param name="Description">One line.</param>
/// <param name="Engine">Description of the routing engine.</param>
/// <param name="Cards">Cards by slot.</param>
internal sealed record SrxModel(string Name, string Model, string Description, string Engine, IReadOnlyList<SrxCard> Cards)
{
    /// <summary>The model as the kernel sees it.</summary>
    public ChassisProfile ToProfile() => new(
        Name,
        Model,
        Description,
        "junos",
        [new SlotProfile(0, "routing-engine", "Routing Engine", Engine, []), .. Cards.Select(c => c.ToSlot())],
        SrxCapabilities.All,
        SrxCapabilities.Limits);
}
