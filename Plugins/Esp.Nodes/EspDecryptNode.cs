using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using RouterOS.Abstractions.Crypto;
using RouterOS.Esp.Wire;
using RouterOS.Forwarding;
using RouterOS.Packets;

namespace RouterOS.Esp.Nodes;

/// <summary>Checks and opens ESP packets, and passes the inner packets on as received by the protection's interface.</summary>
/// <remarks>In: packets of <see cref="EspDecryptPrepareNode"/>. Out: IPv4 packets with <c>Protection</c> and <c>IngressInterface</c> set.</remarks>
internal sealed unsafe class EspDecryptNode : GraphNode
{
    /// <summary>Name in the graph.</summary>
    public const string NodeName = "esp-decrypt";

    private const ushort InputEdge = 0;
    private const int EcnMask = 3;
    private const int CongestionExperienced = 3;

    private readonly EspTables _tables;

    public EspDecryptNode(EspTables tables)
        : base(NodeName, KernelNodes.Ip4Input) => _tables = tables;

    /// <inheritdoc/>
    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        for (int i = 0; i < packets.Length; i++)
        {
            edges[i] = Prepare(packets[i], i);
        }

        foreach (CryptoQueue queue in _tables.DecryptQueues)
        {
            if (queue.Count == 0)
            {
                continue;
            }

            queue.Run();
            for (int i = 0; i < queue.Count; i++)
            {
                edges[queue[i].Cookie] = Finish(ref queue[i]);
            }

            queue.Clear();
        }
    }

    private static bool IsSameTag(byte* left, byte* right, int bytes)
    {
        // Constant time: all bytes are looked at, whatever they are. 12 or 16 bytes; the last word may overlap the one before.
        ulong difference = *(ulong*)left ^ *(ulong*)right;
        return bytes == 12
            ? (difference | (*(uint*)(left + 8) ^ *(uint*)(right + 8))) == 0
            : (difference | (*(ulong*)(left + 8) ^ *(ulong*)(right + 8))) == 0;
    }

    private static void CopyCongestion(byte* inner, byte outerTos)
    {
        // RFC 6040 section 4.2: a mark set on the way moves to an inner packet that takes part in ECN.
        if ((outerTos & EcnMask) == CongestionExperienced && (inner[1] & EcnMask) is 1 or 2)
        {
            ushort before = BinaryPrimitives.ReadUInt16BigEndian(new ReadOnlySpan<byte>(inner, 2));
            inner[1] |= CongestionExperienced;
            ushort after = (ushort)(before | CongestionExperienced);
            Span<byte> checksum = new(inner + 10, 2);
            BinaryPrimitives.WriteUInt16BigEndian(
                checksum, InternetChecksum.Update(BinaryPrimitives.ReadUInt16BigEndian(checksum), before, after));
        }
    }

    // Length of the IPv4 packet in the text, or 0 when there is none.
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

    private ushort Prepare(nint handle, int index)
    {
        ref PacketBuffer packet = ref At(handle);
        ref DecryptScratch scratch = ref DecryptScratch.Of(ref packet);
        SecurityAssociation? sa = _tables.InboundAt(packet.RowIndex);
        if (sa is null || sa.Spi != scratch.Spi)
        {
            // The SA went away while the packet waited.
            return Drop(EspDrop.UnknownSpi);
        }

        if (sa.Row->Bytes >= sa.BytesAlarm && sa.CheckLimits(_tables.Raise, outbound: false) is { } reason)
        {
            return Drop(reason);
        }

        // Safe: the node before has checked that header, IV and tag fit the packet.
        byte* esp = packet.Start + scratch.OuterHeader;
        int front = EspHeader.Length + sa.Sizes.Iv;
        int hashBytes = packet.Length - scratch.OuterHeader - sa.Sizes.Tag;
        byte* tag = sa.Queue.TagOf(sa.Queue.Count);
        ref CryptoJob job = ref sa.Queue.Add();
        job.Packet = handle;
        job.Key = sa.CryptoKey;
        job.Hash = (nint)esp;
        job.Iv = (nint)(esp + EspHeader.Length);
        job.Cipher = (nint)(esp + front);
        job.CipherBytes = hashBytes - front;
        job.HashBytes = hashBytes;
        job.Tag = (nint)tag;
        job.Cookie = index;
        job.Status = CryptoStatus.Pending;
        return GraphEdge.Drop;
    }

    private ushort Finish(ref CryptoJob job)
    {
        ref PacketBuffer packet = ref At(job.Packet);
        // Safe: no row changes within a batch, so the SA of Prepare is still there.
        SecurityAssociation sa = _tables.InboundAt(packet.RowIndex)!;
        ref DecryptScratch scratch = ref DecryptScratch.Of(ref packet);
        SaRuntimeRecord* row = sa.Row;
        if (job.Status != CryptoStatus.Completed)
        {
            return Drop(EspDrop.CryptoFailed);
        }

        if (sa.Sizes.Tag != 0 && !IsSameTag((byte*)job.Tag, (byte*)(job.Hash + job.HashBytes), sa.Sizes.Tag))
        {
            row->AuthenticationFailed++;
            return Drop(EspDrop.AuthenticationFailed);
        }

        if (sa.WindowPackets != 0)
        {
            // Again: the same number may be in this batch twice.
            if (!ReplayWindow.IsFresh(row, sa.WindowPackets, scratch.Sequence))
            {
                row->Replayed++;
                return Drop(EspDrop.Replayed);
            }

            ReplayWindow.Accept(row, scratch.Sequence);
        }
        else if (scratch.Sequence > row->Sequence)
        {
            row->Sequence = scratch.Sequence;
        }

        return Open(ref packet, sa, (byte*)job.Cipher, job.CipherBytes, scratch.OuterTos);
    }

    private ushort Open(ref PacketBuffer packet, SecurityAssociation sa, byte* text, int bytes, byte outerTos)
    {
        SaRuntimeRecord* row = sa.Row;
        if (!EspTrailer.TryParse(new ReadOnlySpan<byte>(text, bytes), out EspTrailer trailer, out _)
            || trailer.NextHeader is not (EspTrailer.Ipv4 or EspTrailer.NoNextHeader))
        {
            row->BadTrailer++;
            return Drop(EspDrop.BadTrailer);
        }

        if (trailer.NextHeader == EspTrailer.NoNextHeader)
        {
            return Drop(EspDrop.Dummy);
        }

        int length = InnerLength(text, trailer.PayloadLength);
        if (length == 0)
        {
            row->DecryptionFailed++;
            return Drop(EspDrop.DecryptionFailed);
        }

        if (!sa.Selector.Matches(new ReadOnlySpan<byte>(text, length)))
        {
            row->SelectorMismatch++;
            return Drop(EspDrop.InboundSelector);
        }

        CopyCongestion(text, outerTos);
        row->Packets++;
        row->Bytes += (uint)length;
        packet.Pull((int)(text - packet.Start));
        packet.Length = length;
        packet.Flags = PacketFlags.None;
        packet.Protection = sa.Protection.Id;
        packet.Instance = sa.Protection.Instance;
        packet.EgressInterface = 0;
        packet.RequiredProtection = 0;
        packet.AvoidProtection = 0;
        packet.NextHop = 0;
        if (sa.Protection.Interface != 0)
        {
            packet.IngressInterface = sa.Protection.Interface;
        }

        return InputEdge;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ushort Drop(EspDrop reason)
    {
        _tables.Drops.Add((int)reason, 1);
        return GraphEdge.Drop;
    }
}
