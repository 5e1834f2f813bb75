using RouterOS.Packets;

namespace RouterOS.Forwarding.Tables;

/// <summary>One IPv4 address of an interface with its prefix.</summary>
/// <param name="Address">The interface's own address.</param>
/// <param name="PrefixLength">Length of the connected prefix.</param>
public readonly record struct InterfaceAddress(uint Address, byte PrefixLength)
{
    /// <summary>True when <paramref name="other"/> lies in the connected prefix.</summary>
    public bool Contains(uint other) => ((Address ^ other) & Ipv4Address.Mask(PrefixLength)) == 0;

    /// <summary>The prefix's broadcast address; the address itself for /31 and /32, which have none (RFC 3021).</summary>
    public uint Broadcast => PrefixLength >= 31 ? Address : Address | ~Ipv4Address.Mask(PrefixLength);
}
