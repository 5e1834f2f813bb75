namespace RouterOS.Dvmrp.Control;

/// <summary>What operators are told.</summary>
internal enum DvmrpNotice
{
    /// <summary>A neighbour hears us and we hear it.</summary>
    NeighborUp,

    /// <summary>A neighbour is gone.</summary>
    NeighborDown,

    /// <summary>A neighbour has started anew.</summary>
    NeighborRestarted,

    /// <summary>A message that is none.</summary>
    Malformed,

    /// <summary>A message from an address that is not on the link.</summary>
    Spoofed,

    /// <summary>Routes that cannot be.</summary>
    BadRoutes,

    /// <summary>Too many neighbours.</summary>
    NeighborLimit,

    /// <summary>Too many routes.</summary>
    RouteLimit,

    /// <summary>More routes than the operator wants to know of.</summary>
    RouteHog,

    /// <summary>Too many entries.</summary>
    EntryLimit,
}
