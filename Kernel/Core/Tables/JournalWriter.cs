namespace RouterOS.Core.Tables;

/// <summary>What the journal knows of one writer.</summary>
internal sealed class JournalWriter(string name)
{
    // Refusals of rows that are gone are kept for a late question only.
    private const int RefusalsKept = 256;

    private readonly Queue<ulong> _refusalOrder = new();
    private readonly Dictionary<ulong, string> _refusals = [];

    public string Name { get; } = name;

    public ulong Version { get; set; }

    /// <summary>The writer has once said that its rows are complete.</summary>
    public bool Synced { get; set; }

    /// <summary>Counts the writer's restarts; a facade of an earlier life is dead.</summary>
    public int Life { get; set; }

    public JournalRows Rows { get; } = new();

    /// <summary>Who waits for which version.</summary>
    public List<(ulong Version, TaskCompletionSource<string?> Done)> Waiters { get; } = [];

    public IEnumerable<JournalRow> InOrder() => Rows.All.OrderBy(row => row.Order);

    public void Refuse(ulong version, string error)
    {
        if (_refusals.TryAdd(version, error))
        {
            _refusalOrder.Enqueue(version);
            if (_refusalOrder.Count > RefusalsKept)
            {
                _refusals.Remove(_refusalOrder.Dequeue());
            }
        }
    }

    public string? RefusalOf(ulong version) => _refusals.GetValueOrDefault(version);
}
