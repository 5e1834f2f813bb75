using RouterOS.Abstractions.Crypto;
using RouterOS.Esp.Wire;
using RouterOS.Forwarding;
using RouterOS.Packets;
using RouterOS.Proto.Esp.V1;

namespace RouterOS.Esp.Nodes;

/// <summary>Puts packets into AH, tunnel or transport mode (RFC 4302 section 3.3).</summary>
/// <remarks>
/// In: packets that <see cref="EspEncryptNode"/> has found to belong to a protection whose outbound SA is one of AH; super-packets, too.
/// Out: outer packets of the router's own, to be routed, in the order of their sequence numbers. A packet never stays beyond its batch.
/// A second one of its kind puts AH into packets of ESP, of bundles of both (RFC 2401 section 4.5): in front of what ESP has made, behind the header.
/// </remarks>
internal sealed unsafe class AhEncryptNode(EspTables tables, WorkerServices worker, bool isBundle = false) : GraphNode(isBundle ? BundleName : NodeName)
{
    /// <summary>Name in the graph.</summary>
    public const string NodeName = "ah-encrypt";

    /// <summary>Name in the graph of the one for bundles.</summary>
    public const string BundleName = "ah-bundle";

    private const int MaxFragments = 256;
    private const byte IpInIp = 4;
    private const byte DontFragment = Ipv4Header.DontFragmentBit >> 8;
    private const int SmallestHeader = Ipv4Header.MinimumLength;

    // Where the destination of the outer header stands.
    private const int OuterDestination = 16;

    // Where an IPv6 header says what follows.
    private const int Ipv6NextHeader = 6;

    private readonly List<EngineBatch> _batches = [];
    private ushort _identification;

    /// <inheritdoc/>
    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        for (int i = 0; i < packets.Length; i++)
        {
            edges[i] = isBundle ? HandleBundled(packets[i]) : Handle(packets[i]);
        }

