namespace RouterOS.Packets;

/// <summary>What the kernel knows of a packet; see <see cref="PacketBuffer.Flags"/>.</summary>
[Flags]
public enum PacketFlags : ushort
{
    /// <summary>Nothing special.</summary>
    None = 0,

    /// <summary>The router made the packet (ICMP, IKE, an ESP tunnel's outer packet): TTL is not lowered.</summary>
    LocallyOriginated = 1,

    /// <summary>The packet was put together from fragments.</summary>
    Reassembled = 2,

    /// <summary>Outer packet of a tunnel: it must not enter a tunnel again by the same protection.</summary>
    TunnelOuter = 4,

    /// <summary>Sent to a link-layer broadcast or multicast address: never answered with an ICMP error.</summary>
    LinkBroadcast = 8,

    /// <summary>The arc's features have seen this packet already (after reassembly or an error reply).</summary>
    FeaturesDone = 16,

    /// <summary>From the router to one of its own addresses: it came by no wire.</summary>
    FromItself = 32,
}
