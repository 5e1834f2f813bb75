using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RouterOS.Abstractions.Crypto;
using RouterOS.Esp.Wire;
using RouterOS.Forwarding;
using RouterOS.Packets;

namespace RouterOS.Esp.Nodes;

/// <summary>Finds the SA of ESP packets to this router, drops what is not worth any cryptography, and has the rest opened.</summary>
/// <remarks>
/// In: whole local packets of protocol 50, or of UDP that carries ESP, IPv4 header in front. Out: IPv4 packets with <c>Protection</c> and
/// <c>IngressInterface</c> set, as received by the protection's interface.
/// </remarks>
internal sealed unsafe class EspDecryptNode : GraphNode
{
    /// <summary>Name in the graph.</summary>
    public const string NodeName = "esp-decrypt";

    private const int BatchPackets = 256;

    // Few enough that what the look-ups have read is still in the first-level cache when it is read again.
    private const int ChunkPackets = 32;
    private const byte Udp = (byte)IpProtocol.Udp;

    // How far ahead memory is asked for.
    private const int Ahead = 4;

    private readonly EspTables _tables;
    private readonly EspOpener _opener;
    private readonly WorkerServices _worker;
    private readonly SaRecord** _found = (SaRecord**)NativeMemory.Alloc(BatchPackets, (nuint)sizeof(nint));
    private readonly int[] _headers = new int[BatchPackets];

    public EspDecryptNode(EspTables tables, WorkerServices worker)
        : base(NodeName, KernelNodes.Ip4Input)
    {
        _tables = tables;
        _worker = worker;
        _opener = new EspOpener(tables, worker);
    }

    /// <inheritdoc/>
    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        for (int first = 0; first < packets.Length; first += ChunkPackets)
        {
            int end = Math.Min(first + ChunkPackets, packets.Length);
            Find(packets, first, end);
            for (int i = first; i < end; i++)
            {
                edges[i] = Prepare(packets[i], _found[i], _headers[i], i, edges);
            }
        }

        _opener.EndOfBatch(edges, keep: _worker.InputWaits);
    }

    /// <summary>The graph is empty: completes what was begun unless more packets are about to come.</summary>
    public void EndOfRound() => _opener.EndOfRound(keep: _worker.InputWaits);

    /// <summary>Completes every packet begun, before an SA changes.</summary>
    public void Settle() => _opener.EndOfRound(keep: false);

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

            if (i + (Ahead / 2) < packets.Length)
            {
                Cache.Prefetch(At(packets[i + (Ahead / 2)]).Start);
            }

            SaRecord* sa = Find(ref At(packets[i]), out _headers[i]);
            found[i] = sa;
            Cache.Prefetch(sa);
            if (i >= first + Ahead && found[i - Ahead] != null && found[i - Ahead]->Row != null)
            {
                SaRuntimeRecord* row = found[i - Ahead]->Row;
                Cache.Prefetch(row);
                Cache.Prefetch(row->Window);
            }
        }
    }

    // Null for what is no ESP packet.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private SaRecord* Find(ref PacketBuffer packet, out int header)
    {
        byte* ip = packet.Start;
        int length = packet.Length;
        header = 0;
        if (length < Ipv4Header.MinimumLength)
        {
            return null;
        }

        header = (ip[0] & 0x0f) * 4;
        header += ip[9] == Udp ? EspSizes.UdpHeader : 0;
        if (header < Ipv4Header.MinimumLength || header + EspHeader.Length > length)
        {
            return null;
        }

        uint spi = *(uint*)(ip + header);
        // SPIs below 256 are the ones whose first three bytes are 0.
        return (spi & 0x00FFFFFF) == 0 ? null : _tables.InboundOf(spi);
    }

    private ushort Prepare(nint handle, SaRecord* sa, int header, int index, Span<ushort> edges)
    {
        ref PacketBuffer packet = ref At(handle);
        if (sa == null)
        {
            return Drop(EspDrop.BadHeader);
        }

        if (sa->Protection == 0)
        {
            return NotHere(handle, sa);
        }

        // Safe: header and ESP header fit the packet.
        byte* ip = packet.Start;
        byte* esp = ip + header;
        int front = EspHeader.Length + sa->Iv;
        int tag = sa->Tag;
        int text = packet.Length - header - front - tag;
        SaRuntimeRecord* row = sa->Row;
        if (text <= sa->BlockMask || (text & sa->BlockMask) != 0)
        {
            row->BadHeader++;
            return Drop(EspDrop.BadHeader);
        }

        // A first look, before any cryptography; what counts is the second one, after the integrity check.
        uint sequence = BinaryPrimitives.ReverseEndianness(*(uint*)(esp + 4));
        if (sa->WindowPackets != 0 && !ReplayWindow.IsFresh(row, sa->WindowPackets, sequence))
        {
            row->Replayed++;
            return Drop(EspDrop.Replayed);
        }

        if (row->Bytes >= sa->BytesAlarm && _tables.Records.Owner(sa).CheckLimits(_tables.Raise) is { } reason)
        {
            return Drop(reason);
        }

        CryptoQueue queue = _opener.QueueOf(sa, edges);
        int place = queue.Count;
        DecryptContext* context = queue.Contexts + place;
        context->Sa = sa;
        context->Sequence = sequence;
        context->PeerAddress = *(uint*)(ip + 12);
        context->PeerPort = ip[9] == Udp ? *(ushort*)(esp - EspSizes.UdpHeader) : (ushort)0;
        context->OuterTos = ip[1];

        CryptoJob* job = queue.Jobs + place;
        job->Packet = handle;
        job->Key = sa->CryptoKey;
        job->Cipher = (nint)(esp + front);
        job->Hash = (nint)esp;
        job->Iv = (nint)(esp + EspHeader.Length);
        // The computed tag ends where its place ends, so that both tags can be compared as the last 16 bytes of something.
        job->Tag = (nint)(queue.Tags + ((place + 1) * CryptoQueue.TagRoom) - tag);
        job->CipherBytes = text;
        job->HashBytes = (sa->Flags & SaFlags.Combined) != 0 ? EspHeader.Length : front + text;
        job->Cookie = index;
        job->Status = CryptoStatus.Pending;
        queue.Count = place + 1;
        return EspOpener.Added(queue);
    }

    // Another worker's SA, or nobody's.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private ushort NotHere(nint handle, SaRecord* sa)
    {
        if ((sa->Flags & SaFlags.Foreign) == 0)
        {
            return Drop(EspDrop.UnknownSpi);
        }

        _worker.HandOff((int)sa->Number, _worker.NodeIndex(NodeName), handle);
        return GraphEdge.Consumed;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ushort Drop(EspDrop reason)
    {
        _tables.Drops.Add((int)reason, 1);
        return GraphEdge.Drop;
    }
}
