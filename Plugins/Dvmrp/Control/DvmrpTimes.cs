namespace RouterOS.Dvmrp.Control;

/// <summary>Timers in milliseconds, and limits (draft-ietf-idmr-dvmrp-v3 section 5 and appendix).</summary>
internal static class DvmrpTimes
{
    /// <summary>Between probes.</summary>
    public const long Probe = 10_000;

    /// <summary>How long a silent neighbour is one.</summary>
    public const long NeighborTimeout = 35_000;

    /// <summary>Between reports of all routes.</summary>
    public const long Report = 60_000;

    /// <summary>At least between reports of what has changed.</summary>
    public const long Flash = 2_000;

    /// <summary>How long a route holds without being told again.</summary>
    public const long RouteExpiry = 140_000;

    /// <summary>How long what has gone is told to have gone, and nothing else is believed.</summary>
    public const long HoldDown = 2 * Report;

    /// <summary>How long prunes hold that are sent.</summary>
    public const long PruneLifetime = 7_200_000;

    /// <summary>A prune that is longer is taken to be so long.</summary>
    public const long LongestPrune = 2 * PruneLifetime;

    /// <summary>Before a prune is sent again, and a graft without an answer; twice as long each time.</summary>
    public const long FirstRepetition = 3_000;

    /// <summary>The longest pause.</summary>
    public const long LastRepetition = 60_000;

    /// <summary>Between looks at which entries have had packets.</summary>
    public const long Idle = 60_000;

    /// <summary>Looks without packets after which an entry goes.</summary>
    public const int IdleLooks = 5;

    /// <summary>Neighbours of one interface.</summary>
    public const int MaximumNeighbors = 64;

    /// <summary>Routes in all.</summary>
    public const int MaximumRoutes = 20_000;

    /// <summary>(source, group) entries.</summary>
    public const int MaximumEntries = 32_768;
}
