namespace RouterOS.Sdk.Network;

/// <summary>One logical interface.</summary>
/// <param name="Index">Index in the modules' tables; stays with the name over restarts.</param>
/// <param name="Name">Full name, <c>ge-0/0/0.0</c>.</param>
/// <param name="LinkType"><c>ethernet</c>, <c>esp</c> or <c>loopback</c>.</param>
/// <param name="Port">The port below, empty for none.</param>
/// <param name="Enabled">Not disabled by configuration.</param>
/// <param name="LinkUp">The wire carries frames (always true for loopbacks, and for tunnels unless their plugin says otherwise).</param>
/// <param name="Mtu">Largest IP packet in bytes.</param>
/// <param name="Addresses">IPv4 addresses in configured order; the first is the primary.</param>
public sealed record InterfaceState(
    uint Index,
    string Name,
    string LinkType,
    string Port,
    bool Enabled,
    bool LinkUp,
    int Mtu,
    IReadOnlyList<InterfaceAddressState> Addresses)
{
    /// <summary>IPv6 addresses in configured order, without the link-local one; the first is the primary.</summary>
    public IReadOnlyList<InterfaceAddressState> Addresses6 { get; init; } = [];

    /// <summary>Number of its routing instance; 0 is the main one.</summary>
    public uint Instance { get; init; }

    /// <summary>Name within the instance, <c>loopback0</c> in each of several; empty: <see cref="Name"/>.</summary>
    public string LocalName { get; init; } = string.Empty;

    /// <summary>IPv6 is spoken, with a link-local address at least.</summary>
    public bool Inet6 { get; init; }

    /// <summary>VLAN identifier of its frames; 0: they have no tag.</summary>
    public int Vlan { get; init; }

    /// <summary>Largest IPv6 packet; 0: <see cref="Mtu"/>.</summary>
    public int Mtu6 { get; init; }

    /// <summary>Neighbours that are never asked.</summary>
    public IReadOnlyList<StaticNeighborState> Neighbors { get; init; } = [];

    /// <summary>Interface whose address is the source where this one has none; empty: any.</summary>
    public string Unnumbered { get; init; } = string.Empty;

    /// <summary>Its IPv6 addresses are not asked for before they are used.</summary>
    public bool SkipsDuplicateDetection { get; init; }

    /// <summary>Seconds for which an answer to ARP holds; 0: the default.</summary>
    public int ArpSeconds { get; init; }
}
