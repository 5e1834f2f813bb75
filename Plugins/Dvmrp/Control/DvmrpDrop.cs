namespace RouterOS.Dvmrp.Control;

/// <summary>Why a message, a route or a prune was not taken.</summary>
internal enum DvmrpDrop
{
    /// <summary>Its bytes are no message.</summary>
    Malformed,

    /// <summary>It came by an interface without DVMRP.</summary>
    NoInterface,

    /// <summary>Its source is not on the link, or is this router.</summary>
    Spoofed,

    /// <summary>Its source is no neighbour in both directions.</summary>
    NoNeighbor,

    /// <summary>Its sender speaks a version before 3.</summary>
    OldVersion,

    /// <summary>Too many neighbours.</summary>
    NeighborLimit,

    /// <summary>A route that cannot be: its metric, its network.</summary>
    BadRoute,

    /// <summary>A route that an access list denies.</summary>
    FilteredRoute,

    /// <summary>Too many routes.</summary>
    RouteLimit,

    /// <summary>A prune of one that does not depend on this router, or for a source without a route.</summary>
    StrayPrune,

    /// <summary>Too many entries.</summary>
    EntryLimit,

    /// <summary>A packet of a source to which no route leads.</summary>
    NoRoute,
}
