using RouterOS.Abstractions.Crypto;
using RouterOS.Esp.Wire;
using RouterOS.Forwarding;
using RouterOS.Packets;
using RouterOS.Proto.Esp.V1;

namespace RouterOS.Esp.Nodes;

/// <summary>Puts packets that leave by a secure tunnel interface into ESP tunnel mode.</summary>
/// <remarks>
/// In: IPv4 packets with <c>EgressInterface</c> set, TTL already lowered. Out: outer packets of the router's own, to be routed. Too big
/// for the path: with DF an ICMP error (or, where the outer DF is always clear, an outer packet that the kernel fragments); without
/// DF the packet is cut first, so that the peer need not reassemble before it decrypts.
/// </remarks>
internal sealed unsafe class EspEncryptNode : GraphNode
{
    /// <summary>Name in the graph.</summary>
    public const string NodeName = "esp-encrypt";

    private const ushort OutEdge = 0;
    private const byte OuterTtl = 64;
    private const ushort FragmentationNeeded = 0x0304;
    private const int MaxFragments = 256;
    private const int Enqueued = -1;

    private readonly EspTables _tables;
    private readonly WorkerServices _worker;
    private readonly IvPool _ivs = new();
    private int _localOut = -1;
    private ushort _identification;

    public EspEncryptNode(EspTables tables, WorkerServices worker)
        : base(NodeName, KernelNodes.Ip4LocalOut)
    {
        _tables = tables;
        _worker = worker;
    }

    /// <inheritdoc/>
    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        _ivs.Reserve(packets.Length);
        for (int i = 0; i < packets.Length; i++)
        {
            edges[i] = Handle(packets[i], i, edges);
        }

