namespace RouterOS.Forwarding.Nodes;

/// <summary>Hands ICMP messages to the control plane.</summary>
/// <remarks>In: ICMP packets to the router, checked. Out: nothing.</remarks>
internal sealed class IcmpPuntNode(WorkerServices worker) : GraphNode(KernelNodes.IcmpPunt)
{
    private const string Channel = "icmp";

    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        for (int i = 0; i < packets.Length; i++)
        {
            worker.Punt(Channel, packets[i]);
            edges[i] = GraphEdge.Consumed;
        }
    }
}
