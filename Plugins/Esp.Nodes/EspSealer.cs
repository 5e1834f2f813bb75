using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using RouterOS.Abstractions.Crypto;
using RouterOS.Esp.Wire;
using RouterOS.Forwarding;
using RouterOS.Packets;

namespace RouterOS.Esp.Nodes;

/// <summary>Makes outer packets around inner ones, has them enciphered, and lets them go in order.</summary>
/// <remarks>
/// A packet of the current batch leaves by its edge. Once a packet of the batch must leave otherwise (a piece, a fragment, one that stays
/// with the engine beyond the batch), all of them are put into the graph instead, so that their order is kept. Packets of one SA that
/// follow each other are sealed in one go, with everything that they share in registers.
/// </remarks>
internal sealed unsafe class EspSealer(EspTables tables, WorkerServices worker)
{
    /// <summary>Pieces that are sealed at a time.</summary>
    public const int MostPieces = 16;

    /// <summary>How far ahead packets' bytes are asked for.</summary>
    public const int Ahead = 4;

    // Edge of outer packets.
    private const ushort OutEdge = 0;

    // The same for those of tunnels over IPv6, which get their header there.
    private const ushort Outer6Edge = 3;

    // The same for those that AH goes around.
    private const ushort BundleEdge = 4;

    // Where the protocol of the outer header stands.
    private const int OuterProtocol = 9;

    // Where the destination of the outer header stands.
    private const int OuterDestination = 16;

    // Cookie of a packet that is put into the graph once it is done. Its bits are those of any index, too.
    private const int Detached = -1;

    // Pad length and next header: IPv4 as the high byte.
    private const uint Ipv4Trailer = EspTrailer.Ipv4 << 8;

    private const uint Ipv6Trailer = (uint)IpProtocol.Ipv6 << 8;

    // Of the first byte of a packet.
    private const int FamilyMask = 0xf0;
    private const int Version6 = 0x60;

    // More than any padding and tag, and than what is written at a time.
    private const int Tail = 48;

    private const uint DontFragment = Ipv4Header.DontFragmentBit >> 8;

    private readonly IvPool _ivs = new();
    // The queue used last: mostly the next one, too.
    private CryptoQueue? _queue;
    private int _queueNumber = -1;
    private int _localOut = -1;
    private int _outer6;
    private int _ah;
    private bool _detached;
    private RoundHold _hold;
    private ushort _identification;
    // The current batch, which stays where it is until its end.
    private nint* _packets;
    private ushort* _edges;

    // What sealing must know of a suite at compile time.
    private interface IKind
    {
        static abstract int IvBytes { get; }

        static abstract bool IsCombined { get; }
    }

    /// <summary>Has fetched what sealing touches of a packet's bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PrefetchBytes(PacketBuffer* packet)
    {
        byte* start = packet->Start;
        Cache.Prefetch(start);
        // The header goes in front of the packet, the trailer behind it.
        Cache.Prefetch(start - 64);
        Cache.Prefetch(start + packet->Length);
    }

    /// <summary>A batch begins; both arrays stay until <see cref="EndOfBatch"/>.</summary>
    public void Begin(nint* packets, ushort* edges)
    {
        _packets = packets;
        _edges = edges;
    }

    /// <summary>Makes outer packets of the batch's packets from a place on, as long as nothing is special about them.</summary>
    /// <param name="first">The first packet.</param>
    /// <param name="end">Behind the last one.</param>
    /// <param name="known">Behind the last one whose metadata is at hand.</param>
    /// <param name="sa">The SA that takes all of them.</param>
    /// <returns>Packets sealed, whose edges are set; the next one needs to be looked at closely, or is simply next.</returns>
    public int Seal(int first, int end, int known, SaRecord* sa) =>
        Seal(_packets, _edges, first, end, known, sa, sa->LargestInner, checks: (sa->Flags & SaFlags.AnySelector) == 0);

