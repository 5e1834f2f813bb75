namespace RouterOS.Dvmrp.Control;

/// <summary>What is done with packets of one source to one group.</summary>
internal sealed class DvmrpEntry(uint instance, uint source, uint group, long now)
{
    /// <summary>Routing instance.</summary>
    public uint Instance { get; } = instance;

    /// <summary>Source.</summary>
    public uint Source { get; } = source;

    /// <summary>Group.</summary>
    public uint Group { get; } = group;

    /// <summary>Since when.</summary>
    public long Since { get; } = now;

    /// <summary>The route back to the source.</summary>
    public DvmrpRoute? Route { get; set; }

    /// <summary>Interface that packets come by.</summary>
    public uint Incoming { get; set; }

    /// <summary>Neighbour that they come from; 0: the source's own link.</summary>
    public uint Upstream { get; set; }

    /// <summary>Interfaces that they leave by, since when, and whether hosts have joined there.</summary>
    public SortedDictionary<uint, (long Since, bool Members)> Outgoing { get; } = [];

    /// <summary>Prunes of neighbours: until when.</summary>
    public Dictionary<(uint Interface, uint Neighbor), long> Prunes { get; } = [];

    /// <summary>Until when the upstream neighbour was told to send nothing; 0: it was not.</summary>
    public long PrunedUntil { get; set; }

    /// <summary>Before then it is not told again.</summary>
    public long PruneAgainAt { get; set; }

    /// <summary>When the graft is sent again; 0: none waits for its answer.</summary>
    public long GraftAt { get; set; }

    /// <summary>The pause before the next repetition.</summary>
    public long Pause { get; set; } = DvmrpTimes.FirstRepetition;

    /// <summary>Packets as last seen, and looks since they changed.</summary>
    public (ulong Packets, int Looks) Seen { get; set; }
}
