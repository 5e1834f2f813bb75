using RouterOS.Forwarding.Graphs;
using RouterOS.Forwarding.Local;
using RouterOS.Forwarding.Workers;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Plane;

/// <summary>The forwarding plane of one module: ports, and workers with tables and graphs of their own; entry points for the module's agent.</summary>
/// <remarks>
/// Members that say "any thread" post to the workers and complete when their next rounds have run; the others belong to worker 0's
/// thread (inside <see cref="Post"/>, in a callback), or to the thread of a simulation, which runs all workers by <see cref="RunOnce"/>.
/// </remarks>
public sealed class ForwardingPlane : IDisposable
{
    /// <summary>Workers at most.</summary>
    public const int MaximumWorkers = 8;

    private readonly PlaneWorker[] _workers;
    private readonly PlaneShared _shared;
    private readonly HandOffRing?[,] _rings;
    private readonly PacketInjector _injector;
    private readonly ForwardingPlaneOptions _options;
    private readonly Lock _order = new();

    /// <summary>Registers the packages and builds the graphs.</summary>
    /// <exception cref="GraphException">Packages do not fit together; the message names both sides.</exception>
    public ForwardingPlane(ForwardingPlaneOptions options)
    {
        int count = options.Workers;
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MaximumWorkers);
        _options = options;
        Pools = new PacketPools(options.SmallBuffers, options.LargeBuffers);
        _shared = new PlaneShared(count);
        _workers = new PlaneWorker[count];
        _rings = new HandOffRing?[count, count];
        for (int i = 0; i < count; i++)
        {
            _workers[i] = new PlaneWorker(i, options, i == 0 ? Pools : Pools.Share(), _shared);
            for (int other = 0; other < count; other++)
            {
                _rings[i, other] = i == other ? null : new HandOffRing();
            }
        }

