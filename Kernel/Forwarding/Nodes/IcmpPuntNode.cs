namespace RouterOS.Forwarding.Nodes;

/// <summary>Hands ICMP messages to the control plane.</summary>
/// <remarks>In: ICMP packets to the router, checked. Out: nothing.</remarks>
internal sealed class IcmpPuntNode(WorkerServices worker, string name, string channel) : GraphNode(name)
{
    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        for (int i = 0; i < packets.Length; i++)
        {
            worker.Punt(channel, packets[i]);
            edges[i] = GraphEdge.Consumed;
        }
    }
}
