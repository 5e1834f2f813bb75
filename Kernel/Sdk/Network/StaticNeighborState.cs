using System.Net;

namespace RouterOS.Sdk.Network;

/// <summary>One neighbour that is configured.</summary>
/// <param name="Address">Its address, of either family.</param>
/// <param name="LinkAddress">Its Ethernet address in hexadecimal digits.</param>
public sealed record StaticNeighborState(IPAddress Address, string LinkAddress);
