namespace RouterOS.Srx.Layouts;

/// <summary>Drops that belong to no interface's own flow counters.</summary>
/// <param name="AuthenticationFailed">ESP packets of the interface's tunnel whose check failed.</param>
/// <param name="NoActiveSa">Packets into the interface's tunnel while it was down.</param>
/// <param name="UnknownSpi">ESP packets to the chassis that no SA opens.</param>
/// <param name="NoTunnel">Packets of the chassis into a tunnel interface without a VPN.</param>
internal sealed record FlowErrors(ulong AuthenticationFailed, ulong NoActiveSa, ulong UnknownSpi, ulong NoTunnel);
