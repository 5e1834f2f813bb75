using RouterOS.Abstractions.Crypto;
using RouterOS.Forwarding.Graphs;

namespace RouterOS.Forwarding.Plane;

/// <summary>Collects what node packages add, until the plane builds its graph.</summary>
internal sealed class PlaneRegistry(ForwardingPlaneOptions options, ForwardingTables tables, WorkerServices worker) : INodeRegistry
{
    public ForwardingTables Tables { get; } = tables;

    public RuntimeArena Arena { get; } = options.Arena;

    public WorkerServices Worker { get; } = worker;

    public TimeProvider Time { get; } = options.Time;

    public List<GraphNode> Nodes { get; } = [];

    public List<(string Arc, string Node, IReadOnlyList<string>? After, IReadOnlyList<string>? Before)> Features { get; } = [];

    // Nodes by IP protocol and by UDP port; a null node means: punt.
    public SortedDictionary<byte, string?> Protocols { get; } = [];

    public SortedDictionary<ushort, string?> UdpPorts { get; } = [];

    public SortedDictionary<byte, string> IcmpErrors { get; } = [];

    public SortedDictionary<byte, string> Protocols6 { get; } = [];

    public SortedDictionary<ushort, string?> UdpPorts6 { get; } = [];

    public SortedDictionary<byte, string> IcmpErrors6 { get; } = [];

    public Dictionary<string, string> LinkTypes { get; } = new(StringComparer.Ordinal);

    public string? Protector { get; private set; }

    public string? Multicast { get; private set; }

    public Dictionary<string, IRowSink> Sinks { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, ISnapshotSource> Snapshots { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, DropCounters> Drops { get; } = new(StringComparer.Ordinal);

    public ICryptoEngine CryptoFor(CryptoSuite suite, CryptoDirection direction) =>
        (options.CryptoOfWorker?.Invoke(Worker.Number) ?? options.CryptoFor)(suite, direction);

    public void AddNode(GraphNode node) => Nodes.Add(node);

    public void AddFeature(string arc, string node, IReadOnlyList<string>? after = null, IReadOnlyList<string>? before = null) =>
        Features.Add((arc, node, after, before));

    public void AddLocalProtocol(byte protocol, string node) => Add(Protocols, protocol, node, "IP protocol");

    public void AddPuntProtocol(byte protocol) => Add(Protocols, protocol, null, "IP protocol");

    public void AddLocalUdpPort(ushort port, string node)
    {
        // A node takes a port over from a punt channel that is there by default, but not from another node.
        if (UdpPorts.TryGetValue(port, out string? taken) && taken is null)
        {
            UdpPorts.Remove(port);
        }

        Add(UdpPorts, port, node, "UDP port");
    }

    public void AddPuntUdpPort(ushort port) => UdpPorts.TryAdd(port, null);

    public void AddIcmpErrors(byte protocol, string node) => Add(IcmpErrors, protocol, node, "ICMP error about protocol");

    public void AddLocalProtocol6(byte protocol, string node) => Add(Protocols6, protocol, node, "IPv6 protocol");

    public void AddLocalUdpPort6(ushort port, string node) => Add(UdpPorts6, port, node, "UDP port over IPv6");

    public void AddIcmpErrors6(byte protocol, string node) => Add(IcmpErrors6, protocol, node, "ICMPv6 error about protocol");

    public void AddIpv6Link(string linkType)
    {
        _ = Tables.Links6.Add(linkType);
        Tables.ProtectorTakes6 |= LinkTypes.TryGetValue(linkType, out string? node) && node == Protector;
    }

    public void AddLinkType(string linkType, string node, bool takesSuperPackets = false)
    {
        Add(LinkTypes, linkType, node, "link type");
        if (takesSuperPackets)
        {
            Tables.SuperLinks.Add(linkType);
        }
    }

    public void AddProtector(string node) => Protector = Protector is null
        ? node
        : throw new GraphException($"Two packages want to protect packets: '{Protector}' and '{node}'.");

    public void AddMulticast(string node) => Multicast = Multicast is null
        ? node
        : throw new GraphException($"Two packages want to forward to groups: '{Multicast}' and '{node}'.");

    public void AddTable(string table, IRowSink sink) => Add(Sinks, table, sink, "table");

    public void AddSnapshot(string table, ISnapshotSource source) => Add(Snapshots, table, source, "snapshot");

    public void AddDropCounters(string group, DropCounters counters) => Add(Drops, group, counters, "drop group");

    private static void Add<TKey, TValue>(IDictionary<TKey, TValue> known, TKey key, TValue value, string what)
    {
        if (known.TryGetValue(key, out TValue? first))
        {
            throw new GraphException($"Two packages want the {what} '{key}': '{first}' and '{value}'.");
        }

        known.Add(key, value);
    }
}
