namespace RouterOS.Forwarding.Tables;

/// <summary>What a route says of a packet: one record for all routes that say the same. It never changes while a route names it.</summary>
internal struct NextHop
{
    public uint Interface;
    public uint Gateway;

    /// <summary>The record's own number, which is that of the adjacency.</summary>
    public uint Number;
    public RouteKind Kind;
}
