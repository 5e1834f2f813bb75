using System.Buffers.Binary;
using RouterOS.Forwarding;
using RouterOS.Packets;

namespace RouterOS.L2tp.Nodes;

/// <summary>Way out of sessions' interfaces: puts PPP, L2TP, UDP and IPv4 before packets, in one copy.</summary>
/// <remarks>In: packets of both families with <c>EgressInterface</c>, no larger than its MTU. Out: packets of the router's own that require the session's protection.</remarks>
internal sealed unsafe class L2tpEncapNode(SessionTable sessions, DropCounters drops) : GraphNode(NodeName, KernelNodes.Ip4LocalOut)
{
    /// <summary>Name in the graph.</summary>
    public const string NodeName = "l2tp-encap";

    private const ushort LocalOutEdge = 0;
    // RFC 1700: reserved; nothing but the control plane sends it.
    private const byte FrameProtocol = 255;
    private const byte PppIpv6 = 0x57;
    private const int SequenceOffset = Ipv4Header.MinimumLength + UdpHeader.Length + 6;

    private ushort _identification;

    /// <inheritdoc/>
    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        for (int i = 0; i < packets.Length; i++)
        {
            edges[i] = Handle(ref At(packets[i]));
        }
    }

    private ushort Handle(ref PacketBuffer packet)
    {
        SessionRecord* session = sessions.Of(packet.EgressInterface);
        if (session == null)
        {
            return Drop(L2tpDataDrop.NoSession);
        }

        int front = session->HeaderBytes;
        bool isFrame = IsFrame(session, ref packet);
        if (isFrame)
        {
            // Its own protocol number stands behind address and control, in place of that of IP.
            packet.Offset += Ipv4Header.MinimumLength;
            packet.Length -= Ipv4Header.MinimumLength;
            front = SessionRecord.FrameHeader;
        }
        int total = packet.Length + front;
        if (packet.Headroom < front || total > ushort.MaxValue)
        {
            return Drop(L2tpDataDrop.NoRoom);
        }

        byte tos = 0;
        bool is6 = !isFrame && packet.Start[0] >> 4 == 6;
        if (is6 && session->PeerIdentifier == 0)
        {
            return Drop(L2tpDataDrop.NoSession);
        }

        if (!isFrame)
        {
            // Safe: packets out of interfaces have whole headers of their family.
            if (is6)
            {
                TcpClamp.Apply6(packet.Start, packet.Length, session->TcpMss6);
                tos = (byte)((packet.Start[0] << 4) | (packet.Start[1] >> 4));
            }
            else
            {
                TcpClamp.Apply(packet.Start, packet.Length, session->TcpMss);
                tos = packet.Start[1];
            }

            session->SentPackets++;
            session->SentOctets += (uint)packet.Length;
        }

        // Safe: there is room for the whole header before the packet.
        byte* start = packet.Push(front);
        Buffer.MemoryCopy(session->Header, start, front, front);
        if (isFrame)
        {
            // Control frames have both bytes, whatever was agreed: RFC 1661 section 6.6.
            start[front - 2] = SessionRecord.PppAddress;
            start[front - 1] = SessionRecord.PppControl;
        }
        else if (is6)
        {
            start[front - 1] = PppIpv6;
        }

        Span<byte> header = new(start, Ipv4Header.MinimumLength);
        header[1] = tos;
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)total);
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], ++_identification);
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], InternetChecksum.Compute(header));
        Span<byte> datagram = new(start + Ipv4Header.MinimumLength, total - Ipv4Header.MinimumLength);
        BinaryPrimitives.WriteUInt16BigEndian(datagram[4..], (ushort)datagram.Length);
        if ((session->Flags & SessionFlags.Sequencing) != 0)
        {
            BinaryPrimitives.WriteUInt16BigEndian(new Span<byte>(start + SequenceOffset, 2), session->NextSend++);
        }

        if ((session->Flags & SessionFlags.Checksum) != 0)
        {
            uint source = BinaryPrimitives.ReadUInt32BigEndian(header[12..]);
            ushort sum = InternetChecksum.Compute(
                datagram, InternetChecksum.PseudoHeader(source, session->RemoteAddress, (byte)IpProtocol.Udp, datagram.Length));
            BinaryPrimitives.WriteUInt16BigEndian(datagram[6..], sum == 0 ? ushort.MaxValue : sum);
        }

        packet.Flags = PacketFlags.LocallyOriginated | PacketFlags.TunnelOuter;
        packet.IngressInterface = 0;
        packet.EgressInterface = 0;
        packet.Instance = session->Instance;
        packet.Protection = 0;
        packet.RequiredProtection = session->Protection;
        packet.AvoidProtection = 0;
        packet.NextHop = 0;
        packet.IcmpReply = 0;
        return LocalOutEdge;
    }

    // Safe: packets out of interfaces have whole IPv4 headers.
    private static bool IsFrame(SessionRecord* session, ref PacketBuffer packet) =>
        (session->Flags & SessionFlags.Sequencing) != 0 && packet.Start[9] == FrameProtocol && (packet.Flags & PacketFlags.LocallyOriginated) != 0
        && packet.Start[0] == 0x45;

    private ushort Drop(L2tpDataDrop reason)
    {
        drops.Add((int)reason, 1);
        return GraphEdge.Drop;
    }
}
