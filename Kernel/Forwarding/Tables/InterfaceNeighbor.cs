namespace RouterOS.Forwarding.Tables;

/// <summary>A neighbour that is configured: the one address or the other is 0.</summary>
/// <param name="Address">IPv4 address.</param>
/// <param name="Address6">IPv6 address.</param>
/// <param name="Link">Its Ethernet address.</param>
internal sealed record InterfaceNeighbor(uint Address, UInt128 Address6, byte[] Link);
