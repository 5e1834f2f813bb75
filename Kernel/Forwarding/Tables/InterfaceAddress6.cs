using RouterOS.Packets;

namespace RouterOS.Forwarding.Tables;

/// <summary>One IPv6 address of an interface with its prefix.</summary>
/// <param name="Address">The interface's own address.</param>
/// <param name="PrefixLength">Length of the connected prefix.</param>
public readonly record struct InterfaceAddress6(UInt128 Address, byte PrefixLength)
{
    /// <summary>True when <paramref name="other"/> lies in the connected prefix.</summary>
    public bool Contains(UInt128 other) => ((Address ^ other) & Ipv6Address.Mask(PrefixLength)) == 0;
}
