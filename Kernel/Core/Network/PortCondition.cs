namespace RouterOS.Core.Network;

/// <summary>A wired port as its module sees it.</summary>
/// <param name="Up">The wire carries frames.</param>
/// <param name="Mtu">Largest network-layer packet in bytes.</param>
public sealed record PortCondition(bool Up, int Mtu);
