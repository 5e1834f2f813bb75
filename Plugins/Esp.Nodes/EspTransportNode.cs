using RouterOS.Abstractions.Crypto;
using RouterOS.Esp.Wire;
using RouterOS.Forwarding;
using RouterOS.Packets;

namespace RouterOS.Esp.Nodes;

/// <summary>Puts the router's own packets into ESP transport mode (RFC 4303 section 3.1.1), plain or inside UDP.</summary>
/// <remarks>
/// In: packets that <see cref="EspEncryptNode"/> has found to belong to a protection whose outbound SA is one of transport mode. Out: the
/// same packets, what they carry enciphered, in the order of their sequence numbers. A packet never stays beyond its batch. Too big for
/// the path: it leaves in fragments, or not at all where it says so.
/// </remarks>
internal sealed unsafe class EspTransportNode(EspTables tables, WorkerServices worker) : GraphNode(NodeName)
{
    /// <summary>Name in the graph.</summary>
    public const string NodeName = "esp-transport";

    private readonly List<EngineBatch> _batches = [];
    private readonly IvPool _ivs = new();

    /// <inheritdoc/>
    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        for (int i = 0; i < packets.Length; i++)
        {
            edges[i] = Handle(packets[i]);
        }

        foreach (EngineBatch batch in _batches)
        {
            Finish(batch);
        }
    }

    private ushort Handle(nint handle)
    {
        ref PacketBuffer packet = ref At(handle);
        if (tables.ProtectionOf(ref packet)?.Outbound is not { IsTransport: true, IsAh: false } sa)
        {
            return Drop(EspDrop.NoSa);
        }

        if (!TransportPacket.IsWhole(packet.Data))
        {
            // RFC 4303 section 3.3.4: transport mode protects whole packets only.
            sa.Row->NotSent++;
            return Drop(EspDrop.NoProtection);
        }

        if (!sa.Selector.Matches(packet.Data))
        {
            sa.Row->SelectorMismatch++;
            return Drop(EspDrop.OutboundSelector);
        }

        return Seal(handle, sa);
    }

    private ushort Seal(nint handle, SecurityAssociation sa)
    {
        SaRecord* record = sa.Record;
        SaRuntimeRecord* row = sa.Row;
        ulong sequence = row->Sequence + 1;
        if ((row->Bytes >= record->BytesAlarm || sequence > record->SequenceAlarm) && sa.CheckLimits(tables.Raise) is { } reason)
        {
            row->NotSent++;
            return Drop(reason);
        }

        ref PacketBuffer packet = ref At(handle);
        bool isVersion6 = InnerPacket.IsVersion6(packet.Data);
        int header = TransportPacket.HeaderBytes(packet.Data, out int protocolAt);
        int payload = packet.Length - header;
        int udp = (record->Flags & SaFlags.InUdp) != 0 ? EspSizes.UdpHeader : 0;
        int front = udp + EspHeader.Length + record->Iv;
        int text = (payload + EspTrailer.Length + record->BlockMask) & ~record->BlockMask;
        // The engine writes whole tags, also of SAs that cut them.
        int tail = text - payload + AhContext.CheckRoom;
        int length = header + front + text + record->Tag;
        if (packet.Offset < front || packet.Tailroom < tail || length > EspSizes.LargestPacket)
        {
            row->NotSent++;
            return Drop(EspDrop.NoBuffer);
        }

        EngineBatch batch = EngineBatch.For(_batches, sa);
        if (batch.Count == EngineBatch.Capacity)
        {
            Finish(batch);
        }

        // Safe: head and tail room have just been checked for everything that is written.
        byte* ip = packet.Start;
        if (sa.Protection.HasNoUdpChecksum && !isVersion6)
        {
            TransportPacket.ClearChecksum(ip, packet.Length);
        }

        row->OtherBytes += (uint)packet.Length;
        byte* start = ip - front;
        byte* inner = ip + header;
        byte protocol = ip[protocolAt];
        Buffer.MemoryCopy(ip, start, header, header);
        EspTrailer.Write(new Span<byte>(inner + payload, text - payload), protocol);
        byte* esp = start + header + udp;
        if (udp != 0)
        {
            // Ports as of the SA's outer headers; the checksum stays 0 (RFC 3948 section 2.1), but over IPv6, where Finish makes it.
            Span<byte> datagram = new(start + header, EspSizes.UdpHeader);
            new ReadOnlySpan<byte>(record->Outer + EspSizes.OuterHeader, EspSizes.UdpHeader).CopyTo(datagram);
            System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(datagram[4..], (ushort)(length - header));
        }

        EspHeader.Write(new Span<byte>(esp, EspHeader.Length), sa.Spi, (uint)sequence);
        bool isCombined = (record->Flags & SaFlags.Combined) != 0;
        if (record->Iv == 16)
        {
            _ivs.Take16(esp + EspHeader.Length);
        }
        else if (isCombined)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(new Span<byte>(esp + EspHeader.Length, 8), sequence);
        }
        else if (record->Iv == 8)
        {
            _ivs.Take8(esp + EspHeader.Length);
        }

        if (isVersion6)
        {
            // Of a bundle the header says ESP until AH goes around.
            TransportPacket.WriteHeader6(start, length, protocolAt, udp != 0 ? (byte)IpProtocol.Udp : EspHeader.Protocol);
        }
        else
        {
            TransportPacket.WriteHeader(start, header, length, record->Outer[9]);
        }

        batch.AddSealed(
            handle, record, inner, text, esp, isCombined ? EspHeader.Length : EspHeader.Length + record->Iv + text, esp + EspHeader.Length);
        if (sa.IsExtended && isCombined)
        {
            byte* additional = batch.Contexts[batch.Count - 1].Header;
            ExtendedJob.WriteAdditional(additional, sa.WireSpi, sequence);
            batch.Jobs[batch.Count - 1].Hash = (nint)additional;
            batch.Jobs[batch.Count - 1].HashBytes = ExtendedJob.AdditionalBytes;
        }
        else if (sa.IsExtended)
        {
            batch.Extend(sequence);
        }

        row->Sequence = sequence;
        row->Packets++;
        row->Bytes += (uint)length;
        TransportPacket.Leave(ref packet, record, start, length);
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
            if (job->Status == CryptoStatus.Completed)
            {
                new ReadOnlySpan<byte>(batch.TagOf(i), batch.Contexts[i].Sa->Tag).CopyTo(
                    new Span<byte>((byte*)job->Cipher + job->CipherBytes, batch.Contexts[i].Sa->Tag));
                Span<byte> packet = At(job->Packet).Data;
                if ((batch.Contexts[i].Sa->Flags & SaFlags.InUdp) != 0 && InnerPacket.IsVersion6(packet))
                {
                    TransportPacket.WriteChecksum6(packet, TransportPacket.HeaderBytes(packet, out int protocolAt), packet[protocolAt]);
                }
            }
        }

        batch.Send(tables, worker);
    }

    private ushort Drop(EspDrop reason)
    {
        tables.Drops.Add((int)reason, 1);
        return GraphEdge.Drop;
    }
}
