using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
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
    private readonly int* _headers = (int*)NativeMemory.Alloc(BatchPackets, sizeof(int));

    public EspDecryptNode(EspTables tables, WorkerServices worker)
        : base(NodeName, KernelNodes.Ip4Input, KernelNodes.Ip6Input)
    {
        _tables = tables;
        _worker = worker;
        _opener = new EspOpener(tables, worker);
    }

    /// <inheritdoc/>
    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        if (_worker.Tap is { IsOn: true } tap)
        {
            InboundTap.Show(tap, _tables, packets, spiOffset: 0, isAh: false);
        }

        // Safe: both stay where they are until the batch is over, and there is an edge for every packet.
        fixed (nint* packet = packets)
        fixed (ushort* edge = edges)
        {
            _opener.Begin(packet, edge);
            for (int first = 0; first < packets.Length; first += ChunkPackets)
            {
                int end = Math.Min(first + ChunkPackets, packets.Length);
                Find(packet, first, end, packets.Length);
                for (int i = first; i < end;)
                {
                    SaRecord* sa = _found[i];
                    int done = sa == null || sa->Protection == 0 ? 0 : _opener.Open(i, end, _found, _headers);
                    if (done == 0)
                    {
                        edge[i] = Handle(packet[i], sa, i);
                        done = 1;
                    }

                    i += done;
                }
            }

            _opener.EndOfBatch(keep: _worker.InputWaits);
        }
    }

    /// <summary>The graph is empty: completes what was begun unless more packets are about to come.</summary>
    public void EndOfRound() => _opener.EndOfRound(keep: _worker.InputWaits);

    /// <summary>Completes every packet begun, before an SA changes.</summary>
    public void Settle() => _opener.EndOfRound(keep: false);

    // The look-ups of a chunk, with what they lead to on its way to the cache.
    private void Find(nint* packets, int first, int end, int count)
    {
        SaRecord** found = _found;
        int* headers = _headers;
        uint spiBefore = 0;
        SaRecord* before = null;
        for (int i = first; i < end; i++)
        {
            if (i + Ahead < count)
            {
                byte* next = (byte*)packets[i + Ahead];
                Cache.Prefetch(next);
                Cache.Prefetch(next + 64);
            }

            if (i + (Ahead / 2) < count)
            {
                Cache.Prefetch(At(packets[i + (Ahead / 2)]).Start);
            }

            uint spi = SpiOf(ref At(packets[i]), out headers[i]);
            if (spi != spiBefore)
            {
                spiBefore = spi;
                before = spi == 0 ? null : _tables.InboundOf(spi);
                Cache.Prefetch(before);
            }

            found[i] = before;
            if (i >= first + Ahead && found[i - Ahead] != null && found[i - Ahead]->Row != null)
            {
                Cache.Prefetch(found[i - Ahead]->Row);
                Cache.Prefetch(found[i - Ahead]->Window);
            }
        }
    }

    // As on the wire; 0 for what is no ESP packet.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint SpiOf(ref PacketBuffer packet, out int header)
    {
        byte* ip = packet.Start;
        int length = packet.Length;
        header = 0;
        if (length < Ipv4Header.MinimumLength)
        {
            return 0;
        }

        header = (ip[0] & 0x0f) * 4;
        header += ip[9] == Udp ? EspSizes.UdpHeader : 0;
        if (header < Ipv4Header.MinimumLength || header + EspHeader.Length > length)
        {
            return 0;
        }

        uint spi = *(uint*)(ip + header);
        // SPIs below 256 are the ones whose first three bytes are 0.
        return (spi & 0x00FFFFFF) == 0 ? 0 : spi;
    }

    // A packet at which a run stopped.
    private ushort Handle(nint handle, SaRecord* sa, int index)
    {
        if (sa == null)
        {
            return Drop(EspDrop.BadHeader);
        }

        if (sa->Protection == 0)
        {
            return NotHere(handle, sa);
        }

        ref PacketBuffer packet = ref At(handle);
        if (sa->Bundle != 0 && packet.Protection != sa->Protection)
        {
            return Drop(EspDrop.NotBundled);
        }

        SaRuntimeRecord* row = sa->Row;
        if (!EspOpener.IsText(sa, EspOpener.TextLength(sa, packet.Length, _headers[index])))
        {
            row->BadHeader++;
            return Drop(EspDrop.BadHeader);
        }

        if (sa->WindowPackets != 0 && !ReplayWindow.IsFresh(sa, EspOpener.NumberOf(sa, packet.Start + _headers[index])))
        {
            row->Replayed++;
            return Drop(EspDrop.Replayed);
        }

        // An alarm of the SA is met, and not for good where there is no reason: the next alarm is further on.
        return _tables.Records.Owner(sa).CheckLimits(_tables.Raise) is { } reason ? Drop(reason)
            : _opener.Open(index, index + 1, _found, _headers) == 1 ? _opener.EdgeOf(index)
            : Drop(EspDrop.CryptoFailed);
    }

    // Another worker's SA, or nobody's.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private ushort NotHere(nint handle, SaRecord* sa)
    {
        if ((sa->Flags & SaFlags.Foreign) == 0)
        {
            return UnknownSpi.Take(_tables, _worker, handle);
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
