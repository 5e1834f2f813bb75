using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using RouterOS.Forwarding;
using RouterOS.Forwarding.Plain;
using RouterOS.Gre.Wire;
using RouterOS.Packets;

namespace RouterOS.Gre.Nodes;

/// <summary>Way out of tunnels' interfaces: puts IPv4, and GRE where the tunnel has it, before packets.</summary>
/// <remarks>
/// In: IPv4 and IPv6 packets with <c>EgressInterface</c>, no larger than its MTU. Out: packets of the router's own, which require the
/// protection of a secured tunnel. Numbered tunnels belong to one worker, the others to whoever has the packet.
/// </remarks>
internal sealed unsafe class GreEncapNode(TunnelTable tunnels, WorkerServices worker, DropCounters drops)
    : GraphNode(NodeName, KernelNodes.Ip4LocalOut), IPlainEntry
{
    /// <summary>Name in the graph.</summary>
    public const string NodeName = "gre-encap";

    private const ushort LocalOutEdge = 0;
    private const ushort FragmentationNeeded = (3 << 8) | 4;

    // The header's first eight bytes in memory order.
    private const ulong FirstByte = 0x45;
    private const ulong DontFragment = TunnelRecord.DontFragment;
    private const int GreOffset = Ipv4Header.MinimumLength;

    // RFC 8200 section 5: what every link of IPv6 must carry, so that no sender need be told.
    private const int LeastIpv6 = 1280;

    /// <inheritdoc/>
    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        for (int i = 0; i < packets.Length; i++)
        {
            edges[i] = Handle(packets[i]);
        }
    }

    /// <inheritdoc/>
    public void Wrap(Span<PlainPacket> packets)
    {
        // Many tunnels' records lie in outer caches: they are asked for a batch at a time.
        uint egress = 0;
        TunnelRecord* tunnel = null;
        fixed (PlainPacket* first = packets)
        {
            PlainPacket* end = first + packets.Length;
            for (PlainPacket* packet = first; packet < end; packet++)
            {
                if (packet->EgressInterface != egress)
                {
                    egress = packet->EgressInterface;
                    tunnel = tunnels.Of(egress);
                    CachePrefetch.Line((byte*)tunnel + TunnelRecord.EntryLine);
                }

                packet->State = (nint)tunnel;
            }

            for (PlainPacket* packet = first; packet < end; packet++)
            {
                packet->Leaves = !TryWrap(packet, (TunnelRecord*)packet->State);
            }
        }
    }

    // What Handle does to an IPv4 packet of a tunnel in the clear, without numbers, that fits.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryWrap(PlainPacket* packet, TunnelRecord* tunnel)
    {
        if (tunnel == null || (tunnel->EntryFlags & (TunnelFlags.Sequence | TunnelFlags.Secured | TunnelFlags.Blocked)) != 0)
        {
            return false;
        }

        byte* inner = packet->Header;
        int front = tunnel->HeaderBytes;
        int length = packet->Length;
        ulong start = Unsafe.ReadUnaligned<ulong>(inner);
        if (packet->Headroom < front || length + front > ushort.MaxValue || ((start & DontFragment) != 0 && length > tunnel->Largest))
        {
            return false;
        }

        // Safe: there is headroom. Without numbers the header has 20 to 32 bytes: its last 16, and before them those up to the sixteenth.
        byte* outer = inner - front;
        bool sums = (tunnel->EntryFlags & TunnelFlags.Checksum) != 0;
        ulong sum = sums ? InnerSum(tunnel, inner, length) : 0;
        Vector128.Load(tunnel->Header + front - TunnelRecord.HeaderStart - Vector128<byte>.Count).Store(inner - Vector128<byte>.Count);
        Unsafe.WriteUnaligned(outer + TunnelRecord.HeaderStart, Unsafe.ReadUnaligned<ulong>(tunnel->Header));
        tunnel->SentOctets += (uint)length;
        Finish(outer, start & tunnel->CopiedBits, length + front, (ushort)++tunnel->SentPackets, tunnel->HeaderSum);
        if (sums)
        {
            Unsafe.WriteUnaligned(outer + GreOffset + GreHeader.ChecksumOffset, (ushort)~PacketSum.Fold(sum));
        }

        packet->Wrap(front, tunnel->EntryInstance);
        return true;
    }

    // Sum of the GRE header and what is behind it, before anything is written: a right IPv4 header adds up to nothing.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong InnerSum(TunnelRecord* tunnel, byte* inner, int length)
    {
        uint* gre = (uint*)(tunnel->Header + GreOffset - TunnelRecord.HeaderStart);
        return (ulong)gre[0] + gre[1] + gre[2] + PacketSum.Of(inner + Ipv4Header.MinimumLength, length - Ipv4Header.MinimumLength);
    }

    private ushort Handle(nint handle)
    {
        ref PacketBuffer packet = ref At(handle);
        TunnelRecord* tunnel = tunnels.Of(packet.EgressInterface);
        if (tunnel == null)
        {
            drops.Add((int)GreDrop.NoTunnel, 1);
            return GraphEdge.Drop;
        }

        if (tunnel->IsClosed)
        {
            return Drop(tunnel, (tunnel->Flags & TunnelFlags.Blocked) != 0 ? GreDrop.Blocked : GreDrop.NoProtection);
        }

        if (tunnel->IsElsewhere)
        {
            worker.HandOff(worker.OwnerOf(tunnel->Interface), worker.NodeIndex(NodeName), handle);
            return GraphEdge.Consumed;
        }

        int front = tunnel->HeaderBytes;
        int length = packet.Length;
        int total = length + front;
        if (packet.Headroom < front || total > ushort.MaxValue || length < Ipv4Header.MinimumLength)
        {
            tunnel->SentErrors++;
            drops.Add((int)GreDrop.NoRoom, 1);
            return GraphEdge.Drop;
        }

        // Safe: at least 20 bytes are there.
        byte* inner = packet.Start;
        bool isIpv6 = inner[0] >> 4 == 6;
        bool isWhole = isIpv6 ? length > LeastIpv6 : (inner[6] & 0x40) != 0;
        if (isWhole && length > tunnel->Largest)
        {
            return Refuse(ref packet, tunnel);
        }

        byte tos = isIpv6 ? (byte)((inner[0] << 4) | (inner[1] >> 4)) : inner[1];
        tunnel->SentPackets++;
        tunnel->SentOctets += (uint)length;
        byte* start = inner - front;
        CopyHeader(tunnel->Header, start, front);
        bool mustStayWhole = isWhole && (tunnel->Flags & (TunnelFlags.AllowFragmentation | TunnelFlags.Secured)) == 0;
        Finish(start, ((ulong)tos << 8) | (mustStayWhole ? DontFragment : 0), total, (ushort)tunnel->SentPackets, tunnel->HeaderSum);
        if (isIpv6)
        {
            if ((tunnel->Flags & TunnelFlags.IpInIp) != 0)
            {
                WriteProtocol(start);
            }
            else
            {
                Write16(start + GreOffset + 2, (ushort)GreProtocol.Ipv6);
            }
        }

        if ((tunnel->Flags & (TunnelFlags.Checksum | TunnelFlags.Sequence)) != 0)
        {
            Number(tunnel, start, front, total);
        }

        packet.EnterPath(
            packet.Offset - front, total, PacketFlags.LocallyOriginated | PacketFlags.TunnelOuter, 0, tunnel->Instance, 0);
        packet.RequiredProtection = tunnel->Protection;
        packet.AvoidProtection = 0;
        packet.IcmpReply = 0;
        return LocalOutEdge;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyHeader(byte* from, byte* to, int bytes)
    {
        // Safe: a whole number of words, no more than either has.
        for (int at = TunnelRecord.HeaderStart; at < bytes; at += sizeof(uint))
        {
            Unsafe.WriteUnaligned(to + at, Unsafe.ReadUnaligned<uint>(from + at - TunnelRecord.HeaderStart));
        }
    }

    // The header's first eight bytes and its checksum: TOS and flags in memory order, and the sum of all behind those bytes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(byte* start, ulong copied, int total, ushort identification, uint headerSum)
    {
        ulong words = FirstByte | copied | ((ulong)BinaryPrimitives.ReverseEndianness(((uint)total << 16) | identification) << 16);
        Unsafe.WriteUnaligned(start, words);
        // RFC 1071: words of any size and byte order add up to the same.
        ulong sum = headerSum + (uint)words + (words >> 32);
        sum = (sum & 0xffff) + (sum >> 16);
        sum = (sum & 0xffff) + (sum >> 16);
        sum = (sum & 0xffff) + (sum >> 16);
        Unsafe.WriteUnaligned(start + 10, (ushort)~sum);
    }

    // IPv6 inside IPv4 has a protocol of its own (RFC 4213).
    private static void WriteProtocol(byte* start)
    {
        ushort before = (ushort)((start[8] << 8) | start[9]);
        start[9] = (byte)IpProtocol.Ipv6;
        ushort checksum = (ushort)((start[10] << 8) | start[11]);
        Write16(start + 10, InternetChecksum.Update(checksum, before, (ushort)((start[8] << 8) | start[9])));
    }

    private static void Number(TunnelRecord* tunnel, byte* start, int front, int total)
    {
        if ((tunnel->Flags & TunnelFlags.Sequence) != 0)
        {
            BinaryPrimitives.WriteUInt32BigEndian(new Span<byte>(start + front - 4, 4), tunnel->Sequence->NextSend++);
        }

        if ((tunnel->Flags & TunnelFlags.Checksum) != 0)
        {
            ulong sum = PacketSum.Of(start + GreOffset, total - GreOffset);
            Unsafe.WriteUnaligned(start + GreOffset + GreHeader.ChecksumOffset, (ushort)~PacketSum.Fold(sum));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write16(byte* at, ushort value) => Unsafe.WriteUnaligned(at, BinaryPrimitives.ReverseEndianness(value));

    private ushort Refuse(ref PacketBuffer packet, TunnelRecord* tunnel)
    {
        tunnel->SentDiscards++;
        drops.Add((int)GreDrop.TooBig, 1);
        packet.IcmpReply = FragmentationNeeded;
        packet.IcmpMtu = (ushort)Math.Max(tunnel->Largest, *packet.Start >> 4 == 6 ? LeastIpv6 : 0);
        return (packet.Flags & PacketFlags.LocallyOriginated) != 0 ? GraphEdge.Drop : GraphEdge.IcmpError;
    }

    private ushort Drop(TunnelRecord* tunnel, GreDrop reason)
    {
        tunnel->SentDiscards++;
        drops.Add((int)reason, 1);
        return GraphEdge.Drop;
    }
}
