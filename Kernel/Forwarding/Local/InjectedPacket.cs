namespace RouterOS.Forwarding.Local;

/// <summary>A packet of the router's own that comes down from the control plane.</summary>
public sealed class InjectedPacket
{
    /// <summary>Routing instance.</summary>
    public uint Instance { get; init; }

    /// <summary>Source address; 0 takes the egress interface's.</summary>
    public uint Source { get; init; }

    /// <summary>Destination address.</summary>
    public uint Destination { get; init; }

    /// <summary>IPv6 destination; 0: the packet is IPv4.</summary>
    public UInt128 Destination6 { get; init; }

    /// <summary>IPv6 source address; 0 takes the egress interface's.</summary>
    public UInt128 Source6 { get; init; }

    /// <summary>Index of the interface to a link-local destination or to a group.</summary>
    public uint Interface { get; init; }

    /// <summary>IP protocol; 17 lets the module build the UDP header from the ports.</summary>
    public required byte Protocol { get; init; }

    /// <summary>UDP source port.</summary>
    public ushort SourcePort { get; init; }

    /// <summary>UDP destination port.</summary>
    public ushort DestinationPort { get; init; }

    /// <summary>What follows the IP header, or the UDP header where the protocol is 17.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Hops; 0 takes 64.</summary>
    public byte Ttl { get; init; }

    /// <summary>True to forbid fragmentation.</summary>
    public bool DontFragment { get; init; }

    /// <summary>Protection that the packet must leave by; 0 for none.</summary>
    public uint RequiredProtection { get; init; }

    /// <summary>Protection whose own tunnel must never carry the packet; 0 for none.</summary>
    public uint AvoidProtection { get; init; }

    /// <summary>True to have routers on the way look at it (RFC 2113); IPv4 only.</summary>
    public bool RouterAlert { get; init; }

    /// <summary>Type of service.</summary>
    public byte Tos { get; init; }
}
