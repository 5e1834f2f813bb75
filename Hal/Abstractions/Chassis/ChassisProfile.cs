namespace RouterOS.Abstractions.Chassis;

/// <summary>One chassis model as data: slots, modules, ports, what they can do and how much.</summary>
/// <param name="Name">Name for <c>--platform</c>, in lower case: <c>srx240</c>.</param>
/// <param name="Model">The vendor's name: <c>SRX240H</c>.</param>
/// <param name="Description">One line.</param>
/// <param name="Language">Configuration language: <c>junos</c> or <c>junose</c>.</param>
/// <param name="Slots">Slots with what sits in them.</param>
/// <param name="Capabilities">Names of features that the modules do: <c>ipsec-tunnel</c>, <c>aes-cbc</c>, <c>dh-group14</c> …</param>
/// <param name="Limits">Documented maximums by name: <c>ipsec-vpn</c>, <c>zones</c> …; a name that is not here has none.</param>
public sealed record ChassisProfile(
    string Name,
    string Model,
    string Description,
    string Language,
    IReadOnlyList<SlotProfile> Slots,
    IReadOnlySet<string> Capabilities,
    IReadOnlyDictionary<string, int> Limits);
