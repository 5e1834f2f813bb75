namespace RouterOS.Forwarding.Tables;

/// <summary>What the longest matching prefix says of an IPv6 destination.</summary>
/// <param name="Kind">What happens to the packet.</param>
/// <param name="PrefixLength">Length of the prefix that matched.</param>
/// <param name="Interface">Index of the egress interface, or of the interface that owns a local address.</param>
/// <param name="Gateway">Number of the gateway, as <c>PacketBuffer.NextHop</c> carries it; 0: the destination itself.</param>
/// <param name="Adjacency">Index of the adjacency: interface and gateway.</param>
public readonly record struct RouteLookup6(RouteKind Kind, byte PrefixLength, uint Interface, uint Gateway, uint Adjacency);
