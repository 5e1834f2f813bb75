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
    private const ushort Input6Edge = 1;
    private const int Detached = -1;
    private const int LongestVectorPadding = 16;

    // Where the destination of the outer header stands.
    private const int OuterDestination = 16;

    // How far ahead memory is asked for.
    private const int Ahead = 3;

    private const int FewJobs = 16;

    // The queue used last: mostly the next one, too.
    private CryptoQueue? _queue;
    private int _queueNumber = -1;
    private int _input = -1;
    private int _input6;
    private RoundHold _hold;
    // The current batch, which stays where it is until its end.
    private nint* _packets;
    private ushort* _edges;

    /// <summary>A batch begins; both arrays stay until <see cref="EndOfBatch"/>.</summary>
    public void Begin(nint* packets, ushort* edges)
    {
        _packets = packets;
        _edges = edges;
    }

    /// <summary>Bytes of a packet's text.</summary>
    /// <param name="sa">Its SA.</param>
    /// <param name="length">Bytes of the packet.</param>
    /// <param name="header">Bytes in front of the ESP header.</param>
    public static int TextLength(SaRecord* sa, int length, int header) => length - header - EspHeader.Length - sa->Iv - sa->Tag;

    /// <summary>True for a length that a text can have.</summary>
    public static bool IsText(SaRecord* sa, int text) => text > sa->BlockMask && (text & sa->BlockMask) == 0;

    /// <summary>The number of a packet, from its ESP header.</summary>
    public static uint SequenceOf(byte* esp) => BinaryPrimitives.ReverseEndianness(*(uint*)(esp + 4));

    /// <summary>The same of an SA that may have extended sequence numbers: the whole number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong NumberOf(SaRecord* sa, byte* esp) => (sa->Flags & SaFlags.Extended) == 0 ? SequenceOf(esp)
        : ReplayWindow.Infer(sa->Row->Sequence, sa->WindowPackets, SequenceOf(esp));

    /// <summary>The edge of a packet of the batch as far as it is known.</summary>
    public ushort EdgeOf(int index) => _edges[index];

    /// <summary>Has packets of one SA deciphered, from a place of the batch on, as long as nothing is special about them.</summary>
    /// <param name="first">The first packet.</param>
    /// <param name="end">Where the packets that were looked up end.</param>
    /// <param name="found">The SA of each packet.</param>
    /// <param name="headers">Bytes in front of the ESP header of each packet.</param>
    /// <returns>Packets taken, whose edges are set in time; the next one needs to be looked at closely, or is simply next.</returns>
    public int Open(int first, int end, SaRecord** found, int* headers)
    {
        SaRecord* sa = found[first];
        CryptoQueue queue = sa->Queue == _queueNumber ? _queue! : Choose(sa->Queue);
        if (queue.Count == CryptoQueue.Capacity)
        {
            MakeRoom(queue, first);
        }

        SaRuntimeRecord* row = sa->Row;
        if (row->Bytes >= sa->BytesAlarm)
        {
            return 0;
        }

        end = Math.Min(end, first + queue.UntilFull);
        int place = queue.Count;
        CryptoJob* job = queue.Jobs + place;
        SaRecord** sas = queue.Sas + place;
        int tag = sa->Tag;
        int front = EspHeader.Length + sa->Iv;
        // The computed tag ends where its place ends, so that both tags can be compared as the last 16 bytes of something.
        byte* tags = queue.TagEnd(place) - tag;
        bool isCombined = (sa->Flags & SaFlags.Combined) != 0;
        uint window = sa->WindowPackets;
        ulong top = row->Sequence;
        bool isExtended = (sa->Flags & SaFlags.Extended) != 0;
        // Of a bundle: only what AH of the same protection has let through.
        uint cameBy = sa->Bundle != 0 ? sa->Protection : 0;
        int i = first;
        for (; i < end && found[i] == sa; i++)
        {
            PacketBuffer* packet = (PacketBuffer*)_packets[i];
            // Safe: header and ESP header fit the packet.
            byte* esp = packet->Start + headers[i];
            int text = TextLength(sa, packet->Length, headers[i]);
            // A first look, before any cryptography; what counts is the second one, after the integrity check.
            ulong sequence = isExtended ? NumberOf(sa, esp) : SequenceOf(esp);
            if (!IsText(sa, text) || (cameBy != 0 && packet->Protection != cameBy) || (window != 0 && sequence <= top && !ReplayWindow.IsFresh(sa, sequence)))
            {
                break;
            }

            job->Packet = (nint)packet;
            job->Key = sa->CryptoKey;
            job->Cipher = (nint)(esp + front);
            job->Hash = (nint)esp;
            job->Iv = (nint)(esp + EspHeader.Length);
            job->Tag = (nint)tags;
            job->CipherBytes = text;
            job->HashBytes = isCombined ? EspHeader.Length : front + text;
            job->Cookie = i;
            job->Status = CryptoStatus.Pending;
            if (isExtended)
            {
                Extend(queue.Extended + (job - queue.Jobs), job, sa, sequence, isCombined);
            }

            job++;
            *sas++ = sa;
            tags += CryptoQueue.TagStep;
            _edges[i] = GraphEdge.Consumed;
            // The tag, which no engine reads.
            Cache.Prefetch(esp + front + text + tag - 1);
        }

        queue.Count += i - first;
        if (queue.UntilFull == 0)
        {
            queue.Submit();
            if (queue.IsImmediate)
            {
                Take(queue, isDrained: false);
            }
        }

        return i - first;
    }

    /// <summary>The batch is over: completes it, or (<paramref name="keep"/>) leaves to the engines what is not complete yet.</summary>
    public void EndOfBatch(bool keep)
    {
        foreach (CryptoQueue queue in tables.DecryptQueues)
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
            Detach(queue);
        }
    }

    /// <summary>The round is over: completes everything, or (<paramref name="keep"/>) keeps it for one round more.</summary>
    public void EndOfRound(bool keep)
    {
        if (!_hold.Holds(keep, worker.NowNanoseconds))
        {
            EndOfBatch(keep: false);
        }
    }

    // The tag is kept elsewhere, for where it lies the upper half of the number is authenticated.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Extend(ExtendedJob* extended, CryptoJob* job, SaRecord* sa, ulong sequence, bool isCombined)
    {
        extended->Sequence = sequence;
        byte* tag = (byte*)job->Cipher + job->CipherBytes;
        Buffer.MemoryCopy(tag, extended->Tag + CryptoQueue.TagRoom - sa->Tag, sa->Tag, sa->Tag);
        if (isCombined)
        {
            ExtendedJob.WriteAdditional(extended->Additional, sa->WireSpi, sequence);
            job->Hash = (nint)extended->Additional;
            job->HashBytes = ExtendedJob.AdditionalBytes;
        }
        else
        {
            ExtendedJob.WriteHalf(tag, sequence);
            job->HashBytes += ExtendedJob.HalfBytes;
        }
    }

    // The counted ones of the 16 bytes before each end are compared, all of them whatever they are: constant time.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsSameTag(byte* leftEnd, byte* rightEnd, Vector128<byte> counted)
    {
        Vector128<byte> difference = Vector128.Load(leftEnd - CryptoQueue.TagRoom) ^ Vector128.Load(rightEnd - CryptoQueue.TagRoom);
        return (difference & counted) == Vector128<byte>.Zero;
    }

    // Which of the 16 bytes before a tag's end are the tag's.
    private static Vector128<byte> TagMask(int bytes) =>
        Vector128.GreaterThanOrEqual(Vector128<byte>.Indices, Vector128.Create((byte)(CryptoQueue.TagRoom - bytes)));

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
    private void MakeRoom(CryptoQueue queue, int until)
    {
        // Only a batch after one that was kept comes here. Its own packets must not overtake: they all leave the same way.
        for (int i = 0; i < until; i++)
        {
            if (_edges[i] is InputEdge or Input6Edge)
            {
                Send(_packets[i], _edges[i]);
                _edges[i] = GraphEdge.Consumed;
            }
        }

        Detach(queue);
        queue.Drain();
        Take(queue, isDrained: true);
    }

    // Lets packets go from the front as far as they are complete. What is not after a drain has failed.
    private void Take(CryptoQueue queue, bool isDrained)
    {
        int i = queue.Taken;
        while (i < queue.Submitted)
        {
            int next = Finish(queue, i, isDrained);
            if (next == i)
            {
                break;
            }

            i = next;
        }

        queue.TakenUntil(i);
    }

    private void Send(nint handle, ushort edge)
    {
        if (edge is not (InputEdge or Input6Edge))
        {
            worker.Free(handle);
            return;
        }

        if (_input < 0)
        {
            _input = worker.NodeIndex(KernelNodes.Ip4Input);
            _input6 = worker.NodeIndex(KernelNodes.Ip6Input);
        }

        worker.Enqueue(edge == InputEdge ? _input : _input6, handle);
    }

    // The packets of one SA from a place on, as far as they are complete. Returns where it stopped.
    private int Finish(CryptoQueue queue, int first, bool isDrained)
    {
        int end = queue.Submitted;
        CryptoJob* jobs = queue.Jobs;
        SaRecord** sas = queue.Sas;
        // Safe: whoever takes an SA out has the queues emptied first.
        SaRecord* sa = sas[first];
        SaRuntimeRecord* row = sa->Row;
        int tag = sa->Tag;
        Vector128<byte> tagMask = TagMask(tag);
        byte* tagEnd = queue.TagEnd(first);
        uint window = sa->WindowPackets;
        bool seesPeer = (sa->Flags & SaFlags.InUdp) != 0 && tag != 0;
        bool anyPacket = (sa->Flags & SaFlags.AnySelector) != 0;
        bool isTransport = (sa->Flags & SaFlags.Transport) != 0;
        bool isExtended = (sa->Flags & SaFlags.Extended) != 0;
        int front = EspHeader.Length + sa->Iv;
        uint ingress = sa->Interface;
        // What few jobs have written is at hand.
        bool isFar = end - first > FewJobs;
        ulong opened = 0;
        ulong bytes = 0;
        ulong outside = 0;
        uint more = Outer6.IsFirst(sa->Outer[OuterDestination]) ? Outer6.MoreBytes : 0u;
        int i = first;
        for (; i < end && sas[i] == sa; i++, tagEnd += CryptoQueue.TagStep)
        {
            CryptoJob* job = jobs + i;
            if (job->Status == CryptoStatus.Pending && !isDrained)
            {
                break;
            }

            if (isFar && i + Ahead < end)
            {
                CryptoJob* next = job + Ahead;
                Cache.Prefetch((byte*)next->Packet);
                Cache.Prefetch((byte*)next->Cipher);
                Cache.Prefetch((byte*)next->Cipher + next->CipherBytes);
            }

            PacketBuffer* packet = (PacketBuffer*)job->Packet;
            byte* text = (byte*)job->Cipher;
            int textLength = job->CipherBytes;
            byte* esp = text - front;
            byte* wireTagEnd = isExtended ? queue.Extended[i].Tag + CryptoQueue.TagRoom : text + textLength + tag;
            ushort edge;
            if (job->Status != CryptoStatus.Completed)
            {
                edge = Drop(EspDrop.CryptoFailed);
            }
            else if (!IsSameTag(wireTagEnd, tagEnd, tagMask))
            {
                row->AuthenticationFailed++;
                edge = Drop(EspDrop.AuthenticationFailed);
            }
            else if (!Accept(sa, row, window, isExtended ? queue.Extended[i].Sequence : SequenceOf(esp), out bool isNewest))
            {
                row->Replayed++;
                edge = Drop(EspDrop.Replayed);
            }
            else
            {
                byte* ip = packet->Start;
                if (isNewest && seesPeer && ip[9] == (byte)IpProtocol.Udp)
                {
                    SeePeer(sa, ip, esp);
                }

                int length = isTransport ? 0 : InnerPacket.Length(text, PayloadLength(text, textLength));
                if (isTransport)
                {
                    edge = OpenTransport(packet, sa, text, textLength);
                }
                else if (length <= 0 || text[textLength - 1] != EspTrailer.Ipv4
                    || (!anyPacket && !sa->Selector.Matches(new ReadOnlySpan<byte>(text, length))))
                {
                    edge = text[textLength - 1] == (byte)IpProtocol.Ipv6 ? OpenVersion6(packet, sa, text, textLength) : WhyNot(row, text, textLength);
                }
                else
                {
                    if ((ip[1] & InnerPacket.EcnMask) == InnerPacket.CongestionExperienced)
                    {
                        InnerPacket.CopyCongestion(text);
                    }

                    opened++;
                    bytes += (uint)length;
                    outside += (uint)packet->Length + more;
                    packet->EnterPath(
                        (int)(text - (byte*)packet) - PacketBuffer.MetadataBytes, length, PacketFlags.None,
                        ingress != 0 ? ingress : packet->IngressInterface, sa->Instance, sa->Protection);
                    packet->AvoidProtection = 0;
                    edge = InputEdge;
                }
            }

            if (job->Cookie != Detached)
            {
                _edges[job->Cookie] = edge;
            }
            else
            {
                Send(job->Packet, edge);
            }
        }

        row->Packets += opened;
        row->Bytes += bytes;
        row->OtherBytes += outside;
        return i;
    }

    // Again, after the first look: the same number may be in this batch twice.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Accept(SaRecord* sa, SaRuntimeRecord* row, uint window, ulong sequence, out bool isNewest)
    {
        isNewest = sequence > row->Sequence;
        if (window != 0)
        {
            if (!isNewest && !ReplayWindow.IsFresh(sa, sequence))
            {
                return false;
            }

            ReplayWindow.Accept(sa, sequence);
        }
        else if (isNewest)
        {
            row->Sequence = sequence;
        }

        return true;
    }

    // A text that says to be an IPv6 packet.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private ushort OpenVersion6(PacketBuffer* packet, SaRecord* sa, byte* text, int bytes)
    {
        int payload = PayloadLength(text, bytes);
        if (payload < 0)
        {
            return BadTrailer(sa->Row, payload, text[bytes - 1]);
        }

        int length = InnerPacket.Length6(text, payload);
        if (length == 0)
        {
            sa->Row->DecryptionFailed++;
            return Drop(EspDrop.DecryptionFailed);
        }

        if (!sa->Selector.Matches(new ReadOnlySpan<byte>(text, length)))
        {
            sa->Row->SelectorMismatch++;
            return Drop(EspDrop.InboundSelector);
        }

        if ((packet->Start[1] & InnerPacket.EcnMask) == InnerPacket.CongestionExperienced)
        {
            InnerPacket.CopyCongestion6(text);
        }

        sa->Row->Packets++;
        sa->Row->Bytes += (uint)length;
        sa->Row->OtherBytes += (uint)(packet->Length + (Outer6.IsFirst(sa->Outer[OuterDestination]) ? Outer6.MoreBytes : 0));
        packet->EnterPath(
            (int)(text - (byte*)packet) - PacketBuffer.MetadataBytes, length, PacketFlags.None,
            sa->Interface != 0 ? sa->Interface : packet->IngressInterface, sa->Instance, sa->Protection);
        packet->AvoidProtection = 0;
        return Input6Edge;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ushort OpenTransport(PacketBuffer* packet, SaRecord* sa, byte* text, int bytes)
    {
        int payload = PayloadLength(text, bytes);
        byte nextHeader = text[bytes - 1];
        if (payload <= 0 || nextHeader == EspTrailer.NoNextHeader)
        {
            return BadTrailer(sa->Row, payload, nextHeader);
        }

        // Safe: the packet's header lies before the text, and has its length.
        byte* header = packet->Start;
        if (Outer6.IsHidden(ref *packet))
        {
            byte* header6 = stackalloc byte[Ipv6Header.Length];
            Outer6.WriteHidden(header, new Span<byte>(header6, Ipv6Header.Length), payload, nextHeader);
            return TransportPacket.Open6(
                ref *packet, tables.Records.Owner(sa), header6, Ipv6Header.Length, text, payload, nextHeader, header[9] == (byte)IpProtocol.Udp,
                packet->Length + Outer6.MoreBytes)
                ? Input6Edge
                : Drop(EspDrop.InboundSelector);
        }

        return TransportPacket.Open(ref *packet, tables.Records.Owner(sa), header, (header[0] & 0x0f) * 4, text, payload, nextHeader)
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

    // An authentic text of a tunnel that is not taken.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private ushort WhyNot(SaRuntimeRecord* row, byte* text, int bytes)
    {
        int payload = PayloadLength(text, bytes);
        byte nextHeader = text[bytes - 1];
        if (payload < 0 || nextHeader != EspTrailer.Ipv4)
        {
            return BadTrailer(row, payload, nextHeader);
        }

        if (InnerPacket.Length(text, payload) == 0)
        {
            row->DecryptionFailed++;
            return Drop(EspDrop.DecryptionFailed);
        }

        row->SelectorMismatch++;
        return Drop(EspDrop.InboundSelector);
    }

    // RFC 3948 section 4 and RFC 7296 section 2.23: only a packet that is authentic and newer than all before it says where the peer is.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void SeePeer(SaRecord* sa, byte* ip, byte* esp)
    {
        uint address = *(uint*)(ip + 12);
        ushort port = *(ushort*)(esp - EspSizes.UdpHeader);
        bool isWhereExpected = address == *(uint*)(sa->Outer + 16) && port == *(ushort*)(sa->Outer + 22);
        if (port != 0 && (!isWhereExpected || (sa->Flags & SaFlags.PeerMoved) != 0))
        {
            PeerMoved(sa, isWhereExpected, ip, port);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void PeerMoved(SaRecord* sa, bool isBack, byte* ip, ushort port)
    {
        Protection protection = tables.Records.Owner(sa).Protection;
        uint address = BinaryPrimitives.ReverseEndianness(*(uint*)(ip + 12));
        if (isBack)
        {
            protection.SawPeer(0, 0, worker.NowNanoseconds);
        }
        else if (Outer6.IsReserved(address) == protection.IsVersion6 && protection.SawPeer(
            address, BinaryPrimitives.ReverseEndianness(port), worker.NowNanoseconds, protection.IsVersion6 ? Outer6.SourceOf(ip) : default))
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
