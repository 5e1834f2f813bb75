using System.Security.Cryptography;
using RouterOS.Abstractions.Crypto;
using RouterOS.Esp.Wire;
using RouterOS.Forwarding;
using RouterOS.Packets;

namespace RouterOS.Esp.Nodes;

/// <summary>Checks AH packets to this router (RFC 4302 section 3.4) and lets the inner packets go on.</summary>
/// <remarks>
/// In: whole local packets of protocol 51 of either family, IP header in front. Out: packets of either family with <c>Protection</c> and <c>IngressInterface</c>
/// set, as received by the protection's interface; of a bundle, packets of ESP with <c>Protection</c> set. A packet never stays beyond its batch.
/// </remarks>
internal sealed unsafe class AhDecryptNode(EspTables tables, WorkerServices worker)
    : GraphNode(NodeName, KernelNodes.Ip4Input, EspDecryptNode.NodeName, KernelNodes.Ip6Input, EspInner6Node.NodeName)
{
    /// <summary>Name in the graph.</summary>
    public const string NodeName = "ah-decrypt";

    private const ushort InputEdge = 0;
    private const ushort EspEdge = 1;
    private const ushort Input6Edge = 2;
    private const ushort Esp6Edge = 3;
    private const byte IpInIp = 4;

    private readonly List<EngineBatch> _batches = [];

    /// <inheritdoc/>
    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        if (worker.Tap is { IsOn: true } tap)
        {
            InboundTap.Show(tap, tables, packets, spiOffset: 4, isAh: true);
        }

        for (int i = 0; i < packets.Length; i++)
        {
            edges[i] = Prepare(packets[i], i);
        }

        foreach (EngineBatch batch in _batches)
        {
            if (batch.Count == 0)
            {
                continue;
            }

            batch.Run();
            for (int i = 0; i < batch.Count; i++)
            {
                edges[batch.Jobs[i].Cookie] = Finish(batch, i);
            }

            batch.Reset();
        }
    }

    private ushort Prepare(nint handle, int index)
    {
        ref PacketBuffer packet = ref At(handle);
        // Safe: every length is checked here, against the packet.
        byte* ip = packet.Start;
        bool isVersion6 = packet.Length > 0 && InnerPacket.IsVersion6(packet.Data);
        int length = isVersion6 ? InnerPacket.Length6(ip, packet.Length) : InnerPacket.Length(ip, packet.Length);
        int header = length == 0 ? 0 : isVersion6 ? HeaderOf6(packet.Data[..length]) : (ip[0] & 0x0f) * 4;
        if (header == 0 || !AhHeader.TryParse(new ReadOnlySpan<byte>(ip + header, length - header), out AhHeader ah, out _))
        {
            return Drop(EspDrop.BadHeader);
        }

        byte* start = ip + header;
        SaRecord* sa = tables.AuthenticatedBy(*(uint*)(start + 4));
        if (sa->Protection == 0)
        {
            return NotHere(handle, sa);
        }

        SaRuntimeRecord* row = sa->Row;
        SecurityAssociation owner = tables.Records.Owner(sa);
        if (!AhHeader.Fits(ah.Length, owner.TagBytes))
        {
            row->BadHeader++;
            return Drop(EspDrop.BadHeader);
        }

        // A first look, before any cryptography; what counts is the second one, after the integrity check.
        bool isExtended = owner.IsExtended;
        ulong sequence = isExtended ? ReplayWindow.Infer(row->Sequence, sa->WindowPackets, ah.Sequence) : ah.Sequence;
        if (sa->WindowPackets != 0 && !ReplayWindow.IsFresh(sa, sequence))
        {
            row->Replayed++;
            return Drop(EspDrop.Replayed);
        }

        if (row->Bytes >= sa->BytesAlarm && owner.CheckLimits(tables.Raise) is { } reason)
        {
            return Drop(reason);
        }

        if (isExtended && packet.Capacity - packet.Offset - length < ExtendedJob.HalfBytes)
        {
            return Drop(EspDrop.NoBuffer);
        }

        EngineBatch batch = EngineBatch.For(_batches, owner);
        AhContext* context = batch.Add(handle, sa, ip, length, index);
        context->Sequence = sequence;
        if (isExtended)
        {
            batch.Extend(sequence);
        }

        context->HeaderBytes = (ushort)header;
        context->AhBytes = (ushort)ah.Length;
        Span<byte> headerBytes = new(ip, header);
        headerBytes.CopyTo(new Span<byte>(context->Header, AhContext.HeaderRoom));
        Span<byte> check = new(start + AhHeader.FixedLength, owner.TagBytes);
        check.CopyTo(new Span<byte>(context->Check, AhContext.CheckRoom));
        check.Clear();
        if (!(isVersion6 ? AhMutableFields6.Clear(new Span<byte>(ip, length), out _) : AhMutableFields.Clear(headerBytes)))
        {
            // It stays in the batch, and fails there.
            context->Sa = null;
        }

        return GraphEdge.Consumed;
    }

    private ushort Finish(EngineBatch batch, int place)
    {
        AhContext* context = batch.Contexts + place;
        CryptoJob* job = batch.Jobs + place;
        SaRecord* sa = context->Sa;
        if (sa == null)
        {
            return Drop(EspDrop.BadHeader);
        }

        if (job->Status != CryptoStatus.Completed)
        {
            return Drop(EspDrop.CryptoFailed);
        }

        SaRuntimeRecord* row = sa->Row;
        SecurityAssociation owner = tables.Records.Owner(sa);
        int tag = owner.TagBytes;
        if (!CryptographicOperations.FixedTimeEquals(
            new ReadOnlySpan<byte>(context->Check, tag), new ReadOnlySpan<byte>(batch.TagOf(place), tag)))
        {
            row->AuthenticationFailed++;
            return Drop(EspDrop.AuthenticationFailed);
        }

        // Again: the same number may be in this batch twice.
        if (!ReplayWindow.TryAccept(sa, context->Sequence))
        {
            row->Replayed++;
            return Drop(EspDrop.Replayed);
        }

        ref PacketBuffer packet = ref At(job->Packet);
        byte* ah = (byte*)job->Hash + context->HeaderBytes;
        if (owner.IsAroundEsp && !IsOfBundle(owner, *ah, ah + context->AhBytes, job->CipherBytes - context->HeaderBytes - context->AhBytes))
        {
            row->BadTrailer++;
            return Drop(EspDrop.NotBundled);
        }

        bool isOver6 = context->Header[0] >> 4 == 6;
        if (owner.IsTransport)
        {
            byte* covered = ah + context->AhBytes;
            int bytes = job->CipherBytes - context->HeaderBytes - context->AhBytes;
            bool isOpen = isOver6
                ? TransportPacket.Open6(ref packet, owner, context->Header, context->HeaderBytes, covered, bytes, *ah, wasInUdp: false, packet.Length)
                : TransportPacket.Open(ref packet, owner, context->Header, context->HeaderBytes, covered, bytes, *ah);
            return !isOpen ? Drop(EspDrop.InboundSelector)
                : owner.IsAroundEsp ? isOver6 ? Esp6Edge : EspEdge
                : isOver6 ? Input6Edge : InputEdge;
        }

        bool isVersion6 = *ah == (byte)IpProtocol.Ipv6;
        if (*ah != IpInIp && !isVersion6)
        {
            // RFC 4302 section 3.1.2: in tunnel mode, an IP packet follows.
            row->BadTrailer++;
            return Drop(*ah == EspTrailer.NoNextHeader ? EspDrop.Dummy : EspDrop.BadTrailer);
        }

        byte* inner = ah + context->AhBytes;
        int payload = job->CipherBytes - context->HeaderBytes - context->AhBytes;
        int length = isVersion6 ? InnerPacket.Length6(inner, payload) : InnerPacket.Length(inner, payload);
        if (length == 0)
        {
            row->DecryptionFailed++;
            return Drop(EspDrop.DecryptionFailed);
        }

        if (!sa->Selector.Matches(new ReadOnlySpan<byte>(inner, length)))
        {
            row->SelectorMismatch++;
            return Drop(EspDrop.InboundSelector);
        }

        int mark = (isOver6 ? context->Header[1] >> 4 : context->Header[1]) & InnerPacket.EcnMask;
        if (mark == InnerPacket.CongestionExperienced && isVersion6)
        {
            InnerPacket.CopyCongestion6(inner);
        }
        else if (mark == InnerPacket.CongestionExperienced)
        {
            InnerPacket.CopyCongestion(inner);
        }

        row->Packets++;
        row->Bytes += (uint)length;
        InnerPacket.Enter(ref packet, sa, inner, length);
        return isVersion6 ? Input6Edge : InputEdge;
    }

    // Bytes in front of AH, extension headers included; 0 where there is none, or too much.
    private static int HeaderOf6(ReadOnlySpan<byte> packet) =>
        Ipv6Extensions.TryWalk(packet, out Ipv6Extensions walked) && walked is { FragmentAt: 0, Protocol: AhHeader.Protocol, Offset: <= AhContext.HeaderRoom }
            ? walked.Offset : 0;

    // Inside there is ESP, and of the very SA that was agreed on with this one.
    private static bool IsOfBundle(SecurityAssociation owner, byte next, byte* payload, int bytes) =>
        next == EspHeader.Protocol && bytes > EspHeader.Length
        && *(uint*)payload == System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(owner.PartnerSpi);

    // Another worker's SA, or nobody's.
    private ushort NotHere(nint handle, SaRecord* sa)
    {
        if ((sa->Flags & SaFlags.Foreign) == 0)
        {
            return UnknownSpi.Take(tables, worker, handle);
        }

        worker.HandOff((int)sa->Number, worker.NodeIndex(NodeName), handle);
        return GraphEdge.Consumed;
    }

    private ushort Drop(EspDrop reason)
    {
        tables.Drops.Add((int)reason, 1);
        return GraphEdge.Drop;
    }
}
