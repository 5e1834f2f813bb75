using System.Buffers.Binary;
using RouterOS.Esp.Wire;
using RouterOS.Forwarding;
using RouterOS.Packets;

namespace RouterOS.Esp.Nodes;

/// <summary>Learns path MTUs from ICMP fragmentation-needed messages about our own ESP and AH packets (RFC 4301 section 8.2).</summary>
/// <remarks>In: local ICMP errors that quote protocol 50, 51 or UDP, IPv4 header in front. What is not about an SA of ours is punted.</remarks>
internal sealed unsafe class EspIcmpNode : GraphNode
{
    /// <summary>Name in the graph.</summary>
    public const string NodeName = "esp-icmp";

    private const ushort PuntEdge = 0;
    private const int IcmpHeaderLength = 8;

    // AH has the SPI and the number, too, but not at its start.
    private const int AhBeforeSpi = 4;
    private const int NextHopMtuOffset = 6;
    private const byte Unreachable = 3;
    private const byte FragmentationNeeded = 4;

    // A message can only be about a packet sent lately: 2^16 packets are a second or so at full speed.
    private const uint LateSequences = 1 << 16;

    private readonly EspTables _tables;
    private readonly WorkerServices _worker;

    public EspIcmpNode(EspTables tables, WorkerServices worker)
        : base(NodeName, KernelNodes.IcmpPunt)
    {
        _tables = tables;
        _worker = worker;
    }

    // RFC 1191 section 7.1: what to try when a router does not say how much passes.
    private static ReadOnlySpan<ushort> Plateaus => [32000, 17914, 8166, 4352, 2002, 1492, 1006, 576];

    /// <inheritdoc/>
    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        for (int i = 0; i < packets.Length; i++)
        {
            edges[i] = Learn(packets[i]);
        }
    }

    private static ushort PlateauBelow(int length)
    {
        foreach (ushort plateau in Plateaus)
        {
            if (plateau < length)
            {
                return plateau;
            }
        }

        return Plateaus[^1];
    }

    private ushort Learn(nint handle)
    {
        ReadOnlySpan<byte> packet = At(handle).Data;
        if (!Ipv4Header.TryParse(packet, out Ipv4Header outer, out _) || outer.Payload.Length < IcmpHeaderLength)
        {
            return PuntEdge;
        }

        ReadOnlySpan<byte> icmp = outer.Payload;
        ReadOnlySpan<byte> quoted = icmp[IcmpHeaderLength..];
        int headerLength = quoted.Length < Ipv4Header.MinimumLength ? 0 : (quoted[0] & 0x0f) * 4;
        bool isAh = headerLength != 0 && quoted[9] == AhHeader.Protocol;
        bool isUdp = headerLength != 0 && quoted[9] == (byte)IpProtocol.Udp;
        int outside = headerLength + (isUdp ? EspSizes.UdpHeader : isAh ? AhBeforeSpi : 0);
        if (icmp[0] != Unreachable || icmp[1] != FragmentationNeeded || headerLength < Ipv4Header.MinimumLength
            || quoted.Length < outside + EspHeader.Length || (!isUdp && !isAh && quoted[9] != EspHeader.Protocol)
            || !EspHeader.TryParse(quoted[outside..], out EspHeader esp, out _))
        {
            return PuntEdge;
        }

        // Only an SPI, addresses and a late sequence number of ours: a stranger must see our packets to lower our MTU.
        uint local = BinaryPrimitives.ReadUInt32BigEndian(quoted[12..]);
        uint remote = BinaryPrimitives.ReadUInt32BigEndian(quoted[16..]);
        SaRecord* record = _tables.FindOutbound(remote, esp.Spi);
        if (record == null)
        {
            return PuntEdge;
        }

        if ((record->Flags & SaFlags.Foreign) != 0)
        {
            // The SA's worker judges the message.
            _worker.HandOff((int)record->Number, _worker.NodeIndex(NodeName), handle);
            return GraphEdge.Consumed;
        }

        SecurityAssociation sa = _tables.Records.Owner(record);
        Protection protection = sa.Protection;
        bool isOurs = protection.LocalAddress == local && sa.IsAh == isAh && (protection.IsInUdp && !isAh) == isUdp
            && (!isUdp || (BinaryPrimitives.ReadUInt16BigEndian(quoted[headerLength..]) == protection.LocalPort
                && BinaryPrimitives.ReadUInt16BigEndian(quoted[(headerLength + 2)..]) == protection.RemotePort));
        if (!isOurs
            || esp.Sequence == 0 || esp.Sequence > sa.Row->Sequence || sa.Row->Sequence - esp.Sequence >= LateSequences)
        {
            return PuntEdge;
        }

        int mtu = BinaryPrimitives.ReadUInt16BigEndian(icmp[NextHopMtuOffset..]);
        int quotedLength = BinaryPrimitives.ReadUInt16BigEndian(quoted[2..]);
        protection.LearnPathMtu(mtu != 0 ? mtu : PlateauBelow(quotedLength), _worker.NowNanoseconds);
        return GraphEdge.Drop;
    }
}
