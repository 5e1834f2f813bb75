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
/// with the engine beyond the batch), all of them are put into the graph instead, so that their order is kept.
/// </remarks>
internal sealed unsafe class EspSealer(EspTables tables, WorkerServices worker)
{
    /// <summary>Index of a packet that is not the batch's own: it is put into the graph once it is done.</summary>
    public const int Detached = -1;

    /// <summary>Edge of outer packets.</summary>
    public const ushort OutEdge = 0;

    // Pad length and next header: IPv4 as the high byte.
    private const ushort Ipv4Trailer = EspTrailer.Ipv4 << 8;

    // More than any padding and tag, and than what is written at a time.
    private const int Tail = 48;

    private const ushort DontFragment = Ipv4Header.DontFragmentBit >> 8;

    private readonly IvPool _ivs = new();
    // The queue used last: mostly the next one, too.
    private CryptoQueue? _queue;
    private int _queueNumber = -1;
    private int _localOut = -1;
    private bool _detached;
    private long _keptSince;
    private ushort _identification;

    /// <summary>Makes the outer packet around the inner one and queues its cryptography.</summary>
    /// <param name="handle">The inner packet.</param>
    /// <param name="sa">The SA that takes it.</param>
    /// <param name="index">Its place in the batch, or <see cref="Detached"/>.</param>
    /// <param name="edges">Edges of the batch.</param>
    /// <returns>The packet's edge; <see cref="GraphEdge.Drop"/> when it was not taken.</returns>
    public ushort Seal(nint handle, SaRecord* sa, int index, Span<ushort> edges)
    {
        ref PacketBuffer packet = ref PacketBuffer.At(handle);
        SaRuntimeRecord* row = sa->Row;
        ulong sequence = row->Sequence + 1;
        if ((row->Bytes >= sa->BytesAlarm || sequence > sa->SequenceAlarm)
            && tables.Records.Owner(sa).CheckLimits(tables.Raise) is { } reason)
        {
            tables.Drops.Add((int)reason, 1);
            return GraphEdge.Drop;
        }

        int innerLength = packet.Length;
        int offset = packet.Offset;
        int front = sa->Front;
        if (offset < front || packet.Capacity - offset - innerLength < Tail)
        {
            return SealElsewhere(handle, sa, edges);
        }

        // Safe: head and tail room have just been checked for everything that is written.
        byte* inner = (byte*)handle + PacketBuffer.MetadataBytes + offset;
        int textLength = (innerLength + EspTrailer.Length + sa->BlockMask) & ~sa->BlockMask;
        Vector128.Create((byte)1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16).Store(inner + innerLength);
        *(ushort*)(inner + textLength - EspTrailer.Length) = (ushort)((textLength - innerLength - EspTrailer.Length) | Ipv4Trailer);
        int length = front + textLength + sa->Tag;
        byte* outer = inner - front;
        WriteOuter(sa, outer, length, inner[1], inner[6]);

        byte* esp = outer + sa->OuterBytes;
        *(uint*)esp = sa->WireSpi;
        *(uint*)(esp + 4) = BinaryPrimitives.ReverseEndianness((uint)sequence);
        bool isCombined = (sa->Flags & SaFlags.Combined) != 0;
        if (sa->Iv == 16)
        {
            _ivs.Take16(esp + EspHeader.Length);
        }
        else if (isCombined)
        {
            // RFC 4106 section 3.1 wants every value once under a key: the number of the packet is that, also over a restart.
            *(ulong*)(esp + EspHeader.Length) = BinaryPrimitives.ReverseEndianness(sequence);
        }
        else if (sa->Iv == 8)
        {
            _ivs.Take8(esp + EspHeader.Length);
        }

        row->Sequence = sequence;
        row->Packets++;
        row->Bytes += (uint)length;

        CryptoQueue queue = sa->Queue == _queueNumber ? _queue! : Choose(sa->Queue);
        CryptoJob* job = queue.Jobs + queue.Count;
        job->Packet = handle;
        job->Key = sa->CryptoKey;
        job->Cipher = (nint)inner;
        job->Hash = (nint)esp;
        job->Iv = (nint)(esp + EspHeader.Length);
        job->Tag = (nint)(inner + textLength);
        job->CipherBytes = textLength;
        job->HashBytes = isCombined ? EspHeader.Length : (int)(inner - esp) + textLength;
        job->Cookie = _detached ? Detached : index;
        job->Status = CryptoStatus.Pending;

        packet.Offset = offset - front;
        packet.Length = length;
        packet.Flags = PacketFlags.LocallyOriginated | PacketFlags.TunnelOuter;
        packet.IngressInterface = 0;
        packet.EgressInterface = 0;
        packet.Instance = sa->Instance;
        packet.Protection = 0;
        packet.RequiredProtection = 0;
        packet.NextHop = 0;
        packet.IcmpReply = 0;
        packet.AvoidProtection = sa->Protection;

        if (++queue.Count - queue.Submitted == CryptoQueue.Fill)
        {
            Advance(queue, edges);
        }

        return _detached ? GraphEdge.Consumed : OutEdge;
    }

