using System.Net;

namespace RouterOS.Sdk.Network;

/// <summary>One address of an interface.</summary>
/// <param name="Address">The address.</param>
/// <param name="PrefixLength">Bits of its network.</param>
public sealed record InterfaceAddressState(IPAddress Address, int PrefixLength)
{
    /// <summary>The other end of a point-to-point link; null: the prefix says what is on it.</summary>
    public IPAddress? Destination { get; init; }
}
