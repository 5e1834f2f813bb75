using System.Net;

namespace RouterOS.Sdk.Network;

/// <summary>One address of an interface.</summary>
/// <param name="Address">The address.</param>
/// <param name="PrefixLength">Bits of its network.</param>
public sealed record InterfaceAddressState(IPAddress Address, int PrefixLength);
