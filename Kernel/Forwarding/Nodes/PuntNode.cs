using RouterOS.Forwarding.Local;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Nodes;

/// <summary>Hands to the control plane what other workers want punted: punting and its policing belong to worker 0.</summary>
/// <remarks>In: packets with the channel's number in <c>IcmpReply</c> and their flow in <c>PuntFlow</c>. Out: nothing.</remarks>
internal sealed class PuntNode(WorkerServices worker, PuntChannels channels) : GraphNode(NodeName)
{
    public const string NodeName = "punt";

    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        for (int i = 0; i < packets.Length; i++)
        {
            edges[i] = GraphEdge.Consumed;
            ref PacketBuffer packet = ref At(packets[i]);
            ushort channel = packet.IcmpReply;
            packet.IcmpReply = 0;
            worker.Punt(channels.NameOf(channel), packets[i], packet.PuntFlow);
        }
    }
}
