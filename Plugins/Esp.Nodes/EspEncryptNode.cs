using System.Runtime.InteropServices;
using RouterOS.Esp.Wire;
using RouterOS.Forwarding;
using RouterOS.Packets;
using RouterOS.Proto.Esp.V1;

namespace RouterOS.Esp.Nodes;

/// <summary>Puts packets that leave by a secure tunnel interface, or that a policy wants protected, into ESP tunnel mode.</summary>
/// <remarks>
/// In: IPv4 packets with <c>EgressInterface</c> or <c>RequiredProtection</c> set, TTL already lowered; super-packets, which are cut here. Out: outer packets of the
/// router's own, to be routed, in the order of their sequence numbers. Too big for the path: with DF an ICMP error (or, where the outer
/// DF is always clear, an outer packet that the kernel fragments); without DF the packet is cut first, so that the peer need not
/// reassemble before it decrypts.
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
        : base(NodeName, KernelNodes.Ip4LocalOut, AhEncryptNode.NodeName, EspTransportNode.NodeName)
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
        int taken = 0;
        if (_backlog.Count == 0)
        {
            _pieces = 0;
            taken = Handle(packets, edges);
        }

        _sealer.EndOfBatch(edges[..taken], keep: _worker.InputWaits || taken < packets.Length);
        for (; taken < packets.Length; taken++)
        {
            edges[taken] = _backlog.Add(packets[taken]) ? GraphEdge.Consumed : Drop(EspDrop.NoBuffer, At(packets[taken]).SegmentCount);
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
        Span<nint> packet = stackalloc nint[1];
        Span<ushort> edge = stackalloc ushort[1];
        _sealer.Detach([]);
        while (_backlog.Count > 0 && _pieces < _piecesAtOnce)
        {
            packet[0] = _backlog.Take();
            Handle(packet, edge);
            if (edge[0] is AhEdge or TransportEdge)
            {
                _worker.Enqueue(_worker.NodeIndex(edge[0] == AhEdge ? AhEncryptNode.NodeName : EspTransportNode.NodeName), packet[0]);
            }
            else if (edge[0] != GraphEdge.Consumed)
            {
                _sealer.Send(packet[0], edge[0]);
            }
        }

        _sealer.EndOfBatch([], keep: true);
    }

    // Returns how many packets were taken, from the front.
    private int Handle(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        for (int first = 0; first < packets.Length; first += ChunkPackets)
        {
            int end = Math.Min(first + ChunkPackets, packets.Length);
            Find(packets, first, end);
            for (int i = first; i < end; i++)
            {
                if (_pieces >= _piecesAtOnce)
                {
                    return i;
                }

                edges[i] = Handle(packets[i], _found[i], i, edges);
            }
        }

        return packets.Length;
    }

    // The look-ups of a chunk, with what they lead to on its way to the cache.
    private void Find(ReadOnlySpan<nint> packets, int first, int end)
    {
        SaRecord** found = _found;
        for (int i = first; i < end; i++)
        {
            if (i + Ahead < packets.Length)
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
            byte* start = packet.Start;
            Cache.Prefetch(start);
            // The header goes in front of the packet, the trailer behind it.
            Cache.Prefetch(start - 64);
            Cache.Prefetch(start + packet.Length);
            if (i >= first + Ahead)
            {
                Cache.Prefetch(found[i - Ahead]->Row);
            }
        }
    }

    private ushort Handle(nint handle, SaRecord* sa, int index, Span<ushort> edges)
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

        return packet.SegmentCount > 1 ? SealSuper(handle, sa, edges)
            : packet.Length > sa->LargestInner ? HandleTooBig(handle, sa, index, edges)
            : _sealer.Seal(handle, sa, index, edges);
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

    private ushort HandleTooBig(nint handle, SaRecord* sa, int index, Span<ushort> edges)
    {
        ref PacketBuffer packet = ref At(handle);
        if (InnerFragmenter.MayCut(packet.Data))
        {
            _sealer.Detach(edges);
            SealFragments(handle, sa, edges);
            _worker.Free(handle);
            return GraphEdge.Consumed;
        }

        return MayLeaveWhole(sa, packet.Length) ? _sealer.Seal(handle, sa, index, edges) : Refuse(ref packet, sa);
    }

    // The outer packet is fragmented on its way where DF is always clear.
    private bool MayLeaveWhole(SaRecord* sa, int length) =>
        sa->Df == (byte)DfBit.Clear && _tables.Records.Owner(sa).OuterLength(length) <= EspSizes.LargestPacket;

    private ushort Refuse(ref PacketBuffer packet, SaRecord* sa)
    {
        _tables.Drops.Add((int)EspDrop.TooBig, packet.SegmentCount);
        packet.IcmpReply = FragmentationNeeded;
        packet.IcmpMtu = (ushort)sa->LargestInner;
        return GraphEdge.IcmpError;
    }

    // Every packet of a super-packet is written straight into a buffer of its own, where it is sealed.
    private ushort SealSuper(nint handle, SaRecord* sa, Span<ushort> edges)
    {
        ref PacketBuffer packet = ref At(handle);
        if (!SuperPacket.TryParse(packet.Data, packet.SegmentBytes, out SuperPacket super))
        {
            return Drop(EspDrop.BadSegments, packet.SegmentCount);
        }

        int largest = super.LengthOf(0);
        bool cut = largest > sa->LargestInner && InnerFragmenter.MayCut(packet.Data);
        if (largest > sa->LargestInner && !cut && !MayLeaveWhole(sa, largest))
        {
            return Refuse(ref packet, sa);
        }

        _sealer.Detach(edges);
        _pieces += super.Count;
        ReadOnlySpan<byte> data = packet.Data;
        for (int i = 0; i < super.Count; i++)
        {
            int length = super.LengthOf(i);
            nint piece = _worker.Pools.Rent(length);
            if (piece == 0)
            {
                Drop(EspDrop.NoBuffer, super.Count - i);
                break;
            }

            ref PacketBuffer made = ref At(piece);
            made.Length = length;
            made.TunnelDepth = packet.TunnelDepth;
            super.Write(data, i, made.Data);
            if (length > sa->LargestInner && cut)
            {
                SealFragments(piece, sa, edges);
                _worker.Free(piece);
            }
            else if (_sealer.Seal(piece, sa, EspSealer.Detached, edges) == GraphEdge.Drop)
            {
                _worker.Free(piece);
            }
        }

        _worker.Free(handle);
        return GraphEdge.Consumed;
    }

    // The packet stays the caller's.
    private void SealFragments(nint handle, SaRecord* sa, Span<ushort> edges)
    {
        Span<nint> fragments = stackalloc nint[MaxFragments];
        int count = InnerFragmenter.Cut(handle, sa->LargestInner, _worker.Pools, fragments);
        if (count == 0)
        {
            Drop(_worker.Pools.SmallFree == 0 ? EspDrop.NoBuffer : EspDrop.TooBig);
        }

        _pieces += count;
        foreach (nint fragment in fragments[..count])
        {
            At(fragment).TunnelDepth = At(handle).TunnelDepth;
            if (_sealer.Seal(fragment, sa, EspSealer.Detached, edges) == GraphEdge.Drop)
            {
                _worker.Free(fragment);
            }
        }
    }

    private ushort Drop(EspDrop reason, int packets = 1)
    {
        _tables.Drops.Add((int)reason, packets);
        return GraphEdge.Drop;
    }
}
