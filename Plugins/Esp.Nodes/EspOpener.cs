using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using RouterOS.Abstractions.Crypto;
using RouterOS.Esp.Wire;
using RouterOS.Forwarding;
using RouterOS.Packets;

namespace RouterOS.Esp.Nodes;

/// <summary>Checks what the engines have deciphered, and lets the inner packets go in order.</summary>
internal sealed unsafe class EspOpener(EspTables tables, WorkerServices worker)
{
    private const ushort InputEdge = 0;
    private const int Detached = -1;
    private const int EcnMask = 3;
    private const int CongestionExperienced = 3;
    private const int LongestVectorPadding = 16;

    // How far ahead memory is asked for.
    private const int Ahead = 3;

    // The queue used last: mostly the next one, too.
    private CryptoQueue? _queue;
    private int _queueNumber = -1;
    private int _input = -1;
    private long _keptSince;

    /// <summary>The queue of an SA's engine, with a place free.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public CryptoQueue QueueOf(SaRecord* sa, Span<ushort> edges)
    {
        CryptoQueue queue = sa->Queue == _queueNumber ? _queue! : Choose(sa->Queue);
        if (queue.Count == CryptoQueue.Capacity)
        {
            MakeRoom(queue, edges);
        }

        return queue;
    }

    /// <summary>A job was added; the edge of its packet until it is done.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Added(CryptoQueue queue)
    {
        if (queue.Count - queue.Submitted == CryptoQueue.Fill)
        {
            queue.Submit();
        }

        return GraphEdge.Consumed;
    }

