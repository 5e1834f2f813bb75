using RouterOS.Packets;

namespace RouterOS.Forwarding.Graphs;

/// <summary>Collects nodes, arcs and features, and joins them by name into a <see cref="Graph"/>.</summary>
public sealed class GraphBuilder
{
    private const int MaximumNodes = 0x8000;
    private const int MaximumFeatures = 0x0fff;
    private const int MaximumArcs = 15;

    private readonly List<GraphNode> _nodes = [];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<ArcChain> _arcs = [];

    /// <summary>Order that the platform profile wants for features that do not constrain each other: their names, for all arcs.</summary>
    public IReadOnlyList<string> FeatureOrder { get; set; } = [];

    /// <summary>Adds a node.</summary>
    /// <exception cref="GraphException">The name is taken.</exception>
    public void AddNode(GraphNode node)
    {
        if (_nodes.Count == MaximumNodes || !_numbers.TryAdd(node.Name, _nodes.Count))
        {
            throw new GraphException($"Node '{node.Name}' of {node.GetType()} is there already, or the graph is full.");
        }

        _nodes.Add(node);
    }

    /// <summary>Adds an arc that ends in the node <paramref name="end"/>. The arc's name may stand wherever a node's may.</summary>
    public void AddArc(string name, string end)
    {
        if (_arcs.Count == MaximumArcs || _arcs.Exists(known => known.Name == name))
        {
            throw new GraphException($"Arc '{name}' is there already, or there are {MaximumArcs} arcs.");
        }

        _arcs.Add(new ArcChain(name, end));
    }

    /// <summary>Attaches a node to an arc; attaching it again adds to its constraints.</summary>
    public void AddFeature(string arc, string node, IReadOnlyList<string>? after = null, IReadOnlyList<string>? before = null)
    {
        ArcChain chain = _arcs.Find(known => known.Name == arc)
            ?? throw new GraphException($"Feature '{node}' attaches to arc '{arc}', which is not there.");
        chain.Add(node, after, before);
    }

    /// <summary>Joins everything.</summary>
    /// <param name="icmpError">Node behind <see cref="GraphEdge.IcmpError"/>.</param>
    /// <param name="pools">Where dropped packets go.</param>
    /// <param name="tables">Whose interfaces count dropped packets; null in tests of a bare graph.</param>
    /// <exception cref="GraphException">Something is missing; the message has both names.</exception>
    public Graph Build(string icmpError, PacketPools pools, ForwardingTables? tables = null)
    {
        var chains = new uint[_arcs.Count + 1][];
        chains[0] = [];
        var entries = new Dictionary<string, uint>(StringComparer.Ordinal);
        for (int arc = 0; arc < _arcs.Count; arc++)
        {
            chains[arc + 1] = Chain(_arcs[arc], arc + 1);
            entries.Add(_arcs[arc].Name, chains[arc + 1][0]);
        }

        foreach ((string name, int number) in _numbers)
        {
            if (!entries.TryAdd(name, (uint)number))
            {
                throw new GraphException($"Node '{name}' has the name of an arc.");
            }
        }

        var targets = new uint[_nodes.Count][];
        for (int i = 0; i < targets.Length; i++)
        {
            GraphNode node = _nodes[i];
            targets[i] = [.. node.Edges.Select(edge => entries.TryGetValue(edge, out uint target)
                ? target
                : throw new GraphException($"Node '{node.Name}' has an edge to '{edge}', which no package adds."))];
        }

        return entries.TryGetValue(icmpError, out uint errors)
            ? new Graph([.. _nodes], targets, chains, entries, errors, pools, tables)
            : throw new GraphException($"The graph needs node '{icmpError}' for ICMP errors, which no package adds.");
    }

    // Position p of an arc leads to feature p; the last one leads to the arc's end.
    private uint[] Chain(ArcChain arc, int number)
    {
        List<string> nodes = arc.Sort(FeatureOrder);
        nodes.Add(arc.End);
        if (nodes.Count > MaximumFeatures)
        {
            throw new GraphException($"Arc '{arc.Name}' has more than {MaximumFeatures} features.");
        }

        return [.. nodes.Select((node, position) => _numbers.TryGetValue(node, out int index)
            ? Graph.Target(index, number, position)
            : throw new GraphException($"Arc '{arc.Name}' leads to node '{node}', which no package adds."))];
    }
}