    /// <summary>Seals one packet of the batch that may be larger than the path takes.</summary>
    /// <returns>The packet's edge; <see cref="GraphEdge.Drop"/> when it was not taken.</returns>
    public ushort SealOne(int index, SaRecord* sa) =>
        IsStopped(sa) ? GraphEdge.Drop
        : Seal(_packets, _edges, index, index + 1, index + 1, sa, int.MaxValue, checks: false) == 1 ? _edges[index]
        : SealElsewhere(index, sa);

    /// <summary>Seals packets that are not the batch's own: up to <see cref="MostPieces"/>; they are freed where that cannot be.</summary>
    /// <remarks><see cref="Detach"/> was called before.</remarks>
    /// <returns>How many were sealed.</returns>
    public int SealPieces(nint* pieces, int count, SaRecord* sa)
    {
        ushort* edges = stackalloc ushort[MostPieces];
        int sealedPieces = 0;
        for (int i = 0; i < count;)
        {
            int done = Seal(pieces, edges, i, count, count, sa, int.MaxValue, checks: false);
            if (done == 0)
            {
                if (!IsStopped(sa) && (done = Seal(pieces, edges, i, i + 1, i + 1, sa, int.MaxValue, checks: false)) == 0)
                {
                    tables.Drops.Add((int)EspDrop.NoBuffer, 1);
                }

                if (done == 0)
                {
                    worker.Free(pieces[i++]);
                }
            }

            i += done;
            sealedPieces += done;
        }

        return sealedPieces;
    }

    /// <summary>From here on, every packet of the batch, also those sealed before, is put into the graph once it is done.</summary>
    /// <param name="until">Packets of the batch whose edges are set.</param>
    public void Detach(int until)
    {
        if (_detached)
        {
            return;
        }

        _detached = true;
        foreach (CryptoQueue queue in tables.EncryptQueues)
        {
            DetachWaiting(queue);
        }

        // What is sealed already, and complete.
        for (int i = 0; i < until; i++)
        {
            if (_edges[i] is OutEdge or Outer6Edge or BundleEdge)
            {
                worker.Enqueue(LocalOut(_packets[i]), _packets[i]);
                _edges[i] = GraphEdge.Consumed;
            }
        }
    }

    /// <summary>The batch is over: completes it, or (<paramref name="keep"/>) leaves to the engines what is not complete yet.</summary>
    public void EndOfBatch(bool keep)
    {
        foreach (CryptoQueue queue in tables.EncryptQueues)
        {
            if (queue.Waiting == 0)
            {
                continue;
            }

            if (!keep)
            {
                queue.Drain();
            }
            else if (queue.IsImmediate)
            {
                queue.Submit();
            }

            Take(queue, isDrained: !keep);
            DetachWaiting(queue);
        }

        _detached = false;
    }

    /// <summary>The round is over: completes everything, or (<paramref name="keep"/>) keeps it for one round more.</summary>
    public void EndOfRound(bool keep)
    {
        if (!_hold.Holds(keep, worker.NowNanoseconds))
        {
            EndOfBatch(keep: false);
        }
    }

    /// <summary>Puts a packet of an earlier batch where its edge leads.</summary>
    public void Send(nint handle, ushort edge)
    {
        if (edge == GraphEdge.IcmpError)
        {
            worker.Enqueue(worker.NodeIndex(KernelNodes.IcmpError), handle);
        }
        else
        {
            worker.Free(handle);
        }
    }

    private int Seal(nint* packets, ushort* edges, int first, int end, int known, SaRecord* sa, int largest, bool checks) =>
        (sa->Flags & SaFlags.Combined) != 0 ? Seal<CounterIv>(packets, edges, first, end, known, sa, largest, checks)
        : sa->Iv == 16 ? Seal<SixteenByteIv>(packets, edges, first, end, known, sa, largest, checks)
        : sa->Iv == 8 ? Seal<EightByteIv>(packets, edges, first, end, known, sa, largest, checks)
        : Seal<NoIv>(packets, edges, first, end, known, sa, largest, checks);

