using RouterOS.Forwarding.Graphs;
using RouterOS.Forwarding.Local;
using RouterOS.Forwarding.Workers;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Plane;

/// <summary>One worker of a plane with what belongs to it alone: tables, nodes, sinks and sources.</summary>
internal sealed class PlaneWorker
{
    private readonly DropCounters _drops = DropCounters.Of<WorkerDrop>();

    public PlaneWorker(int number, ForwardingPlaneOptions options, PacketPools pools, PlaneShared shared)
    {
        Pools = pools;
        PuntPolicer? punt = number == 0 ? new PuntPolicer(options.Punt, Peers, options.OnPunt) : null;
        PacketTap tap = new(options.OnPunt, options.Time);
        Worker = new Worker((number, options.Workers), options.Time, pools, options.Ports, punt, shared, options.OnEvent) { Tap = tap };
        Tables = new ForwardingTables(shared.Fibs) { Ports = options.Ports, InterfaceOfPort = new uint[options.Ports.Count] };
        Registry = new PlaneRegistry(options, Tables, Worker);
        Registry.AddTable("interface", Tables.InterfaceRows);
        Registry.AddTable("route", Tables.RouteRows);
        Registry.AddTable("control-peer", Peers);
        Registry.AddTable(PacketTap.Channel, tap);
        Registry.AddSnapshot(PacketTap.Channel, tap);
        if (punt is not null)
        {
            Registry.AddDropCounters("punt", punt.Drops);
        }

        Registry.AddDropCounters("worker", _drops);
        foreach (INodePackage package in options.Packages)
        {
            package.Register(Registry);
        }

        KernelSnapshots.Register(Registry, options.Ports, () => Worker.Graph);
        Graph = KernelGraph.Build(Registry, Worker, shared, options.FeatureOrder, options.PassesPlain);
        Graph.MeasuresTime = options.MeasuresNodes;
    }

    /// <summary>Whose packets to the control plane have a share of their own.</summary>
    public ControlPeers Peers { get; } = new();

    public Worker Worker { get; }

    public PacketPools Pools { get; }

    public ForwardingTables Tables { get; }

    public PlaneRegistry Registry { get; }

    public Graph Graph { get; }

    /// <summary>Joins the worker with the others: the last step before it may run.</summary>
    public void Join(HandOffRing?[,] rings, IReadOnlyList<Worker> workers, IReadOnlyList<PlanePort> ports)
    {
        Worker.Attach(Graph, workers.Count == 1 ? null : new HandOffs(Worker.Number, rings, workers, _drops));
        PortWatch.Start(ports, Tables, Worker);
    }

    /// <summary>Puts a row in place; null, or one sentence why not.</summary>
    public string? Set(string table, string key, ReadOnlySpan<byte> row) => Registry.Sinks.TryGetValue(table, out IRowSink? sink)
        ? sink.Set(key, row)
        : $"This module has no table '{table}'.";

    /// <summary>Removes a row.</summary>
    public void Remove(string table, string key)
    {
        if (Registry.Sinks.TryGetValue(table, out IRowSink? sink))
        {
            sink.Remove(key);
        }
    }

    /// <summary>Reads one row of a table, or some of all rows for an empty key; returns where to go on, or 0 at the end.</summary>
    public ulong Read(string table, string key, ulong from, int most, Action<string, byte[]> write)
    {
        if (!Registry.Snapshots.TryGetValue(table, out ISnapshotSource? source))
        {
            return 0;
        }

        if (key.Length == 0)
        {
            return source.ReadSome(from, most, write);
        }

        source.Read(key, write);
        return 0;
    }
}
