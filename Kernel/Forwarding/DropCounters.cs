namespace RouterOS.Forwarding;

/// <summary>Drop counters of one node or plugin, indexed by its drop enum; one writer (the worker), readers see whole values.</summary>
public sealed class DropCounters
{
    private readonly ulong[] _counts;

    /// <summary>Counters for reasons 0 … <paramref name="reasons"/> - 1, with what <c>show</c> and help print for each.</summary>
    public DropCounters(IReadOnlyList<(string Name, string Description)> reasons)
    {
        Reasons = reasons;
        _counts = new ulong[reasons.Count];
    }

    /// <summary>Name and description of each reason, by its number.</summary>
    public IReadOnlyList<(string Name, string Description)> Reasons { get; }

    /// <summary>Adds to one reason. Worker's thread only.</summary>
    public void Add(int reason, int count) => _counts[reason] += (uint)count;

    /// <summary>Value of one reason.</summary>
    public ulong Read(int reason) => Volatile.Read(ref _counts[reason]);
}