    /// <summary>From here on, every packet of the batch, also those sealed before, is put into the graph once it is done.</summary>
    public void Detach(Span<ushort> edges)
    {
        if (_detached)
        {
            return;
        }

        _detached = true;
        foreach (CryptoQueue queue in tables.EncryptQueues)
        {
            for (int i = queue.Taken; i < queue.Count; i++)
            {
                int index = queue.Jobs[i].Cookie;
                if (index != Detached)
                {
                    edges[index] = GraphEdge.Consumed;
                    queue.Jobs[i].Cookie = Detached;
                }
            }
        }
    }

    /// <summary>The batch is over: completes it, or (<paramref name="keep"/>) leaves to the engines what is not complete yet.</summary>
    public void EndOfBatch(Span<ushort> edges, bool keep)
    {
        if (keep)
        {
            Detach(edges);
        }

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

            Take(queue, edges, isDrained: !keep);
        }

        _detached = false;
    }

    /// <summary>The round is over: completes everything, or (<paramref name="keep"/>) keeps it for one round more.</summary>
    public void EndOfRound(bool keep)
    {
        long now = worker.NowNanoseconds;
        if (keep && (_keptSince == 0 || _keptSince == now))
        {
            _keptSince = now;
            return;
        }

        _keptSince = 0;
        EndOfBatch([], keep: false);
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void WriteOuter(SaRecord* sa, byte* outer, int length, byte tos, byte innerFlags)
    {
        // 28 bytes in two pieces; for plain ESP the last 8 are written over.
        Vector128.LoadAligned(sa->Outer).Store(outer);
        Vector128.Load(sa->Outer + SaRecord.OuterRoom - 16).Store(outer + SaRecord.OuterRoom - 16);
        uint wireLength = BinaryPrimitives.ReverseEndianness((ushort)length);
        // It counts up on the wire: only so does Linux merge datagrams of one flow, and take merged ones from us.
        ushort identification = BinaryPrimitives.ReverseEndianness(++_identification);
        // Copied: the inner packet's bit. Set: always.
        uint flags = (uint)((sa->Df == 1 ? innerFlags : sa->Df << 5) & DontFragment);
        *(uint*)outer = 0x45u | ((uint)tos << 8) | (wireLength << 16);
        *(uint*)(outer + 4) = identification | (flags << 16);
        uint sum = sa->HeaderSum + ((uint)tos << 8) + wireLength + identification + flags;
        sum = (sum & 0xffff) + (sum >> 16);
        sum += sum >> 16;
        *(ushort*)(outer + 10) = (ushort)~sum;
        if ((sa->Flags & SaFlags.InUdp) != 0)
        {
            // The checksum stays 0 (RFC 3948 section 2.1).
            *(ushort*)(outer + 24) = BinaryPrimitives.ReverseEndianness((ushort)(length - EspSizes.OuterHeader));
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private CryptoQueue Choose(int number)
    {
        _queueNumber = number;
        _queue = tables.EncryptQueues[number];
        return _queue;
    }

    // The buffer lacks room around the packet (never a fresh one's): seal a copy in a fresh one.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private ushort SealElsewhere(nint handle, SaRecord* sa, Span<ushort> edges)
    {
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
        Detach(edges);
        if (Seal(copy, sa, Detached, edges) == GraphEdge.Drop)
        {
            worker.Free(copy);
            return GraphEdge.Drop;
        }

        worker.Free(handle);
        return GraphEdge.Consumed;
    }

    // The engine gets what has gathered; when the places run out, it completes everything.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Advance(CryptoQueue queue, Span<ushort> edges)
    {
        if (queue.Count < CryptoQueue.Capacity)
        {
            queue.Submit();
            return;
        }

        Detach(edges);
        queue.Drain();
        Take(queue, edges, isDrained: true);
    }

    // Lets packets go from the front as far as they are complete. What is not after a drain has failed.
    private void Take(CryptoQueue queue, Span<ushort> edges, bool isDrained)
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
                    worker.Enqueue(LocalOut(), job->Packet);
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
                edges[job->Cookie] = GraphEdge.Drop;
            }
        }

        queue.Taken = i;
        if (i == queue.Count)
        {
            queue.Reset();
        }

        if (failed > 0)
        {
            tables.Drops.Add((int)EspDrop.CryptoFailed, failed);
        }
    }

    private int LocalOut()
    {
        if (_localOut < 0)
        {
            _localOut = worker.NodeIndex(KernelNodes.Ip4LocalOut);
        }

        return _localOut;
    }
}
