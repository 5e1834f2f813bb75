namespace RouterOS.Forwarding.Nodes;

/// <summary>The ways out of ip4-rewrite and ip4-fragment: one edge per link type and one to the protector, numbered alike in both.</summary>
internal sealed class LinkEdges
{
    public const ushort Fragment = 0;

    private LinkEdges(string[] nodes)
    {
        Nodes = nodes;
        Nodes6 = [KernelNodes.Ip6Fragment, KernelNodes.Ethernet6Output, .. nodes[2..]];
    }

    /// <summary>Names of the nodes behind the edges.</summary>
    public string[] Nodes { get; }

    /// <summary>The same of ip6-rewrite and ip6-fragment.</summary>
    public string[] Nodes6 { get; }

    /// <summary>Numbers the link types' nodes and tells the tables.</summary>
    public static LinkEdges Number(ForwardingTables tables, IReadOnlyDictionary<string, string> linkTypes, string? protector)
    {
        List<string> nodes = [KernelNodes.Ip4Fragment, KernelNodes.EthernetOutput, KernelNodes.PortOutput];
        tables.LinkEdges[ForwardingTables.EthernetLink] = 1;
        tables.RawEdge = 2;
        foreach ((string linkType, string node) in linkTypes)
        {
            tables.LinkEdges[linkType] = (ushort)nodes.Count;
            nodes.Add(node);
        }

        if (protector is not null)
        {
            tables.ProtectorEdge = (ushort)nodes.Count;
            nodes.Add(protector);
        }

        return new LinkEdges([.. nodes]);
    }
}