    /// <summary>The batch is over: completes it, or (<paramref name="keep"/>) leaves to the engines what is not complete yet.</summary>
    public void EndOfBatch(Span<ushort> edges, bool keep)
    {
        foreach (CryptoQueue queue in tables.DecryptQueues)
        {
            if (queue.Waiting == 0)
            {
                continue;
            }

            if (keep)
            {
                Detach(queue);
            }
            else
            {
                queue.Drain();
            }

            Take(queue, edges, isDrained: !keep);
        }
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

    // The last `bytes` of the 16 bytes before each end are compared, all of them whatever they are: constant time.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsSameTag(byte* leftEnd, byte* rightEnd, int bytes)
    {
        Vector128<byte> difference = Vector128.Load(leftEnd - CryptoQueue.TagRoom) ^ Vector128.Load(rightEnd - CryptoQueue.TagRoom);
        Vector128<byte> counted = Vector128.GreaterThanOrEqual(
            Vector128<byte>.Indices, Vector128.Create((byte)(CryptoQueue.TagRoom - bytes)));
        return (difference & counted) == Vector128<byte>.Zero;
    }

    private static void CopyCongestion(byte* inner)
    {
        // RFC 6040 section 4.2: a mark set on the way moves to an inner packet that takes part in ECN.
        if ((inner[1] & EcnMask) is 1 or 2)
        {
            ushort before = BinaryPrimitives.ReadUInt16BigEndian(new ReadOnlySpan<byte>(inner, 2));
            inner[1] |= CongestionExperienced;
            ushort after = (ushort)(before | CongestionExperienced);
            Span<byte> checksum = new(inner + 10, 2);
            BinaryPrimitives.WriteUInt16BigEndian(
                checksum, InternetChecksum.Update(BinaryPrimitives.ReadUInt16BigEndian(checksum), before, after));
        }
    }

    // Bytes before the padding, or -1 where the trailer is wrong.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int PayloadLength(byte* text, int bytes)
    {
        // Safe: every text has a block at least, and 16 bytes lie before it in the packet: header, SPI and number.
        byte* end = text + bytes - EspTrailer.Length;
        int padding = *end;
        int payload = bytes - EspTrailer.Length - padding;
        if (padding > LongestVectorPadding)
        {
            return EspTrailer.TryParse(new ReadOnlySpan<byte>(text, bytes), out EspTrailer trailer, out _) ? trailer.PayloadLength : -1;
        }

        // The padding is 1, 2, 3 …: place p of the 16 bytes before the pad length holds p - (16 - padding) + 1.
        Vector128<byte> first = Vector128.Create((byte)(LongestVectorPadding - padding));
        Vector128<byte> places = Vector128<byte>.Indices;
        Vector128<byte> expected = places - first + Vector128<byte>.One;
        Vector128<byte> wrong = (Vector128.Load(end - LongestVectorPadding) ^ expected) & Vector128.GreaterThanOrEqual(places, first);
        return wrong == Vector128<byte>.Zero ? payload : -1;
    }

    // Length of the IPv4 packet in the text, or 0 when there is none.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int InnerLength(byte* text, int bytes)
    {
        if (bytes < Ipv4Header.MinimumLength || text[0] >> 4 != 4)
        {
            return 0;
        }

        int headerLength = (text[0] & 0x0f) * 4;
        int total = (text[2] << 8) | text[3];
        // Bytes behind the packet are traffic-flow padding (RFC 4303 section 2.7).
        return headerLength >= Ipv4Header.MinimumLength && total >= headerLength && total <= bytes ? total : 0;
    }

    // The packets of the batch's edges are put into the graph once they are done.
    private static void Detach(CryptoQueue queue)
    {
        for (int i = queue.Taken; i < queue.Count; i++)
        {
            queue.Jobs[i].Cookie = Detached;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private CryptoQueue Choose(int number)
    {
        _queueNumber = number;
        _queue = tables.DecryptQueues[number];
        return _queue;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void MakeRoom(CryptoQueue queue, Span<ushort> edges)
    {
        // Only a batch after one that was kept comes here. Its own packets must not overtake: they all leave the same way.
        Detach(queue);
        queue.Drain();
        Take(queue, edges, isDrained: true);
    }

    // Lets packets go from the front as far as they are complete. What is not after a drain has failed.
    private void Take(CryptoQueue queue, Span<ushort> edges, bool isDrained)
    {
        int i = queue.Taken;
        int submitted = queue.Submitted;
        CryptoJob* jobs = queue.Jobs;
        for (; i < submitted; i++)
        {
            CryptoJob* job = jobs + i;
            if (job->Status == CryptoStatus.Pending && !isDrained)
            {
                break;
            }

            if (i + Ahead < submitted)
            {
                CryptoJob* next = jobs + i + Ahead;
                Cache.Prefetch((byte*)next->Packet);
                Cache.Prefetch((byte*)next->Cipher);
                Cache.Prefetch((byte*)next->Cipher + next->CipherBytes);
            }

            ushort edge = Finish(job, queue.Contexts + i, queue.Tags + ((i + 1) * CryptoQueue.TagRoom));
            if (job->Cookie != Detached)
            {
                edges[job->Cookie] = edge;
            }
            else
            {
                Send(job->Packet, edge);
            }
        }

        queue.Taken = i;
        if (i == queue.Count)
        {
            queue.Reset();
        }
    }

    private void Send(nint handle, ushort edge)
    {
        if (edge != InputEdge)
        {
            worker.Free(handle);
            return;
        }

        if (_input < 0)
        {
            _input = worker.NodeIndex(KernelNodes.Ip4Input);
        }

        worker.Enqueue(_input, handle);
    }

    private ushort Finish(CryptoJob* job, DecryptContext* context, byte* tagEnd)
    {
        ref PacketBuffer packet = ref PacketBuffer.At(job->Packet);
        // Safe: whoever takes an SA out has the queues emptied first.
        SaRecord* sa = context->Sa;
        SaRuntimeRecord* row = sa->Row;
        if (job->Status != CryptoStatus.Completed)
        {
            return Drop(EspDrop.CryptoFailed);
        }

        byte* text = (byte*)job->Cipher;
        int bytes = job->CipherBytes;
        int tag = sa->Tag;
        if (!IsSameTag(text + bytes + tag, tagEnd, tag))
        {
            row->AuthenticationFailed++;
            return Drop(EspDrop.AuthenticationFailed);
        }

        uint sequence = context->Sequence;
        bool isNewest = sequence > row->Sequence;
        if (sa->WindowPackets != 0)
        {
            // Again: the same number may be in this batch twice.
            if (!ReplayWindow.IsFresh(row, sa->WindowPackets, sequence))
            {
                row->Replayed++;
                return Drop(EspDrop.Replayed);
            }

            ReplayWindow.Accept(row, sequence);
        }
        else if (isNewest)
        {
            row->Sequence = sequence;
        }

        if (isNewest && (sa->Flags & SaFlags.InUdp) != 0 && context->PeerPort != 0 && tag != 0)
        {
            SeePeer(sa, context);
        }

        return Open(ref packet, sa, text, bytes, context->OuterTos);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ushort Open(ref PacketBuffer packet, SaRecord* sa, byte* text, int bytes, byte outerTos)
    {
        SaRuntimeRecord* row = sa->Row;
        int payload = PayloadLength(text, bytes);
        byte nextHeader = text[bytes - 1];
        if ((sa->Flags & SaFlags.Transport) != 0)
        {
            return OpenTransport(ref packet, sa, text, payload, nextHeader);
        }

        if (payload < 0 || nextHeader != EspTrailer.Ipv4)
        {
            return BadTrailer(row, payload, nextHeader);
        }

        int length = InnerLength(text, payload);
        if (length == 0)
        {
            row->DecryptionFailed++;
            return Drop(EspDrop.DecryptionFailed);
        }

        if ((sa->Flags & SaFlags.AnySelector) == 0 && !sa->Selector.Matches(new ReadOnlySpan<byte>(text, length)))
        {
            row->SelectorMismatch++;
            return Drop(EspDrop.InboundSelector);
        }

        if ((outerTos & EcnMask) == CongestionExperienced)
        {
            CopyCongestion(text);
        }

        row->Packets++;
        row->Bytes += (uint)length;
        packet.Offset += (int)(text - packet.Start);
        packet.Length = length;
        packet.Flags = PacketFlags.None;
        packet.EgressInterface = 0;
        packet.Instance = sa->Instance;
        packet.Protection = sa->Protection;
        packet.RequiredProtection = 0;
        packet.NextHop = 0;
        packet.AvoidProtection = 0;
        if (sa->Interface != 0)
        {
            packet.IngressInterface = sa->Interface;
        }

        return InputEdge;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ushort OpenTransport(ref PacketBuffer packet, SaRecord* sa, byte* text, int payload, byte nextHeader)
    {
        if (payload <= 0 || nextHeader == EspTrailer.NoNextHeader)
        {
            return BadTrailer(sa->Row, payload, nextHeader);
        }

        // Safe: the packet's header lies before the text, and has its length.
        byte* header = packet.Start;
        return TransportPacket.Open(ref packet, tables.Records.Owner(sa), header, (header[0] & 0x0f) * 4, text, payload, nextHeader)
            ? InputEdge
            : Drop(EspDrop.InboundSelector);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ushort BadTrailer(SaRuntimeRecord* row, int payload, byte nextHeader)
    {
        if (payload >= 0 && nextHeader == EspTrailer.NoNextHeader)
        {
            return Drop(EspDrop.Dummy);
        }

        row->BadTrailer++;
        return Drop(EspDrop.BadTrailer);
    }

    // RFC 3948 section 4 and RFC 7296 section 2.23: only a packet that is authentic and newer than all before it says where the peer is.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void SeePeer(SaRecord* sa, DecryptContext* context)
    {
        if (context->PeerAddress != *(uint*)(sa->Outer + 16) || context->PeerPort != *(ushort*)(sa->Outer + 22)
            || (sa->Flags & SaFlags.PeerMoved) != 0)
        {
            PeerMoved(sa, context);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void PeerMoved(SaRecord* sa, DecryptContext* context)
    {
        Protection protection = tables.Records.Owner(sa).Protection;
        bool isBack = context->PeerAddress == *(uint*)(sa->Outer + 16) && context->PeerPort == *(ushort*)(sa->Outer + 22);
        if (isBack)
        {
            protection.SawPeer(0, 0, worker.NowNanoseconds);
        }
        else if (protection.SawPeer(
            BinaryPrimitives.ReverseEndianness(context->PeerAddress), BinaryPrimitives.ReverseEndianness(context->PeerPort),
            worker.NowNanoseconds))
        {
            worker.RaiseEvent(EspTables.ProtectionTable, protection.Key, "peer-moved");
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ushort Drop(EspDrop reason)
    {
        tables.Drops.Add((int)reason, 1);
        return GraphEdge.Drop;
    }
}
