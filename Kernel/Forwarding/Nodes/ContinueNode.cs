namespace RouterOS.Forwarding.Nodes;

/// <summary>Lets packets that a feature has kept go on with the arc that they were in.</summary>
/// <remarks>In: packets with <c>ArcPosition</c> of the feature that kept them. Out: the next feature or the arc's end.</remarks>
internal sealed class ContinueNode() : GraphNode(KernelNodes.Continue)
{
    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges) => edges.Fill(GraphEdge.Continue);
}
