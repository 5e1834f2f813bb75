using RouterOS.Forwarding.Graphs;
using RouterOS.Forwarding.Plane;
using RouterOS.Forwarding.Workers;

namespace RouterOS.Forwarding;

/// <summary>Joins the kernel's nodes with those of the packages.</summary>
internal static class KernelGraph
{
    public static Graph Build(PlaneRegistry registry, Worker worker, IReadOnlyList<string> featureOrder)
    {
        var builder = new GraphBuilder { FeatureOrder = featureOrder };
        builder.AddArc(Arcs.Input, KernelNodes.PortInput);
        builder.AddArc(Arcs.PreRoute, KernelNodes.Ip4Lookup);
        builder.AddArc(Arcs.Output, KernelNodes.Ip4Rewrite);
        builder.AddArc(Arcs.LocalIn, KernelNodes.Ip4Deliver);
        builder.AddArc(Arcs.LocalOut, KernelNodes.Ip4Rewrite);
        foreach (GraphNode node in registry.Nodes)
        {
            builder.AddNode(node);
        }

        foreach ((string arc, string node, IReadOnlyList<string>? after, IReadOnlyList<string>? before) in registry.Features)
        {
            builder.AddFeature(arc, node, after, before);
        }

        return builder.Build(KernelNodes.IcmpError, worker.Pools, registry.Tables);
    }
}