    private int Seal<TKind>(nint* packets, ushort* edges, int first, int end, int known, SaRecord* sa, int largest, bool checks)
        where TKind : struct, IKind
    {
        CryptoQueue queue = sa->Queue == _queueNumber ? _queue! : Choose(sa->Queue);
        end = Math.Min(end, first + queue.UntilFull);
        SaRuntimeRecord* row = sa->Row;
        ulong sequence = row->Sequence;
        ulong bytes = row->Bytes;
        ulong inside = 0;
        uint protection = sa->Protection;
        int front = sa->Front;
        int outerBytes = sa->OuterBytes;
        int mask = sa->BlockMask;
        // That of the first packet: one of the other family ends the run.
        int family = *((PacketBuffer*)packets[first])->Start & FamilyMask;
        bool isVersion6 = family == Version6;
        uint trailer = isVersion6 ? Ipv6Trailer : Ipv4Trailer;
        uint copiedFlags = sa->Df == 1 && !isVersion6 ? DontFragment : 0;
        uint setFlags = isVersion6 ? FlagsOfVersion6(sa, packets[first]) : ((uint)sa->Df << 5) & ~copiedFlags & DontFragment;
        ulong lifeAndSource = *(ulong*)(sa->Outer + 8);
        ulong destination = *(ulong*)(sa->Outer + 16);
        bool isInUdp = (sa->Flags & SaFlags.InUdp) != 0;
        bool isExtended = (sa->Flags & SaFlags.Extended) != 0;
        ushort identification = _identification;
        byte* iv = TKind.IvBytes != 0 && !TKind.IsCombined ? _ivs.Ahead(end - first) : null;
        CryptoJob* job = queue.Jobs + queue.Count;
        int detached = _detached ? Detached : 0;
        bool isOver6 = Outer6.IsFirst(sa->Outer[OuterDestination]);
        uint more = isOver6 ? Outer6.MoreBytes : 0u;
        ushort edge = _detached ? GraphEdge.Consumed : isOver6 ? Outer6Edge
            : sa->Bundle != 0 ? BundleEdge : OutEdge;
        int i = first;
        for (; i < end; i++)
        {
            if (i + Ahead < known)
            {
                PrefetchBytes((PacketBuffer*)packets[i + Ahead]);
            }

            PacketBuffer* packet = (PacketBuffer*)packets[i];
            int innerLength = packet->Length;
            int offset = packet->Offset;
            if (innerLength < Ipv4Header.MinimumLength || innerLength > largest
                || (*((byte*)packet + PacketBuffer.MetadataBytes + offset) & FamilyMask) != family
                || offset < front || packet->Capacity - offset - innerLength < Tail
                || packet->SegmentCount > 1 || packet->AvoidProtection == protection
                || (packet->RequiredProtection != 0 && packet->RequiredProtection != protection)
                || bytes >= sa->BytesAlarm || sequence >= sa->SequenceAlarm
                || (checks && !sa->Selector.Matches(packet->Data)))
            {
                break;
            }

            // Safe: head and tail room have just been checked for everything that is written.
            byte* inner = (byte*)packet + PacketBuffer.MetadataBytes + offset;
            int textLength = (innerLength + EspTrailer.Length + mask) & ~mask;
            byte* tag = inner + textLength;
            Vector128.Create((byte)1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16).Store(inner + innerLength);
            *(ushort*)(tag - EspTrailer.Length) = (ushort)((uint)(textLength - innerLength - EspTrailer.Length) | trailer);
            int length = front + textLength + sa->Tag;
            byte* outer = inner - front;

            // RFC 791 section 3.1, eight bytes at a time; the SPI overwrites what is not the header's.
            uint tos = isVersion6 ? (uint)(byte)((inner[0] << 4) | (inner[1] >> 4)) << 8 : (uint)inner[1] << 8;
            uint flags = (inner[6] & copiedFlags) | setFlags;
            uint wireLength = BinaryPrimitives.ReverseEndianness((ushort)length);
            // It counts up on the wire: only so does Linux merge datagrams of one flow, and take merged ones from us.
            uint wireIdentification = BinaryPrimitives.ReverseEndianness(++identification);
            uint sum = sa->HeaderSum + tos + wireLength + wireIdentification + flags;
            sum = (sum & 0xffff) + (sum >> 16);
            sum += sum >> 16;
            *(ulong*)outer = 0x45u | tos | (wireLength << 16) | ((ulong)(wireIdentification | (flags << 16)) << 32);
            *(ulong*)(outer + 8) = lifeAndSource | ((~sum & 0xffff) << 16);
            *(ulong*)(outer + 16) = destination;
            byte* esp = outer + outerBytes;
            if (isInUdp)
            {
                // The checksum stays 0 (RFC 3948 section 2.1).
                *(uint*)(outer + 24) = BinaryPrimitives.ReverseEndianness((ushort)(length - EspSizes.OuterHeader));
            }

            sequence++;
            *(ulong*)esp = sa->WireSpi | ((ulong)BinaryPrimitives.ReverseEndianness((uint)sequence) << 32);
            if (TKind.IsCombined)
            {
                // RFC 4106 section 3.1 wants every value once under a key: the number of the packet is that, also over a restart.
                *(ulong*)(esp + EspHeader.Length) = BinaryPrimitives.ReverseEndianness(sequence);
            }
            else if (TKind.IvBytes == IvPool.IvRoom)
            {
                Vector128.LoadAligned(iv).Store(esp + EspHeader.Length);
                iv += IvPool.IvRoom;
            }
            else if (TKind.IvBytes == 8)
            {
                *(ulong*)(esp + EspHeader.Length) = *(ulong*)iv;
                iv += IvPool.IvRoom;
            }

            bytes += (uint)length + more;
            inside += (uint)innerLength;
            job->Packet = (nint)packet;
            job->Key = sa->CryptoKey;
            job->Cipher = (nint)inner;
            job->Hash = (nint)esp;
            job->Iv = (nint)(esp + EspHeader.Length);
            job->Tag = (nint)tag;
            job->CipherBytes = textLength;
            job->HashBytes = TKind.IsCombined ? EspHeader.Length : EspHeader.Length + TKind.IvBytes + textLength;
            job->Cookie = i | detached;
            job->Status = CryptoStatus.Pending;
            if (isExtended)
            {
                Extend(queue, job, sa, sequence, TKind.IsCombined);
            }

            job++;

            packet->EnterPath(offset - front, length, PacketFlags.LocallyOriginated | PacketFlags.TunnelOuter, 0, sa->Instance, 0);
            packet->IcmpReply = 0;
            packet->AvoidProtection = protection;
            edges[i] = edge;
        }

        int count = i - first;
        row->Sequence = sequence;
        row->Packets += (uint)count;
        row->Bytes = bytes;
        row->OtherBytes += inside;
        _identification = identification;
        if (iv != null)
        {
            _ivs.Take(count);
        }

        queue.Count += count;
        if (queue.UntilFull == 0)
        {
            Advance(queue, i);
        }

        return count;
    }

