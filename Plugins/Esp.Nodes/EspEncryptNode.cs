using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RouterOS.Esp.Wire;
using RouterOS.Forwarding;
using RouterOS.Packets;
using RouterOS.Proto.Esp.V1;

namespace RouterOS.Esp.Nodes;

/// <summary>Puts packets that leave by a secure tunnel interface, or that a policy wants protected, into ESP tunnel mode.</summary>
/// <remarks>
/// In: IPv4 and IPv6 packets with <c>EgressInterface</c> or <c>RequiredProtection</c> set, TTL already lowered; super-packets, which are cut here. Out: outer packets of the
/// router's own, to be routed, in the order of their sequence numbers. Too big for the path: with DF an ICMP error (or, where the outer
/// DF is always clear, an outer packet that the kernel fragments); without DF the packet is cut first, so that the peer need not
/// reassemble before it decrypts; IPv6 is answered by ICMPv6 beyond 1,280 bytes, and the outer packet is fragmented up to there.
/// </remarks>
internal sealed unsafe class EspEncryptNode : GraphNode
{
    /// <summary>Name in the graph.</summary>
    public const string NodeName = "esp-encrypt";

    /// <summary>ICMP type and code of an answer to a packet that does not fit.</summary>
    public const ushort FragmentationNeeded = 0x0304;

    // Packets of an SA of AH, and of one of ESP in transport mode.
    private const ushort AhEdge = 1;
    private const ushort TransportEdge = 2;

    private const int BatchPackets = 256;
    private const int MaxFragments = 256;

    private const int MostPiecesAtOnce = 1024;

    // Few enough that what the look-ups have read is still in the first-level cache when it is read again.
    private const int ChunkPackets = 32;

    // How far ahead memory is asked for.
    private const int Ahead = 4;

    private readonly EspTables _tables;
    private readonly WorkerServices _worker;
    private readonly EspSealer _sealer;
    private readonly PacketBacklog _backlog;
    private readonly SaRecord** _found = (SaRecord**)NativeMemory.Alloc(BatchPackets, (nuint)sizeof(nint));

    // Pieces of super-packets on their way at a time. The rest waits until these have left the graph, so that the buffers last.
    private readonly int _piecesAtOnce;
    private int _pieces;

    public EspEncryptNode(EspTables tables, WorkerServices worker)
        : base(NodeName, KernelNodes.Ip4LocalOut, AhEncryptNode.NodeName, EspTransportNode.NodeName, EspOuter6Node.NodeName, AhEncryptNode.BundleName)
    {
        _tables = tables;
        _worker = worker;
        _sealer = new EspSealer(tables, worker);
        _piecesAtOnce = Math.Min(MostPiecesAtOnce, worker.Pools.SmallFree / 4);
        _backlog = new PacketBacklog(worker.Pools.SmallFree + worker.Pools.LargeFree);
    }

