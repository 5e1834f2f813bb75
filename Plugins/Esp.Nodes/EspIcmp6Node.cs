using System.Buffers.Binary;
using RouterOS.Esp.Wire;
using RouterOS.Forwarding;
using RouterOS.Packets;

namespace RouterOS.Esp.Nodes;

/// <summary>Learns path MTUs from ICMPv6 packet-too-big messages about our own packets of ESP and AH (RFC 4301 section 8.2).</summary>
/// <remarks>In: local ICMPv6 errors that quote protocol 50 or 51, or UDP, IPv6 header in front. What is not about an SA of ours is punted.</remarks>
internal sealed unsafe class EspIcmp6Node(EspTables tables, WorkerServices worker) : GraphNode(NodeName, KernelNodes.Icmp6Punt)
{
    /// <summary>Name in the graph.</summary>
    public const string NodeName = "esp-icmp6";

    private const ushort PuntEdge = 0;

    // AH has the SPI and the number, too, but not at its start.
    private const int AhBeforeSpi = 4;

    // A message can only be about a packet sent lately: 2^16 packets are a second or so at full speed.
    private const uint LateSequences = 1 << 16;

    /// <inheritdoc/>
    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        for (int i = 0; i < packets.Length; i++)
        {
            edges[i] = Learn(packets[i]);
        }
    }

    private ushort Learn(nint handle)
    {
        ReadOnlySpan<byte> packet = At(handle).Data;
        if (!Ipv6Extensions.TryWalk(packet, out Ipv6Extensions walked) || packet.Length < walked.Offset + Icmp6Header.Length + Ipv6Header.Length)
        {
            return PuntEdge;
        }

        ReadOnlySpan<byte> icmp = packet[walked.Offset..];
        ReadOnlySpan<byte> quoted = icmp[Icmp6Header.Length..];
        bool isAh = quoted[6] == AhHeader.Protocol;
        bool isUdp = quoted[6] == (byte)IpProtocol.Udp;
        int outside = Ipv6Header.Length + (isUdp ? EspSizes.UdpHeader : isAh ? AhBeforeSpi : 0);
        if (icmp[0] != (byte)Icmp6Type.PacketTooBig || quoted[0] >> 4 != 6 || (!isAh && !isUdp && quoted[6] != EspHeader.Protocol)
            || quoted.Length < outside || !EspHeader.TryParse(quoted[outside..], out EspHeader esp, out _))
        {
            return PuntEdge;
        }

        // Only an SPI, addresses and a late sequence number of ours: a stranger must see our packets to lower our MTU.
        UInt128 remote = Ipv6Address.Read(quoted[Ipv6Header.DestinationOffset..]);
        SaRecord* record = tables.FindOutbound(Outer6.Of(remote), esp.Spi);
        if (record == null)
        {
            return PuntEdge;
        }

        if ((record->Flags & SaFlags.Foreign) != 0)
        {
            // The SA's worker judges the message.
            worker.HandOff((int)record->Number, worker.NodeIndex(NodeName), handle);
            return GraphEdge.Consumed;
        }

        SecurityAssociation sa = tables.Records.Owner(record);
        Protection protection = sa.Protection;
        uint late = (uint)sa.Row->Sequence - esp.Sequence;
        if (sa.IsAh != isAh || (protection.IsInUdp && !isAh) != isUdp
            || (isUdp && (BinaryPrimitives.ReadUInt16BigEndian(quoted[Ipv6Header.Length..]) != protection.LocalPort
                || BinaryPrimitives.ReadUInt16BigEndian(quoted[(Ipv6Header.Length + 2)..]) != protection.RemotePort))
            || protection.RemoteAddress6 != remote || protection.LocalAddress6 != Ipv6Address.Read(quoted[Ipv6Header.SourceOffset..])
            || late >= LateSequences || late >= sa.Row->Sequence)
        {
            return PuntEdge;
        }

        uint mtu = BinaryPrimitives.ReadUInt32BigEndian(icmp[4..]);
        // RFC 8201 section 4: nothing pushes the path below what every link carries.
        protection.LearnPathMtu((int)Math.Clamp(mtu, Ipv6Header.MinimumMtu, ushort.MaxValue) - Outer6.MoreBytes, worker.NowNanoseconds);
        return GraphEdge.Drop;
    }
}