        Complete(edges);
    }

    private ushort Handle(nint handle, int index, Span<ushort> edges)
    {
        ref PacketBuffer packet = ref At(handle);
        Protection? protection = _tables.ByInterface(packet.EgressInterface);
        if (protection is null || packet.Length < Ipv4Header.MinimumLength)
        {
            return Drop(EspDrop.NoProtection);
        }

        if (packet.AvoidProtection == protection.Id
            || (packet.RequiredProtection != 0 && packet.RequiredProtection != protection.Id))
        {
            return Drop(EspDrop.WrongTunnel);
        }

        if (protection.Outbound is not { } sa)
        {
            return Acquire(protection);
        }

        if (!sa.Selector.Matches(packet.Data))
        {
            sa.Row->SelectorMismatch++;
            return Drop(EspDrop.OutboundSelector);
        }

        return sa.Sizes.Outer(packet.Length) > protection.Mtu
            ? HandleTooBig(handle, sa, index, edges)
            : Seal(handle, sa, index, edges);
    }

    private ushort Acquire(Protection protection)
    {
        protection.Row->NoSa++;
        long now = _worker.NowNanoseconds;
        // Negotiation takes longer than this; there is no use in an event per packet.
        if (protection.AcquireRaisedAt == long.MinValue || now - protection.AcquireRaisedAt >= 500_000_000)
        {
            protection.AcquireRaisedAt = now;
            _worker.RaiseEvent(EspTables.ProtectionTable, protection.Key, "acquire");
        }

        return Drop(EspDrop.NoSa);
    }

    private ushort HandleTooBig(nint handle, SecurityAssociation sa, int index, Span<ushort> edges)
    {
        ref PacketBuffer packet = ref At(handle);
        int largest = sa.Sizes.LargestInner(sa.Protection.Mtu);
        if (InnerFragmenter.MayCut(packet.Data))
        {
            return SealFragments(handle, sa, largest, edges);
        }

        if (sa.Protection.DfBit == DfBit.Clear && sa.Sizes.Outer(packet.Length) <= EspSizes.LargestPacket)
        {
            return Seal(handle, sa, index, edges);
        }

        _tables.Drops.Add((int)EspDrop.TooBig, 1);
        packet.IcmpReply = FragmentationNeeded;
        packet.IcmpMtu = (ushort)largest;
        return GraphEdge.IcmpError;
    }

    private ushort SealFragments(nint handle, SecurityAssociation sa, int largest, Span<ushort> edges)
    {
        Span<nint> fragments = stackalloc nint[MaxFragments];
        int count = InnerFragmenter.Cut(handle, largest, _worker.Pools, fragments);
        if (count == 0)
        {
            return Drop(_worker.Pools.SmallFree == 0 ? EspDrop.NoBuffer : EspDrop.TooBig);
        }

        for (int i = 0; i < count; i++)
        {
            _ivs.Reserve(1);
            if (Seal(fragments[i], sa, Enqueued, edges) == GraphEdge.Drop)
            {
                _worker.Free(fragments[i]);
            }
        }

        _worker.Free(handle);
        return GraphEdge.Consumed;
    }

    // Makes the outer packet around the inner one and queues its cryptography. The edge of a batch's packet is OutEdge; a packet that is
    // not the batch's own (index Enqueued) is put into the graph once it is done.
    private ushort Seal(nint handle, SecurityAssociation sa, int index, Span<ushort> edges)
    {
        ref PacketBuffer packet = ref At(handle);
        SaRuntimeRecord* row = sa.Row;
        if ((row->Bytes >= sa.BytesAlarm || row->Sequence >= sa.SequenceAlarm)
            && sa.CheckLimits(_tables.Raise, outbound: true) is { } reason)
        {
            return Drop(reason);
        }

        int innerLength = packet.Length;
        int textLength = sa.Sizes.Text(innerLength);
        int trailerLength = textLength - innerLength;
        int front = sa.Sizes.Front;
        int tag = sa.Sizes.Tag;
        if (packet.Headroom < front || packet.Tailroom < trailerLength + tag)
        {
            return SealElsewhere(handle, sa, edges);
        }

        if (sa.Queue.Count == CryptoQueue.Capacity)
        {
            Complete(edges);
        }

        // Safe: head and tail room have just been checked for everything that is written.
        byte* inner = packet.Start;
        byte tos = inner[1];
        bool dontFragment = sa.Protection.DfBit == DfBit.Set
            || (sa.Protection.DfBit == DfBit.Copy && (inner[6] & (Ipv4Header.DontFragmentBit >> 8)) != 0);
        EspTrailer.Write(new Span<byte>(packet.Append(trailerLength + tag), trailerLength), EspTrailer.Ipv4);
        byte* outer = packet.Push(front);
        Ipv4Header.Write(
            new Span<byte>(outer, EspSizes.OuterHeader), packet.Length, IpProtocol.Esp, sa.Protection.LocalAddress,
            sa.Protection.RemoteAddress, OuterTtl, ++_identification, dontFragment, tos);
        uint sequence = (uint)++row->Sequence;
        row->Packets++;
        row->Bytes += (uint)packet.Length;
        byte* esp = outer + EspSizes.OuterHeader;
        EspHeader.Write(new Span<byte>(esp, EspHeader.Length), sa.Spi, sequence);
        _ivs.Take(esp + EspHeader.Length, sa.Sizes.Iv);

        ref CryptoJob job = ref sa.Queue.Add();
        job.Packet = handle;
        job.Key = sa.CryptoKey;
        job.Hash = (nint)esp;
        job.Iv = (nint)(esp + EspHeader.Length);
        job.Cipher = (nint)(outer + front);
        job.CipherBytes = textLength;
        job.HashBytes = front - EspSizes.OuterHeader + textLength;
        job.Tag = (nint)(outer + front + textLength);
        job.Cookie = index;
        job.Status = CryptoStatus.Pending;

        packet.Flags = PacketFlags.LocallyOriginated | PacketFlags.TunnelOuter;
        packet.Instance = sa.Protection.Instance;
        packet.AvoidProtection = sa.Protection.Id;
        packet.RequiredProtection = 0;
        packet.Protection = 0;
        packet.IngressInterface = 0;
        packet.EgressInterface = 0;
        packet.NextHop = 0;
        packet.IcmpReply = 0;
        return OutEdge;
    }

    // The buffer lacks room around the packet (never a fresh one's): seal a copy in a fresh one.
    private ushort SealElsewhere(nint handle, SecurityAssociation sa, Span<ushort> edges)
    {
        ref PacketBuffer packet = ref At(handle);
        nint copy = _worker.Pools.Rent(packet.Length);
        if (copy == 0)
        {
            return Drop(EspDrop.NoBuffer);
        }

        ref PacketBuffer moved = ref At(copy);
        packet.Data.CopyTo(new Span<byte>(moved.Append(packet.Length), packet.Length));
        if (Seal(copy, sa, Enqueued, edges) == GraphEdge.Drop)
        {
            _worker.Free(copy);
            return GraphEdge.Drop;
        }

        _worker.Free(handle);
        return GraphEdge.Consumed;
    }

    private void Complete(Span<ushort> edges)
    {
        foreach (CryptoQueue queue in _tables.EncryptQueues)
        {
            if (queue.Count == 0)
            {
                continue;
            }

            queue.Run();
            int failed = 0;
            for (int i = 0; i < queue.Count; i++)
            {
                ref CryptoJob job = ref queue[i];
                bool done = job.Status == CryptoStatus.Completed;
                failed += done ? 0 : 1;
                if (job.Cookie == Enqueued)
                {
                    Release(job.Packet, done);
                }
                else if (!done)
                {
                    edges[job.Cookie] = GraphEdge.Drop;
                }
            }

            queue.Clear();
            if (failed > 0)
            {
                _tables.Drops.Add((int)EspDrop.CryptoFailed, failed);
            }
        }
    }

    private void Release(nint handle, bool done)
    {
        if (!done)
        {
            _worker.Free(handle);
            return;
        }

        if (_localOut < 0)
        {
            _localOut = _worker.NodeIndex(KernelNodes.Ip4LocalOut);
        }

        _worker.Enqueue(_localOut, handle);
    }

    private ushort Drop(EspDrop reason)
    {
        _tables.Drops.Add((int)reason, 1);
        return GraphEdge.Drop;
    }
}
