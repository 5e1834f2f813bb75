using RouterOS.Forwarding;
using RouterOS.Packets;

namespace RouterOS.Esp.Nodes;

/// <summary>Gives ESP packets that came over IPv6 the stand-in header with which they are opened.</summary>
/// <remarks>In: whole local IPv6 packets of protocol 50. Out: the same behind an IPv4 header.</remarks>
internal sealed class EspInner6Node(EspTables tables) : GraphNode(NodeName, EspDecryptNode.NodeName)
{
    /// <summary>Name in the graph.</summary>
    public const string NodeName = "esp-input6";

    private const ushort OpenEdge = 0;

    /// <inheritdoc/>
    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        for (int i = 0; i < packets.Length; i++)
        {
            ref PacketBuffer packet = ref At(packets[i]);
            edges[i] = OpenEdge;
            if (!Ipv6Extensions.TryWalk(packet.Data, out Ipv6Extensions walked) || walked.FragmentAt != 0
                || !Outer6.TryHide(ref packet, walked.Offset, walked.Protocol))
            {
                tables.Drops.Add((int)EspDrop.BadHeader, 1);
                edges[i] = GraphEdge.Drop;
            }
        }
    }
}
