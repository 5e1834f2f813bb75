namespace RouterOS.Abstractions.Chassis;

/// <summary>A slot and the module in it.</summary>
/// <param name="Number">The slot's number.</param>
/// <param name="ModuleType">Kind of module: <c>routing-engine</c>, <c>line</c> or <c>service</c>.</param>
/// <param name="Name">The vendor's name: <c>FPC 0</c>.</param>
/// <param name="Description">What sits in it: <c>16x GE Base PIC</c>.</param>
/// <param name="Ports">Port names in order: <c>ge-0/0/0</c> …</param>
public sealed record SlotProfile(int Number, string ModuleType, string Name, string Description, IReadOnlyList<PortProfile> Ports);
