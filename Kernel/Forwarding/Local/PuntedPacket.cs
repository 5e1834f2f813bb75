namespace RouterOS.Forwarding.Local;

/// <summary>A packet that goes up to the control plane: a copy.</summary>
public sealed class PuntedPacket
{
    /// <summary>Who listens: <c>udp:500</c>, <c>icmp</c>, <c>ip:89</c>.</summary>
    public required string Channel { get; init; }

    /// <summary>Routing instance.</summary>
    public required uint Instance { get; init; }

    /// <summary>Index of the logical interface that the packet came in by.</summary>
    public required uint Interface { get; init; }

    /// <summary>Source address.</summary>
    public required uint Source { get; init; }

    /// <summary>Destination address.</summary>
    public required uint Destination { get; init; }

    /// <summary>IPv6 source address; 0: the packet is IPv4.</summary>
    public UInt128 Source6 { get; init; }

    /// <summary>IPv6 destination address.</summary>
    public UInt128 Destination6 { get; init; }

    /// <summary>IP protocol.</summary>
    public required byte Protocol { get; init; }

    /// <summary>UDP source port; 0 for other protocols.</summary>
    public required ushort SourcePort { get; init; }

    /// <summary>UDP destination port; 0 for other protocols.</summary>
    public required ushort DestinationPort { get; init; }

    /// <summary>What follows the IP header, or the UDP header where the protocol is 17; channel "tap": the whole packet.</summary>
    public required byte[] Payload { get; init; }

    /// <summary>Protection that the packet came under; 0: in the clear.</summary>
    public required uint Protection { get; init; }

    /// <summary>Hops left.</summary>
    public required byte Ttl { get; init; }

    /// <summary>Channel "tap": when the packet was copied, in nanoseconds of Unix time.</summary>
    public ulong UnixNanoseconds { get; init; }

    /// <summary>Channel "tap": the packet leaves.</summary>
    public bool IsOutbound { get; init; }
}
