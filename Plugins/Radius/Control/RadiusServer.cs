namespace RouterOS.Radius.Control;

/// <summary>One server at run time: what it was asked, and whether it answers.</summary>
internal sealed class RadiusServer(ServerPolicy policy, string group, bool accounting, ServerCounters counters)
{
    private int _nextSlot;

    public ServerPolicy Policy { get; } = policy;

    public string Group { get; } = group;

    public bool IsAccounting { get; } = accounting;

    public ServerCounters Counters { get; } = counters;

    /// <summary>Requests that wait for its answer.</summary>
    public int Pending { get; set; }

    /// <summary>Until when it is left alone.</summary>
    public DateTimeOffset DeadUntil { get; set; }

    /// <summary>It was silent, and that was logged.</summary>
    public bool IsSilent { get; set; }

    /// <summary>When a wrong authenticator was logged.</summary>
    public DateTimeOffset? Doubted { get; set; }

    public bool HasRoom => Pending < Policy.MaximumRequests;

    /// <summary>The next source port and identifier, as one number; in turn, so that each is used as late as can be after its last use.</summary>
    public int NextSlot(int slots) => _nextSlot = (_nextSlot + 1) % slots;
}
