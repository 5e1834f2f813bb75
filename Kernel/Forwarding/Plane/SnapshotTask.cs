using RouterOS.Forwarding.Workers;

namespace RouterOS.Forwarding.Plane;

/// <summary>A question about a table to every worker; answered when the last has said what it knows.</summary>
internal sealed class SnapshotTask(
    IReadOnlyList<PlaneWorker> workers, string table, string key, Action<IReadOnlyList<SnapshotRow>, Exception?> done) : WorkerTask
{
    private readonly List<SnapshotRow>[] _rows = [.. workers.Select(_ => new List<SnapshotRow>())];
    private Exception? _fault;
    private int _left = workers.Count;

    public override void Run(int worker)
    {
        try
        {
            List<SnapshotRow> rows = _rows[worker];
            workers[worker].Read(table, key, (name, value) => rows.Add(new SnapshotRow(name, value)));
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            Interlocked.CompareExchange(ref _fault, fault, null);
        }

        if (Interlocked.Decrement(ref _left) == 0)
        {
            ulong summed = workers[0].Registry.Snapshots.TryGetValue(table, out ISnapshotSource? source) ? source.SummedFields : 0;
            done(SnapshotMerge.Merge(_rows, summed), _fault);
        }
    }
}