        _injector = new PacketInjector(Tables, Worker, _workers[0].Peers);
        _workers[0].Registry.AddDropCounters("inject", _injector.Drops);
        Workers = [.. _workers.Select(worker => worker.Worker)];
        foreach (PlaneWorker worker in _workers)
        {
            worker.Join(_rings, Workers, options.Ports);
        }
    }

    /// <summary>Interfaces, routes and neighbours as worker 0 has them.</summary>
    public ForwardingTables Tables => _workers[0].Tables;

    /// <summary>Worker 0, for its clock and its graph's counters.</summary>
    public Worker Worker => _workers[0].Worker;

    /// <summary>All workers, by number.</summary>
    public IReadOnlyList<Worker> Workers { get; }

    /// <summary>Worker 0's buffers.</summary>
    public PacketPools Pools { get; }

    /// <summary>Buffers that are free with whichever worker, small and large; the workers stand still.</summary>
    public (int Small, int Large) FreeBuffers => (
        Pools.SmallFree + _workers.Skip(1).Sum(worker => worker.Pools.SmallKept),
        Pools.LargeFree + _workers.Skip(1).Sum(worker => worker.Pools.LargeKept));

    /// <summary>Names of the tables that take rows.</summary>
    public IReadOnlyCollection<string> TableNames => _workers[0].Registry.Sinks.Keys;

    /// <summary>When the next periodic action of any worker is due: a simulation advances to it.</summary>
    public long NextTimerNanoseconds => _workers.Min(worker => worker.Worker.NextTimerNanoseconds);

    /// <summary>
    /// Rounds of all workers in turn until none has packets for another; true when there was something to do. For simulation, in place
    /// of <see cref="Run(CancellationToken)"/>.
    /// </summary>
    public bool RunOnce()
    {
        bool any = false;
        bool again;
        do
        {
            again = false;
            foreach (PlaneWorker worker in _workers)
            {
                any |= worker.Worker.RunOnce();
            }

            foreach (PlaneWorker worker in _workers)
            {
                again |= worker.Worker.HasHandOffs;
            }
        }
        while (again);
        return any;
    }

    /// <summary>Runs worker 0 on the calling thread until <paramref name="stop"/>: all of it, where there is one worker.</summary>
    public void Run(CancellationToken stop) => Run(0, stop);

    /// <summary>Runs a worker on the calling thread until <paramref name="stop"/>; each worker needs a thread of its own.</summary>
    public void Run(int worker, CancellationToken stop) => _workers[worker].Worker.Run(stop);

    /// <summary>Runs an action on worker 0's thread between batches. Any thread.</summary>
    public void Post(Action action) => Worker.Post(action);

    /// <summary>Puts a row in place on all workers; returns null, or one sentence why not. Simulation, or worker 0's thread when it is alone.</summary>
    public string? SetRow(string table, string key, ReadOnlySpan<byte> row)
    {
        string? error = null;
        foreach (PlaneWorker worker in _workers.AsSpan(0, TargetsOf(table)))
        {
            string? refusal = worker.Set(table, key, row);
            error ??= refusal;
        }

        return error;
    }

    /// <summary>Removes a row from all workers; an unknown one changes nothing. As <see cref="SetRow"/>.</summary>
    public void RemoveRow(string table, string key)
    {
        foreach (PlaneWorker worker in _workers.AsSpan(0, TargetsOf(table)))
        {
            worker.Remove(table, key);
        }
    }

    /// <summary>Reads run-time state of all workers: one key, or all for an empty one; nothing for an unknown table. As <see cref="SetRow"/>.</summary>
    public IReadOnlyList<SnapshotRow> Snapshot(string table, string key)
    {
        IReadOnlyList<SnapshotRow> all = [];
        var task = new SnapshotTask(_workers, table, key, (rows, fault) => all = fault is null ? rows : throw fault, isWhole: true);
        for (int i = 0; i < _workers.Length; i++)
        {
            task.Run(i);
        }

        return all;
    }

    /// <summary>Frees run-time rows that survived from an earlier life and that no row asked for, once all rows sent so far are in place. Any thread.</summary>
    public void SweepRuntimeRows()
    {
        int left = _workers.Length;
        PostToAll(_workers.Length, WorkerTask.Of(() =>
        {
            if (Interlocked.Decrement(ref left) == 0)
            {
                _options.Arena.Sweep();
            }
        }));
    }

    /// <summary>True when some package answers snapshots of a table. Any thread.</summary>
    public bool HasSnapshot(string table) => _workers[0].Registry.Snapshots.ContainsKey(table);

    /// <summary>Puts a row in place; <paramref name="done"/> gets null once every worker has it, or why it cannot be, on a worker's thread. Any thread.</summary>
    public void Apply(string table, string key, ReadOnlyMemory<byte> row, Action<string?> done)
    {
        int targets = TargetsOf(table);
        PostToAll(targets, new RowTask(_workers, table, key, row, targets, done));
    }

    /// <summary>Removes a row; <paramref name="done"/> is called once it is gone everywhere. Any thread.</summary>
    public void Remove(string table, string key, Action<string?> done)
    {
        int targets = TargetsOf(table);
        PostToAll(targets, new RowTask(_workers, table, key, null, targets, done));
    }

    /// <summary>Reads run-time state; <paramref name="done"/> gets the rows on a worker's thread. Any thread.</summary>
    public void Snapshot(string table, string key, Action<IReadOnlyList<SnapshotRow>, Exception?> done) =>
        PostToAll(_workers.Length, new SnapshotTask(_workers, table, key, done));

    /// <summary><see cref="Apply"/> as a task. Any thread.</summary>
    public Task<string?> ApplyRow(string table, string key, ReadOnlyMemory<byte> row)
    {
        // Continuations must not run on a worker's thread.
        var answer = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        Apply(table, key, row, answer.SetResult);
        return answer.Task;
    }

    /// <summary><see cref="Remove"/> as a task. Any thread.</summary>
    public Task RemoveRowAsync(string table, string key)
    {
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Remove(table, key, _ => answer.SetResult());
        return answer.Task;
    }

    /// <summary><see cref="Snapshot(string, string)"/> from any thread.</summary>
    public Task<IReadOnlyList<SnapshotRow>> SnapshotAsync(string table, string key)
    {
        var answer = new TaskCompletionSource<IReadOnlyList<SnapshotRow>>(TaskCreationOptions.RunContinuationsAsynchronously);
        Snapshot(table, key, (rows, fault) =>
        {
            if (fault is null)
            {
                answer.SetResult(rows);
            }
            else
            {
                answer.SetException(fault);
            }
        });
        return answer.Task;
    }

    /// <summary>Sends a packet of the router's own. Any thread. What cannot be sent raises the event (inject, destination, reason).</summary>
    public void Inject(InjectedPacket packet) => Worker.Post(() => _injector.Send(packet));

    /// <summary>Frees ports and buffers; the workers have stopped.</summary>
    public void Dispose()
    {
        foreach (PlaneWorker worker in _workers)
        {
            worker.Worker.Dispose();
        }

        foreach (PlanePort port in _options.Ports)
        {
            port.Port.Dispose();
        }

        foreach (HandOffRing? ring in _rings)
        {
            ring?.Dispose();
        }

        _shared.Fibs.Dispose();
        foreach (PlaneWorker worker in _workers.Reverse())
        {
            worker.Pools.Dispose();
        }
    }

    // Worker 0 alone writes what all workers share.
    private int TargetsOf(string table) =>
        _workers[0].Registry.Sinks.TryGetValue(table, out IRowSink? sink) && sink.IsShared ? 1 : _workers.Length;

    // Under a lock, so that all workers get all rows in one order.
    private void PostToAll(int targets, WorkerTask task)
    {
        lock (_order)
        {
            for (int i = 0; i < targets; i++)
            {
                _workers[i].Worker.Post(task);
            }
        }
    }
}