    // No router fragments IPv6: copied, that is DF. What must pass though it is too big leaves for fragments.
    private static uint FlagsOfVersion6(SaRecord* sa, nint packet) =>
        sa->Df != 0 && PacketBuffer.At(packet).Length <= sa->LargestInner ? DontFragment : 0;

    // The upper half of the number is authenticated where the tag will be, or as part of what GCM gets beside the text.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Extend(CryptoQueue queue, CryptoJob* job, SaRecord* sa, ulong sequence, bool isCombined)
    {
        if (isCombined)
        {
            byte* additional = queue.Extended[job - queue.Jobs].Additional;
            ExtendedJob.WriteAdditional(additional, sa->WireSpi, sequence);
            job->Hash = (nint)additional;
            job->HashBytes = ExtendedJob.AdditionalBytes;
        }
        else
        {
            ExtendedJob.WriteHalf((byte*)job->Tag, sequence);
            job->HashBytes += ExtendedJob.HalfBytes;
        }
    }

    // An alarm of the SA is met, and it must stop: the reason is counted.
    private bool IsStopped(SaRecord* sa)
    {
        if ((sa->Row->Bytes >= sa->BytesAlarm || sa->Row->Sequence >= sa->SequenceAlarm)
            && tables.Records.Owner(sa).CheckLimits(tables.Raise) is { } reason)
        {
            tables.Drops.Add((int)reason, 1);
            return true;
        }

        return false;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private CryptoQueue Choose(int number)
    {
        _queueNumber = number;
        _queue = tables.EncryptQueues[number];
        return _queue;
    }

    // The buffer lacks room around the packet (never a fresh one's): seal a copy in a fresh one.
    private ushort SealElsewhere(int index, SaRecord* sa)
    {
        nint handle = _packets[index];
        ref PacketBuffer packet = ref PacketBuffer.At(handle);
        nint copy = worker.Pools.Rent(packet.Length);
        if (copy == 0)
        {
            tables.Drops.Add((int)EspDrop.NoBuffer, 1);
            return GraphEdge.Drop;
        }

        ref PacketBuffer moved = ref PacketBuffer.At(copy);
        packet.Data.CopyTo(new Span<byte>(moved.Append(packet.Length), packet.Length));
        moved.TunnelDepth = packet.TunnelDepth;
        Detach(index);
        if (SealPieces(&copy, 1, sa) == 0)
        {
            return GraphEdge.Drop;
        }

        worker.Free(handle);
        return GraphEdge.Consumed;
    }

    private void DetachWaiting(CryptoQueue queue)
    {
        for (int i = queue.Taken; i < queue.Count; i++)
        {
            int index = queue.Jobs[i].Cookie;
            if (index != Detached)
            {
                _edges[index] = GraphEdge.Consumed;
                queue.Jobs[i].Cookie = Detached;
            }
        }
    }

    // The engine gets what has gathered; when the places run out, it completes everything.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Advance(CryptoQueue queue, int until)
    {
        bool isFull = queue.Count == CryptoQueue.Capacity;
        if (isFull)
        {
            Detach(until);
            queue.Drain();
        }
        else
        {
            queue.Submit();
        }

        if (isFull || queue.IsImmediate)
        {
            Take(queue, isDrained: isFull);
        }
    }

    // Lets packets go from the front as far as they are complete. What is not after a drain has failed.
    private void Take(CryptoQueue queue, bool isDrained)
    {
        int failed = 0;
        int i = queue.Taken;
        for (; i < queue.Submitted; i++)
        {
            CryptoJob* job = queue.Jobs + i;
            CryptoStatus status = job->Status;
            if (status == CryptoStatus.Pending && !isDrained)
            {
                break;
            }

            if (status == CryptoStatus.Completed)
            {
                if (job->Cookie == Detached)
                {
                    worker.Enqueue(LocalOut(job->Packet), job->Packet);
                }

                continue;
            }

            failed++;
            if (job->Cookie == Detached)
            {
                worker.Free(job->Packet);
            }
            else
            {
                _edges[job->Cookie] = GraphEdge.Drop;
            }
        }

        queue.TakenUntil(i);
        if (failed > 0)
        {
            tables.Drops.Add((int)EspDrop.CryptoFailed, failed);
        }
    }

    // Where an outer packet goes.
    private int LocalOut(nint handle)
    {
        if (_localOut < 0)
        {
            _localOut = worker.NodeIndex(KernelNodes.Ip4LocalOut);
            _outer6 = worker.NodeIndex(EspOuter6Node.NodeName);
            _ah = worker.NodeIndex(AhEncryptNode.BundleName);
        }

        // Safe: the packet begins with a whole outer header.
        byte* outer = PacketBuffer.At(handle).Start;
        return Outer6.IsFirst(outer[OuterDestination]) ? _outer6 : outer[OuterProtocol] == AhHeader.Protocol ? _ah : _localOut;
    }

    private readonly struct NoIv : IKind
    {
        public static int IvBytes => 0;

        public static bool IsCombined => false;
    }

    private readonly struct EightByteIv : IKind
    {
        public static int IvBytes => 8;

        public static bool IsCombined => false;
    }

    private readonly struct SixteenByteIv : IKind
    {
        public static int IvBytes => 16;

        public static bool IsCombined => false;
    }

    private readonly struct CounterIv : IKind
    {
        public static int IvBytes => 8;

        public static bool IsCombined => true;
    }
}
