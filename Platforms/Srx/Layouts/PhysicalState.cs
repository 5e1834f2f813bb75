namespace RouterOS.Srx.Layouts;

/// <summary>A physical interface as <c>show interfaces</c> prints it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Index">Its place among the interfaces of the chassis, from 128 as the vendor counts.</param>
/// <param name="Enabled">Not disabled.</param>
/// <param name="Up">The link is up.</param>
/// <param name="Mtu">MTU of the medium.</param>
/// <param name="BitsPerSecond">Nominal speed; 0 for none.</param>
/// <param name="LinkAddress">Ethernet address; empty for none.</param>
/// <param name="Description">Its description; may be empty.</param>
/// <param name="Units">Its units.</param>
internal sealed record PhysicalState(
    string Name,
    InterfaceKind Kind,
    int Index,
    bool Enabled,
    bool Up,
    int Mtu,
    long BitsPerSecond,
    string LinkAddress,
    string Description,
    IReadOnlyList<LogicalState> Units);
