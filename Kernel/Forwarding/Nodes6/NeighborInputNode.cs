using RouterOS.Packets;

namespace RouterOS.Forwarding.Nodes6;

/// <summary>Answers neighbour solicitations for the router's own addresses and learns from what it hears (RFC 4861). Worker 0's.</summary>
/// <remarks>In: ICMPv6 solicitations and advertisements, IPv6 header in front, checked. Out: nothing; answers are packets of their own.</remarks>
internal sealed unsafe class NeighborInputNode(ForwardingTables tables, WorkerServices worker, NeighborDiscovery discovery, DropCounters drops)
    : GraphNode(KernelNodes.NeighborInput)
{
    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        for (int i = 0; i < packets.Length; i++)
        {
            edges[i] = GraphEdge.Consumed;
            ref PacketBuffer packet = ref At(packets[i]);
            byte* ip = packet.Start;
            if (tables.InterfaceAt(packet.IngressInterface) is { PortBelow.Link: Abstractions.Ports.PortLink.Ethernet } ingress)
            {
                if (NeighborMessage.TryParse(packet.Data[Ip6.Header..], out NeighborMessage message))
                {
                    discovery.Hear(ingress, Ip6.Source(ip), Ip6.Destination(ip), message);
                }
                else
                {
                    drops.Add((int)NeighborDrop.Malformed, 1);
                }
            }

            worker.Free(packets[i]);
        }
    }
}
