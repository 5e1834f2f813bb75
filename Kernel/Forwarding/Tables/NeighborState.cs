namespace RouterOS.Forwarding.Tables;

/// <summary>What is known of a neighbour. The numbers are those of the "neighbor" snapshot.</summary>
internal enum NeighborState : byte
{
    /// <summary>Asked for, not answered yet.</summary>
    Incomplete = 1,

    /// <summary>Answered not long ago.</summary>
    Reachable = 2,

    /// <summary>Answered long ago: still used, and asked again.</summary>
    Stale = 3,

    /// <summary>Answered long ago and used since: asked again soon. IPv6 only.</summary>
    Delay = 4,

    /// <summary>Asked again, not answered yet: still used. IPv6 only.</summary>
    Probe = 5,

    /// <summary>Configured: neither asked nor changed.</summary>
    Static = 6,
}
