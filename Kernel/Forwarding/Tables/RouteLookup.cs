namespace RouterOS.Forwarding.Tables;

/// <summary>What the longest matching prefix says of a destination.</summary>
/// <param name="Kind">What happens to the packet.</param>
/// <param name="PrefixLength">Length of the prefix that matched.</param>
/// <param name="Interface">Index of the egress interface, or of the interface that owns a local or broadcast address.</param>
/// <param name="NextHop">Address to resolve on the egress link: the gateway, or the destination itself.</param>
/// <param name="Adjacency">Index of the adjacency: interface and gateway.</param>
public readonly record struct RouteLookup(RouteKind Kind, byte PrefixLength, uint Interface, uint NextHop, uint Adjacency);