        foreach (EngineBatch batch in _batches)
        {
            Finish(batch);
        }
    }

    private ushort HandleBundled(nint handle)
    {
        ref PacketBuffer packet = ref At(handle);
        // Safe: the nodes of ESP have just written both headers.
        uint spi = *(uint*)(packet.Start + TransportPacket.HeaderBytes(packet.Data, out _));
        return tables.Protections.Find(packet.AvoidProtection)?.AhAround(spi) is { } sa
            ? Seal(handle, sa)
            : Drop(EspDrop.NoSa);
    }

    private ushort Handle(nint handle)
    {
        ref PacketBuffer packet = ref At(handle);
        if (tables.ProtectionOf(ref packet)?.Outbound is not { IsAh: true } sa)
        {
            return Drop(EspDrop.NoSa, packet.SegmentCount);
        }

        if (packet.Length < SmallestHeader)
        {
            return Drop(EspDrop.NoProtection);
        }

        if (!sa.Selector.Matches(packet.Data))
        {
            sa.Row->SelectorMismatch += packet.SegmentCount;
            return Drop(EspDrop.OutboundSelector, packet.SegmentCount);
        }

        if (sa.IsTransport)
        {
            return TransportPacket.IsWhole(packet.Data) && packet.SegmentCount <= 1 ? Seal(handle, sa) : Drop(EspDrop.NoProtection);
        }

        return packet.SegmentCount > 1 ? SealSuper(handle, sa) : SealFitting(handle, sa);
    }

    // Whole, in fragments, or not at all.
    private ushort SealFitting(nint handle, SecurityAssociation sa)
    {
        ref PacketBuffer packet = ref At(handle);
        SaRecord* record = sa.Record;
        if (packet.Length <= record->LargestInner)
        {
            return Seal(handle, sa);
        }

        if (!InnerFragmenter.MayCut(ref packet))
        {
            return MayLeaveWhole(sa, packet.Data, packet.Length) ? Seal(handle, sa) : Refuse(ref packet, record);
        }

        Span<nint> fragments = stackalloc nint[MaxFragments];
        int count = InnerFragmenter.Cut(handle, record->LargestInner, worker.Pools, fragments);
        if (count == 0)
        {
            return Drop(worker.Pools.SmallFree == 0 ? EspDrop.NoBuffer : EspDrop.TooBig);
        }

        foreach (nint fragment in fragments[..count])
        {
            At(fragment).TunnelDepth = packet.TunnelDepth;
            FreeDropped(fragment, Seal(fragment, sa));
        }

        worker.Free(handle);
        return GraphEdge.Consumed;
    }

    private ushort SealSuper(nint handle, SecurityAssociation sa)
    {
        ref PacketBuffer packet = ref At(handle);
        if (!SuperPacket.TryParse(packet.Data, packet.SegmentBytes, out SuperPacket super))
        {
            return Drop(EspDrop.BadSegments, packet.SegmentCount);
        }

        if (super.LengthOf(0) > sa.Record->LargestInner && !InnerFragmenter.MayCut(ref packet)
            && !MayLeaveWhole(sa, packet.Data, super.LengthOf(0)))
        {
            return Refuse(ref packet, sa.Record);
        }

        for (int i = 0; i < super.Count; i++)
        {
            nint piece = super.Cut(ref packet, i, worker.Pools);
            if (piece == 0)
            {
                Drop(EspDrop.NoBuffer, super.Count - i);
                break;
            }

            FreeDropped(piece, SealFitting(piece, sa));
        }

        worker.Free(handle);
        return GraphEdge.Consumed;
    }

    // As EspEncryptNode does.
    private static bool MayLeaveWhole(SecurityAssociation sa, ReadOnlySpan<byte> packet, int length) => InnerPacket.IsVersion6(packet)
        ? length <= Ipv6Header.MinimumMtu
        : sa.Record->Df == (byte)DfBit.Clear && sa.OuterLength(length) <= EspSizes.LargestPacket;

    private ushort Seal(nint handle, SecurityAssociation sa)
    {
        SaRecord* record = sa.Record;
        SaRuntimeRecord* row = sa.Row;
        ulong sequence = row->Sequence + 1;
        if ((row->Bytes >= record->BytesAlarm || sequence > record->SequenceAlarm) && sa.CheckLimits(tables.Raise) is { } reason)
        {
            return Drop(reason);
        }

        ref PacketBuffer packet = ref At(handle);
        bool isTransport = sa.IsTransport;
        bool isOver6 = isTransport ? InnerPacket.IsVersion6(packet.Data) : Outer6.IsFirst(record->Outer[OuterDestination]);
        int protocolAt = 0;
        int headerBytes = isTransport ? TransportPacket.HeaderBytes(packet.Data, out protocolAt) : isOver6 ? Ipv6Header.Length : SmallestHeader;
        int ahBytes = sa.AhBytes(isOver6);
        int front = isTransport ? ahBytes : headerBytes + ahBytes;
        if (packet.Offset < front || (sa.IsExtended && packet.Tailroom < ExtendedJob.HalfBytes))
        {
            return SealElsewhere(handle, sa);
        }

        EngineBatch batch = EngineBatch.For(_batches, sa);
        if (batch.Count == EngineBatch.Capacity)
        {
            Finish(batch);
        }

        // Safe: head room has just been checked for both headers.
        byte* inner = packet.Start;
        byte* outer = inner - front;
        int length = front + packet.Length;
        AhContext* context = batch.Add(handle, record, outer, length, 0);
        if (sa.IsExtended)
        {
            batch.Extend(sequence);
        }

        // What may change on the way is zero while the check value is computed; Finish writes what is sent.
        Span<byte> header = new(outer, headerBytes);
        bool isVersion6 = *inner >> 4 == 6;
        byte next = isBundle ? EspHeader.Protocol : isTransport ? inner[protocolAt] : isVersion6 ? (byte)IpProtocol.Ipv6 : IpInIp;
        byte trafficClass = isVersion6 ? (byte)((inner[0] << 4) | (inner[1] >> 4)) : inner[1];
        if (isTransport)
        {
            Buffer.MemoryCopy(inner, outer, headerBytes, headerBytes);
            header[protocolAt] = AhHeader.Protocol;
        }
        else if (isOver6)
        {
            Protection protection = sa.Protection;
            Ipv6Header.Write(
                header, length - headerBytes, AhHeader.Protocol, protection.LocalAddress6, protection.RemoteAddress6, Outer6.Hops, trafficClass);
        }
        else
        {
            new ReadOnlySpan<byte>(record->Outer, headerBytes).CopyTo(header);
            *(ushort*)(outer + 4) = ++_identification;
            header[1] = trafficClass;
            // Copied: the inner packet's bit, which IPv6 has always. Set: always. What passes though it is too big leaves for fragments.
            header[6] = isVersion6 ? (byte)(record->Df != 0 && packet.Length <= record->LargestInner ? DontFragment : 0)
                : (byte)((record->Df == (byte)DfBit.Copy ? inner[6] : record->Df << 5) & DontFragment);
        }

        if (isOver6)
        {
            TransportPacket.WriteHeader6(outer, length, isTransport ? protocolAt : Ipv6NextHeader, AhHeader.Protocol);
        }
        else
        {
            (header[2], header[3]) = ((byte)(length >> 8), (byte)length);
            // The checksum, which Finish makes.
            (header[10], header[11]) = (0, 0);
        }

        context->HeaderBytes = (ushort)headerBytes;
        header.CopyTo(new Span<byte>(context->Header, AhContext.HeaderRoom));
        AhHeader.Write(new Span<byte>(outer + headerBytes, ahBytes), next, sa.Spi, (uint)sequence);
        _ = isOver6 ? AhMutableFields6.Clear(new Span<byte>(outer, length), out _) : AhMutableFields.Clear(header);
        row->Sequence = sequence;
        row->Packets++;
        row->Bytes += (uint)length;

        TransportPacket.Leave(ref packet, record, outer, length);
        return GraphEdge.Consumed;
    }

    // The buffer lacks room before the packet (never a fresh one's): a copy in a fresh one.
    private ushort SealElsewhere(nint handle, SecurityAssociation sa)
    {
        ref PacketBuffer packet = ref At(handle);
        nint copy = worker.Pools.Rent(packet.Length);
        if (copy == 0)
        {
            return Drop(EspDrop.NoBuffer);
        }

        ref PacketBuffer moved = ref At(copy);
        packet.Data.CopyTo(new Span<byte>(moved.Append(packet.Length), packet.Length));
        moved.TunnelDepth = packet.TunnelDepth;
        if (Seal(copy, sa) == GraphEdge.Drop)
        {
            worker.Free(copy);
            return GraphEdge.Drop;
        }

        worker.Free(handle);
        return GraphEdge.Consumed;
    }

    private void Finish(EngineBatch batch)
    {
        if (batch.Count == 0)
        {
            return;
        }

        batch.Run();
        for (int i = 0; i < batch.Count; i++)
        {
            CryptoJob* job = batch.Jobs + i;
            if (job->Status != CryptoStatus.Completed)
            {
                continue;
            }

            AhContext* context = batch.Contexts + i;
            int headerBytes = context->HeaderBytes;
            Span<byte> header = new((byte*)job->Hash, headerBytes);
            new ReadOnlySpan<byte>(context->Header, headerBytes).CopyTo(header);
            if (header[0] >> 4 == 4)
            {
                System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(header[10..], InternetChecksum.Compute(header));
            }

            // The engine may have written more than the suite sends.
            int tag = tables.Records.Owner(context->Sa).TagBytes;
            new ReadOnlySpan<byte>(batch.TagOf(i), tag).CopyTo(new Span<byte>((byte*)job->Hash + headerBytes + AhHeader.FixedLength, tag));
        }

        batch.Send(tables, worker);
    }

    private void FreeDropped(nint packet, ushort edge)
    {
        if (edge != GraphEdge.Consumed)
        {
            worker.Free(packet);
        }
    }

    private ushort Refuse(ref PacketBuffer packet, SaRecord* sa)
    {
        _ = Drop(InnerPacket.IsVersion6(packet.Data) ? EspDrop.TooBig6 : EspDrop.TooBig, packet.SegmentCount);
        packet.IcmpReply = EspEncryptNode.FragmentationNeeded;
        packet.IcmpMtu = (ushort)sa->LargestInner;
        return GraphEdge.IcmpError;
    }

    private ushort Drop(EspDrop reason, int packets = 1)
    {
        tables.Drops.Add((int)reason, packets);
        return GraphEdge.Drop;
    }
}
