using System.Buffers.Binary;
using RouterOS.Forwarding;
using RouterOS.Gre.Wire;
using RouterOS.Packets;

namespace RouterOS.Gre.Nodes;

/// <summary>Learns path MTUs from ICMP fragmentation-needed messages about tunnels' packets (RFC 1191, RFC 2003 section 5.1).</summary>
/// <remarks>In: local ICMP errors that quote protocol 47, 4 or 41, IPv4 header in front. What is not about a tunnel in the clear is punted.</remarks>
internal sealed unsafe class GreIcmpNode(TunnelTable tunnels) : GraphNode(NodeName, KernelNodes.IcmpPunt)
{
    /// <summary>Name in the graph.</summary>
    public const string NodeName = "gre-icmp";

    private const ushort PuntEdge = 0;
    private const int IcmpHeaderLength = 8;
    private const int NextHopMtuOffset = 6;
    private const byte Unreachable = 3;
    private const byte FragmentationNeeded = 4;

    /// <inheritdoc/>
    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        for (int i = 0; i < packets.Length; i++)
        {
            ref PacketBuffer packet = ref At(packets[i]);
            edges[i] = Learn(packet.Data, packet.Instance) ? GraphEdge.Drop : PuntEdge;
        }
    }

    private bool Learn(ReadOnlySpan<byte> packet, uint instance)
    {
        if (!Ipv4Header.TryParse(packet, out Ipv4Header outer, out _) || outer.Payload.Length < IcmpHeaderLength + Ipv4Header.MinimumLength)
        {
            return false;
        }

        ReadOnlySpan<byte> icmp = outer.Payload;
        ReadOnlySpan<byte> quoted = icmp[IcmpHeaderLength..];
        int headerLength = (quoted[0] & 0x0f) * 4;
        int mtu = BinaryPrimitives.ReadUInt16BigEndian(icmp[NextHopMtuOffset..]);
        if (icmp[0] != Unreachable || icmp[1] != FragmentationNeeded || mtu == 0 || headerLength < Ipv4Header.MinimumLength
            || quoted.Length < headerLength || (BinaryPrimitives.ReadUInt16BigEndian(quoted[6..]) & Ipv4Header.DontFragmentBit) == 0)
        {
            return false;
        }

        TunnelRecord* tunnel = Find(quoted, headerLength, instance);
        if (tunnel == null || (tunnel->Flags & (TunnelFlags.Secured | TunnelFlags.AllowFragmentation)) != 0
            // A message can only be about a packet that is larger than what it says.
            || BinaryPrimitives.ReadUInt16BigEndian(quoted[2..]) <= mtu)
        {
            return false;
        }

        tunnels.Learn(tunnel, mtu);
        return true;
    }

    private TunnelRecord* Find(ReadOnlySpan<byte> quoted, int headerLength, uint instance)
    {
        uint local = BinaryPrimitives.ReadUInt32BigEndian(quoted[12..]);
        uint remote = BinaryPrimitives.ReadUInt32BigEndian(quoted[16..]);
        if (quoted[9] != (byte)IpProtocol.Gre)
        {
            return tunnels.Find(instance, local, remote, TunnelFlags.IpInIp, 0);
        }

        // Of a tunnel with checksum and key, eight quoted bytes do not hold the key; routers quote more.
        return GreHeader.TryParse(quoted[headerLength..], out GreHeader gre, out _)
            ? tunnels.Find(instance, local, remote, gre.HasKey ? TunnelFlags.Key : TunnelFlags.None, gre.Key)
            : null;
    }
}
