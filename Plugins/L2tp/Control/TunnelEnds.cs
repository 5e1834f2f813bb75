namespace RouterOS.L2tp.Control;

/// <summary>Both ends of a tunnel's packets, and what protects them. Addresses are IPv4 in host byte order.</summary>
/// <param name="LocalAddress">The router's.</param>
/// <param name="LocalPort">The router's.</param>
/// <param name="RemoteAddress">The peer's, as a NAT shows it.</param>
/// <param name="RemotePort">The peer's, as a NAT shows it.</param>
/// <param name="Protection">Protection that carries them; 0: none.</param>
/// <param name="Instance">Routing instance of the packets.</param>
internal readonly record struct TunnelEnds(
    uint LocalAddress, ushort LocalPort, uint RemoteAddress, ushort RemotePort, uint Protection, uint Instance);
