namespace RouterOS.Forwarding.Nodes;

/// <summary>Gives every packet to the same node of worker 0, whose state the other workers do not have.</summary>
internal sealed class HandOverNode(string name, WorkerServices worker) : GraphNode(name)
{
    private int _self = -1;

    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        _self = _self < 0 ? worker.NodeIndex(Name) : _self;
        for (int i = 0; i < packets.Length; i++)
        {
            edges[i] = GraphEdge.Consumed;
            worker.HandOff(0, _self, packets[i]);
        }
    }
}
