namespace RouterOS.Forwarding.Tables;

/// <summary>What a route says of a destination. The numbers are those of the "route" table's rows.</summary>
public enum RouteKind : byte
{
    /// <summary>There is no route.</summary>
    None = 0,

    /// <summary>By way of an interface.</summary>
    Forward = 1,

    /// <summary>To the router itself.</summary>
    Local = 2,

    /// <summary>Dropped without a word.</summary>
    Discard = 3,

    /// <summary>Dropped with ICMP unreachable.</summary>
    Reject = 4,

    /// <summary>An interface's broadcast address.</summary>
    Broadcast = 5,
}
