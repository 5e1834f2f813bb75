using Google.Protobuf;
using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto;
using RouterOS.Esp.Nodes;
using RouterOS.Forwarding;
using RouterOS.Forwarding.Arena;

namespace RouterOS.Benchmarks.Esp;

/// <summary>The ESP node package without a graph around it.</summary>
internal sealed class BenchRegistry : INodeRegistry
{
    private readonly CryptoEngines _engines;
    private readonly Dictionary<string, IRowSink> _sinks = [];

    public BenchRegistry(CryptoEngines engines)
    {
        _engines = engines;
        new EspNodePackage().Register(this);
    }

    public Dictionary<string, GraphNode> Nodes { get; } = [];

    public ForwardingTables Tables { get; } = new();

    public RuntimeArena Arena { get; } = new MemoryRuntimeArena();

    public WorkerServices Worker { get; } = new BenchWorker();

    public TimeProvider Time => TimeProvider.System;

    public ICryptoEngine CryptoFor(CryptoSuite suite, CryptoDirection direction) => _engines.For(suite, direction);

    public void AddNode(GraphNode node) => Nodes.Add(node.Name, node);

    public void AddFeature(string arc, string node, IReadOnlyList<string>? after = null, IReadOnlyList<string>? before = null)
    {
    }

    public void AddLocalProtocol(byte protocol, string node)
    {
    }

    public void AddLocalUdpPort(ushort port, string node)
    {
    }

    public void AddIcmpErrors(byte protocol, string node)
    {
    }

    public void AddLinkType(string linkType, string node, bool takesSuperPackets = false)
    {
    }

    public void AddProtector(string node)
    {
    }

    public void AddTable(string table, IRowSink sink) => _sinks.Add(table, sink);

    public void AddSnapshot(string table, ISnapshotSource source)
    {
    }

    public void AddDropCounters(string group, DropCounters counters)
    {
    }

    public void Set(string table, string key, IMessage row)
    {
        if (_sinks[table].Set(key, row.ToByteArray()) is { } error)
        {
            throw new InvalidOperationException(error);
        }
    }

    /// <summary>A row as it comes from the agent, and what puts it in place.</summary>
    public Action Prepare(string table, string key, IMessage row)
    {
        byte[] bytes = row.ToByteArray();
        return () =>
        {
            if (_sinks[table].Set(key, bytes) is { } error)
            {
                throw new InvalidOperationException(error);
            }
        };
    }

    public void Remove(string table, string key) => _sinks[table].Remove(key);

    /// <summary>What happens on the worker's timers.</summary>
    public void Tick() => ((BenchWorker)Worker).Timers.ForEach(t => t());
}
