using RouterOS.Forwarding;
using RouterOS.Packets;

namespace RouterOS.Esp.Nodes;

/// <summary>Gives ESP packets that came over IPv6 the stand-in header with which they are opened.</summary>
/// <remarks>In: whole local IPv6 packets of protocol 50. Out: the same behind an IPv4 header.</remarks>
internal sealed unsafe class EspInner6Node(EspTables tables) : GraphNode(NodeName, EspDecryptNode.NodeName)
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
            if (!Ipv6Extensions.TryWalk(packet.Data, out Ipv6Extensions walked) || walked.FragmentAt != 0)
            {
                tables.Drops.Add((int)EspDrop.BadHeader, 1);
                edges[i] = GraphEdge.Drop;
                continue;
            }

            // Safe: the shorter header goes over the end of the longer one.
            ReadOnlySpan<byte> header = packet.Data;
            byte trafficClass = (byte)((header[0] << 4) | (header[1] >> 4));
            uint source = Outer6.Of(Ipv6Address.Read(header[Ipv6Header.SourceOffset..]));
            uint destination = Outer6.Of(Ipv6Address.Read(header[Ipv6Header.DestinationOffset..]));
            packet.Pull(walked.Offset - Ipv4Header.MinimumLength);
            Ipv4Header.Write(packet.Data, packet.Length, IpProtocol.Esp, source, destination, tos: trafficClass);
            edges[i] = OpenEdge;
        }
    }
}
