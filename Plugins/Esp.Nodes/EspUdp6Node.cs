using RouterOS.Forwarding;
using RouterOS.Packets;

namespace RouterOS.Esp.Nodes;

/// <summary>As <see cref="EspUdpNode"/> over IPv6: tells apart what shares UDP port 4500, and gives ESP the stand-in header.</summary>
/// <remarks>In: whole local UDP datagrams, IPv6 header in front, checksum checked where there is one. Out: those that hold ESP.</remarks>
internal sealed class EspUdp6Node(EspTables tables, WorkerServices worker) : GraphNode(NodeName, EspDecryptNode.NodeName)
{
    /// <summary>Name in the graph.</summary>
    public const string NodeName = "esp-udp6";

    private const ushort DecryptEdge = 0;

    /// <inheritdoc/>
    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        for (int i = 0; i < packets.Length; i++)
        {
            edges[i] = Handle(packets[i]);
        }
    }

    private ushort Handle(nint handle)
    {
        ref PacketBuffer packet = ref At(handle);
        if (!Ipv6Extensions.TryWalk(packet.Data, out Ipv6Extensions walked) || walked.FragmentAt != 0
            || !UdpHeader.TryParse(packet.Data[walked.Offset..], out UdpHeader datagram, out _))
        {
            return Drop(EspDrop.BadHeader);
        }

        ReadOnlySpan<byte> payload = datagram.Payload;
        if (payload.Length < EspUdpNode.MarkerBytes)
        {
            return Drop(payload is [EspUdpNode.Keepalive] ? EspDrop.Keepalive : EspDrop.BadHeader);
        }

        if (!payload[..EspUdpNode.MarkerBytes].ContainsAnyExcept((byte)0))
        {
            worker.Punt(EspUdpNode.IkeChannel, handle);
            return GraphEdge.Consumed;
        }

        // Bytes behind the datagram are not part of the ESP packet.
        packet.Length = walked.Offset + UdpHeader.Length + payload.Length;
        return Outer6.TryHide(ref packet, walked.Offset, walked.Protocol) ? DecryptEdge : Drop(EspDrop.BadHeader);
    }

    private ushort Drop(EspDrop reason)
    {
        tables.Drops.Add((int)reason, 1);
        return GraphEdge.Drop;
    }
}