    /// <inheritdoc/>
    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        // Safe: both stay where they are until the batch is over, and there is an edge for every packet.
        fixed (nint* first = packets)
        fixed (ushort* edge = edges)
        {
            _sealer.Begin(first, edge);
            int taken = 0;
            if (_backlog.Count == 0)
            {
                _pieces = 0;
                taken = Handle(first, packets.Length, edge);
            }

            _sealer.EndOfBatch(keep: _worker.InputWaits || taken < packets.Length);
            for (; taken < packets.Length; taken++)
            {
                edges[taken] = _backlog.Add(packets[taken]) ? GraphEdge.Consumed : Drop(EspDrop.NoBuffer, At(packets[taken]).SegmentCount);
            }
        }
    }

    /// <summary>The graph is empty: takes up what waits, and completes what was begun unless more packets are about to come.</summary>
    public void EndOfRound()
    {
        if (_backlog.Count > 0)
        {
            TakeUpBacklog();
        }

        _sealer.EndOfRound(keep: _worker.InputWaits);
    }

    /// <summary>Completes every packet begun, before an SA changes.</summary>
    public void Settle() => _sealer.EndOfRound(keep: false);

    private void TakeUpBacklog()
    {
        _pieces = 0;
        nint packet;
        ushort edge;
        _sealer.Begin(&packet, &edge);
        _sealer.Detach(0);
        while (_backlog.Count > 0 && _pieces < _piecesAtOnce)
        {
            packet = _backlog.Take();
            Handle(&packet, 1, &edge);
            if (edge is AhEdge or TransportEdge)
            {
                _worker.Enqueue(_worker.NodeIndex(edge == AhEdge ? AhEncryptNode.NodeName : EspTransportNode.NodeName), packet);
            }
            else if (edge != GraphEdge.Consumed)
            {
                _sealer.Send(packet, edge);
            }
        }

        _sealer.EndOfBatch(keep: true);
    }

    // Returns how many packets were taken, from the front.
    private int Handle(nint* packets, int count, ushort* edges)
    {
        for (int first = 0; first < count; first += ChunkPackets)
        {
            int end = Math.Min(first + ChunkPackets, count);
            Find(packets, first, end, count);
            int same = first;
            for (int i = first; i < end;)
            {
                if (_pieces >= _piecesAtOnce)
                {
                    return i;
                }

                SaRecord* sa = _found[i];
                while (same < end && _found[same] == sa)
                {
                    same++;
                }

                int done = sa->Protection == 0 ? 0 : _sealer.Seal(i, same, end, sa);
                if (done == 0)
                {
                    edges[i] = Handle(packets[i], sa, i);
                    done = 1;
                }

                i += done;
            }
        }

        return count;
    }

    // The look-ups of a chunk, with what they lead to on its way to the cache.
    private void Find(nint* packets, int first, int end, int count)
    {
        SaRecord** found = _found;
        for (int i = first; i < end; i++)
        {
            if (i + Ahead < count)
            {
                byte* next = (byte*)packets[i + Ahead];
                Cache.Prefetch(next);
                Cache.Prefetch(next + 64);
            }

            ref PacketBuffer packet = ref At(packets[i]);
            SaRecord* sa = _tables.OutboundOf(ref packet);
            found[i] = sa;
            Cache.Prefetch(sa);
            Cache.Prefetch((byte*)sa + 64);
            // The later ones are asked for while those before them are sealed.
            if (i < first + EspSealer.Ahead)
            {
                EspSealer.PrefetchBytes((PacketBuffer*)packets[i]);
            }

            if (i >= first + Ahead)
            {
                Cache.Prefetch(found[i - Ahead]->Row);
            }
        }
    }

    private ushort Handle(nint handle, SaRecord* sa, int index)
    {
        ref PacketBuffer packet = ref At(handle);
        if (sa->Protection == 0)
        {
            return NotReady(handle);
        }

        if (packet.AvoidProtection == sa->Protection
            || (packet.RequiredProtection != 0 && packet.RequiredProtection != sa->Protection))
        {
            return Drop(EspDrop.WrongTunnel, packet.SegmentCount);
        }

        if (packet.Length < Ipv4Header.MinimumLength)
        {
            return Drop(EspDrop.NoProtection);
        }

        if ((sa->Flags & SaFlags.AnySelector) == 0 && !sa->Selector.Matches(packet.Data))
        {
            sa->Row->SelectorMismatch += packet.SegmentCount;
            return Drop(EspDrop.OutboundSelector, packet.SegmentCount);
        }

        return packet.SegmentCount > 1 ? SealSuper(handle, sa, index)
            : packet.Length > sa->LargestInner ? HandleTooBig(handle, sa, index)
            : _sealer.SealOne(index, sa);
    }

    // Another worker's protection, none, or one without an SA.
    private ushort NotReady(nint handle)
    {
        ref PacketBuffer packet = ref At(handle);
        if (_tables.ProtectionOf(ref packet) is not { } protection)
        {
            return Drop(EspDrop.NoProtection, packet.SegmentCount);
        }

        if (protection.Row == null)
        {
            _worker.HandOff(_worker.OwnerOf(protection.Id), _worker.NodeIndex(NodeName), handle);
            return GraphEdge.Consumed;
        }

        if (packet.AvoidProtection == protection.Id
            || (packet.RequiredProtection != 0 && packet.RequiredProtection != protection.Id))
        {
            return Drop(EspDrop.WrongTunnel, packet.SegmentCount);
        }

        if (protection.Outbound is { IsEspTunnel: false } other)
        {
            // A packet of transport mode keeps its own header, which is of the family that the two ends speak.
            if (other.IsTransport && InnerPacket.IsVersion6(packet.Data) != protection.IsVersion6)
            {
                return Drop(EspDrop.OutboundSelector, packet.SegmentCount);
            }

            // One that this node does not do.
            _pieces += packet.SegmentCount;
            return other.IsAh ? AhEdge : TransportEdge;
        }

        protection.Row->NoSa += packet.SegmentCount;
        long now = _worker.NowNanoseconds;
        // Negotiation takes longer than this; there is no use in an event per packet.
        if (protection.AcquireRaisedAt == long.MinValue || now - protection.AcquireRaisedAt >= 500_000_000)
        {
            protection.AcquireRaisedAt = now;
            _worker.RaiseEvent(EspTables.ProtectionTable, protection.Key, "acquire");
        }

        return Drop(EspDrop.NoSa, packet.SegmentCount);
    }

    private ushort HandleTooBig(nint handle, SaRecord* sa, int index)
    {
        ref PacketBuffer packet = ref At(handle);
        if (InnerFragmenter.MayCut(ref packet))
        {
            _sealer.Detach(index);
            SealFragments(handle, sa);
            _worker.Free(handle);
            return GraphEdge.Consumed;
        }

        return MayLeaveWhole(sa, packet.Data, packet.Length) ? _sealer.SealOne(index, sa) : Refuse(ref packet, sa);
    }

    // The outer packet is fragmented on its way where DF is always clear. IPv6 must get through what every link carries, whatever a tunnel
    // needs for it, and is told of all beyond (RFC 2473 section 7.1).
    private bool MayLeaveWhole(SaRecord* sa, ReadOnlySpan<byte> packet, int length) => InnerPacket.IsVersion6(packet)
        ? length <= Ipv6Header.MinimumMtu
        : sa->Df == (byte)DfBit.Clear && _tables.Records.Owner(sa).OuterLength(length) <= EspSizes.LargestPacket;

    private ushort Refuse(ref PacketBuffer packet, SaRecord* sa)
    {
        _tables.Drops.Add((int)(InnerPacket.IsVersion6(packet.Data) ? EspDrop.TooBig6 : EspDrop.TooBig), packet.SegmentCount);
        packet.IcmpReply = FragmentationNeeded;
        packet.IcmpMtu = (ushort)sa->LargestInner;
        return GraphEdge.IcmpError;
    }

    // Every packet of a super-packet is written straight into a buffer of its own, where it is sealed.
    private ushort SealSuper(nint handle, SaRecord* sa, int index)
    {
        ref PacketBuffer packet = ref At(handle);
        if (!SuperPacket.TryParse(packet.Data, packet.SegmentBytes, out SuperPacket super))
        {
            return Drop(EspDrop.BadSegments, packet.SegmentCount);
        }

        int largest = super.LengthOf(0);
        bool cut = largest > sa->LargestInner && InnerFragmenter.MayCut(ref packet);
        if (largest > sa->LargestInner && !cut && !MayLeaveWhole(sa, packet.Data, largest))
        {
            return Refuse(ref packet, sa);
        }

        _sealer.Detach(index);
        _pieces += super.Count;
        nint* pieces = stackalloc nint[EspSealer.MostPieces];
        int waiting = 0;
        for (int i = 0; i < super.Count; i++)
        {
            nint piece = super.Cut(ref packet, i, _worker.Pools);
            if (piece == 0)
            {
                Drop(EspDrop.NoBuffer, super.Count - i);
                break;
            }

            if (cut && super.LengthOf(i) > sa->LargestInner)
            {
                SealFragments(piece, sa);
                _worker.Free(piece);
                continue;
            }

            pieces[waiting++] = piece;
            if (waiting == EspSealer.MostPieces)
            {
                _sealer.SealPieces(pieces, waiting, sa);
                waiting = 0;
            }
        }

        _sealer.SealPieces(pieces, waiting, sa);
        _worker.Free(handle);
        return GraphEdge.Consumed;
    }

    // The packet stays the caller's.
    private void SealFragments(nint handle, SaRecord* sa)
    {
        Span<nint> fragments = stackalloc nint[MaxFragments];
        int count = InnerFragmenter.Cut(handle, sa->LargestInner, _worker.Pools, fragments);
        if (count == 0)
        {
            Drop(_worker.Pools.SmallFree == 0 ? EspDrop.NoBuffer : EspDrop.TooBig);
        }

        _pieces += count;
        // Safe: the span is on the stack.
        nint* first = (nint*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(fragments));
        for (int i = 0; i < count; i++)
        {
            At(first[i]).TunnelDepth = At(handle).TunnelDepth;
        }

        for (int i = 0; i < count; i += EspSealer.MostPieces)
        {
            _sealer.SealPieces(first + i, Math.Min(EspSealer.MostPieces, count - i), sa);
        }
    }

    private ushort Drop(EspDrop reason, int packets = 1)
    {
        _tables.Drops.Add((int)reason, packets);
        return GraphEdge.Drop;
    }
}
