using RouterOS.Forwarding.Graphs;
using RouterOS.Forwarding.Local;
using RouterOS.Forwarding.Workers;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Plane;

/// <summary>The forwarding plane of one module: tables, ports, graph and worker, with entry points for the module's agent.</summary>
/// <remarks>
/// Members that say "any thread" post to the worker and complete when its next round has run; the others belong to the worker's
/// thread (inside <see cref="Post"/>, in a callback, or wherever a simulation calls <see cref="RunOnce"/>).
/// </remarks>
public sealed class ForwardingPlane : IDisposable
{
    private readonly Worker _worker;
    private readonly PacketPools _pools;
    private readonly PlaneRegistry _registry;
    private readonly PacketInjector _injector;
    private readonly IReadOnlyList<PlanePort> _ports;

    /// <summary>Registers the packages and builds the graph.</summary>
    /// <exception cref="GraphException">Packages do not fit together; the message names both sides.</exception>
    public ForwardingPlane(ForwardingPlaneOptions options)
    {
        _ports = options.Ports;
        _pools = new PacketPools(options.SmallBuffers, options.LargeBuffers);
        var punt = new PuntPolicer(options.Punt, options.OnPunt);
        _worker = new Worker(options.Time, _pools, options.Ports, punt, options.OnEvent);
        Tables = new ForwardingTables { Ports = options.Ports, InterfaceOfPort = new uint[options.Ports.Count] };
        _registry = new PlaneRegistry(options, Tables, _worker);
        _registry.AddTable("interface", Tables.InterfaceRows);
        _registry.AddTable("route", Tables.RouteRows);
        _registry.AddDropCounters("punt", punt.Drops);
        foreach (INodePackage package in options.Packages)
        {
            package.Register(_registry);
        }

        _injector = new PacketInjector(Tables, _worker);
        _registry.AddDropCounters("inject", _injector.Drops);
        KernelSnapshots.Register(_registry, options.Ports, () => _worker.Graph);
        _worker.Attach(KernelGraph.Build(_registry, _worker, options.FeatureOrder));
        PortWatch.Start(options.Ports, Tables, _worker);
    }

    /// <summary>Interfaces, routes and neighbours; the worker's thread.</summary>
    public ForwardingTables Tables { get; }

    /// <summary>The worker, for its clock and its graph's counters.</summary>
    public Worker Worker => _worker;

    /// <summary>Buffers; the worker's thread.</summary>
    public PacketPools Pools => _pools;

    /// <summary>Names of the tables that take rows.</summary>
    public IReadOnlyCollection<string> TableNames => _registry.Sinks.Keys;

    /// <summary>One round of the worker; true when there was something to do. For simulation, in place of <see cref="Run"/>.</summary>
    public bool RunOnce() => _worker.RunOnce();

    /// <summary>Runs the worker on the calling thread until <paramref name="stop"/>.</summary>
    public void Run(CancellationToken stop) => _worker.Run(stop);

    /// <summary>Runs an action on the worker's thread between batches. Any thread.</summary>
    public void Post(Action action) => _worker.Post(action);

    /// <summary>Puts a row in place; returns null, or one sentence why not. The worker's thread; many rows may share one post.</summary>
    public string? SetRow(string table, string key, ReadOnlySpan<byte> row) => _registry.Sinks.TryGetValue(table, out IRowSink? sink)
        ? sink.Set(key, row)
        : $"This module has no table '{table}'.";

    /// <summary>Removes a row; an unknown one changes nothing. The worker's thread.</summary>
    public void RemoveRow(string table, string key)
    {
        if (_registry.Sinks.TryGetValue(table, out IRowSink? sink))
        {
            sink.Remove(key);
        }
    }

    /// <summary>Reads run-time state: one key, or all for an empty one; nothing for an unknown table. The worker's thread.</summary>
    public IReadOnlyList<SnapshotRow> Snapshot(string table, string key)
    {
        var rows = new List<SnapshotRow>();
        if (_registry.Snapshots.TryGetValue(table, out ISnapshotSource? source))
        {
            source.Read(key, (rowKey, value) => rows.Add(new SnapshotRow(rowKey, value)));
        }

        return rows;
    }

    /// <summary>Frees run-time rows that survived from an earlier life and that no row asked for. The worker's thread.</summary>
    public void SweepRuntimeRows() => _registry.Arena.Sweep();

    /// <summary>True when some package answers snapshots of a table. Any thread.</summary>
    public bool HasSnapshot(string table) => _registry.Snapshots.ContainsKey(table);

    /// <summary><see cref="SetRow"/> from any thread.</summary>
    public Task<string?> ApplyRow(string table, string key, ReadOnlyMemory<byte> row) => Ask(() => SetRow(table, key, row.Span));

    /// <summary><see cref="RemoveRow"/> from any thread.</summary>
    public Task RemoveRowAsync(string table, string key) => Ask(() =>
    {
        RemoveRow(table, key);
        return true;
    });

    /// <summary><see cref="Snapshot"/> from any thread.</summary>
    public Task<IReadOnlyList<SnapshotRow>> SnapshotAsync(string table, string key) => Ask(() => Snapshot(table, key));

    /// <summary>Sends a packet of the router's own. Any thread. What cannot be sent raises the event (inject, destination, reason).</summary>
    public void Inject(InjectedPacket packet) => _worker.Post(() => _injector.Send(packet));

    /// <summary>Frees ports and buffers; the worker has stopped.</summary>
    public void Dispose()
    {
        _worker.Dispose();
        foreach (PlanePort port in _ports)
        {
            port.Port.Dispose();
        }

        _pools.Dispose();
    }

    private Task<T> Ask<T>(Func<T> question)
    {
        // Continuations must not run on the worker's thread.
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _worker.Post(() =>
        {
            try
            {
                answer.SetResult(question());
            }
            catch (Exception fault) when (fault is not OutOfMemoryException)
            {
                answer.SetException(fault);
            }
        });
        return answer.Task;
    }
}
