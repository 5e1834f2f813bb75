using RouterOS.Forwarding.Workers;

namespace RouterOS.Forwarding.Plane;

/// <summary>A question about a table to every worker; answered when the last has said what it knows.</summary>
/// <remarks>A large table is read a page at a time, between which the worker serves its packets, unless <paramref name="isWhole"/>.</remarks>
internal sealed class SnapshotTask(
    IReadOnlyList<PlaneWorker> workers, string table, string key, Action<IReadOnlyList<SnapshotRow>, Exception?> done,
    bool isWhole = false) : WorkerTask
{
    // About 50 us.
    private const int Page = 64;

    private readonly List<SnapshotRow>[] _rows = [.. workers.Select(_ => new List<SnapshotRow>())];
    private readonly ulong[] _next = new ulong[workers.Count];
    private Exception? _fault;
    private int _left = workers.Count;

    public override void Run(int worker)
    {
        try
        {
            List<SnapshotRow> rows = _rows[worker];
            _next[worker] = workers[worker].Read(
                table, key, _next[worker], isWhole ? int.MaxValue : Page, (name, value) => rows.Add(new SnapshotRow(name, value)));
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            Interlocked.CompareExchange(ref _fault, fault, null);
            _next[worker] = 0;
        }

        if (_next[worker] != 0)
        {
            workers[worker].Worker.Post(this);
            return;
        }

        if (Interlocked.Decrement(ref _left) == 0)
        {
            ulong summed = workers[0].Registry.Snapshots.TryGetValue(table, out ISnapshotSource? source) ? source.SummedFields : 0;
            done(SnapshotMerge.Merge(_rows, summed), _fault);
        }
    }
}
