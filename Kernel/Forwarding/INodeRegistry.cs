using RouterOS.Abstractions.Crypto;

namespace RouterOS.Forwarding;

/// <summary>What a node package may use and add to while a module boots.</summary>
public interface INodeRegistry
{
    /// <summary>Interfaces, routes, adjacencies and neighbours of this module.</summary>
    ForwardingTables Tables { get; }

    /// <summary>Run-time rows that survive the data process.</summary>
    RuntimeArena Arena { get; }

    /// <summary>Buffers, events and injection of the worker that will run the nodes.</summary>
    WorkerServices Worker { get; }

    /// <summary>Chooses the engine for a suite and a direction; throws <see cref="NotSupportedException"/> when no engine does it.</summary>
    ICryptoEngine CryptoFor(CryptoSuite suite, CryptoDirection direction);

    /// <summary>The module's clock.</summary>
    TimeProvider Time { get; }

    /// <summary>Adds a node to the graph.</summary>
    void AddNode(GraphNode node);

    /// <summary>Attaches a node to an arc for every interface and IPv4, after and before the named features.</summary>
    void AddFeature(string arc, string node, IReadOnlyList<string>? after = null, IReadOnlyList<string>? before = null);

    /// <summary>Sends local packets of an IP protocol to a node (reassembled, checked, IPv4 header in front).</summary>
    void AddLocalProtocol(byte protocol, string node);

    /// <summary>Makes <paramref name="node"/> the way out of interfaces whose row has this link type.</summary>
    void AddLinkType(string linkType, string node);

    /// <summary>Receives rows of a table from the control plane.</summary>
    void AddTable(string table, IRowSink sink);

    /// <summary>Answers snapshots of a table's run-time state.</summary>
    void AddSnapshot(string table, ISnapshotSource source);

    /// <summary>Publishes a set of drop counters under a group name.</summary>
    void AddDropCounters(string group, DropCounters counters);
}
