using RouterOS.Esp.Wire;
using RouterOS.Forwarding;
using RouterOS.Packets;

namespace RouterOS.Esp.Nodes;

/// <summary>Tells apart what shares UDP port 4500: ESP, IKE behind its marker, and keepalives (RFC 3948 section 2).</summary>
/// <remarks>In: whole local UDP datagrams, IPv4 header in front, checksum checked where there is one. Out: those that hold ESP.</remarks>
internal sealed unsafe class EspUdpNode(EspTables tables, WorkerServices worker) : GraphNode(NodeName, EspDecryptNode.NodeName)
{
    /// <summary>Name in the graph.</summary>
    public const string NodeName = "esp-udp";

    /// <summary>The port of ESP and IKE inside UDP.</summary>
    public const ushort Port = 4500;

    /// <summary>Where IKE goes.</summary>
    public const string IkeChannel = "udp:4500";

    /// <summary>The only byte of a keepalive.</summary>
    public const byte Keepalive = 0xFF;

    /// <summary>Zeros in front of IKE.</summary>
    public const int MarkerBytes = 4;

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
        // Safe: ip4-deliver has checked both headers against the packet.
        byte* ip = packet.Start;
        int header = (ip[0] & 0x0f) * 4;
        int datagram = (ip[header + 4] << 8) | ip[header + 5];
        int payload = datagram - EspSizes.UdpHeader;
        byte* start = ip + header + EspSizes.UdpHeader;
        if (payload < MarkerBytes)
        {
            tables.Drops.Add((int)(payload == 1 && *start == Keepalive ? EspDrop.Keepalive : EspDrop.BadHeader), 1);
            return GraphEdge.Drop;
        }

        if (*(uint*)start == 0)
        {
            worker.Punt(IkeChannel, handle);
            return GraphEdge.Consumed;
        }

        // Bytes behind the datagram are not part of the ESP packet.
        packet.Length = header + datagram;
        return DecryptEdge;
    }
}
