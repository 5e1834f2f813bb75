using RouterOS.Forwarding;
using RouterOS.L2tp.Wire;
using RouterOS.Packets;

namespace RouterOS.L2tp.Nodes;

/// <summary>Takes packets of IP out of sessions' data messages; everything else goes up to the control plane.</summary>
/// <remarks>In: whole local UDP datagrams to port 1701, IPv4 header in front, checksum checked. Out: the peers' packets, as input of their sessions' interfaces.</remarks>
internal sealed unsafe class L2tpDecapNode(SessionTable sessions, ServerSwitch server, WorkerServices worker, DropCounters drops)
    : GraphNode(NodeName, KernelNodes.Ip4Input, KernelNodes.Ip6Input)
{
    /// <summary>Name in the graph.</summary>
    public const string NodeName = "l2tp-decap";

    private const string Channel = "udp:1701";
    private const ushort InputEdge = 0;
    private const ushort Input6Edge = 1;
    private const ushort PortUnreachable = (3 << 8) | 3;
    private const byte PppAddress = 0xff;
    private const byte PppControl = 0x03;
    private const byte PppIp = 0x21;
    private const byte PppIpv6 = 0x57;
    private const byte RouterSolicitation = 133;

    /// <inheritdoc/>
    public override void Process(ReadOnlySpan<nint> packets, Span<ushort> edges)
    {
        for (int i = 0; i < packets.Length; i++)
        {
            edges[i] = Handle(packets[i]);
        }
    }

    private ushort Handle(nint handle)
    {
        ref PacketBuffer packet = ref At(handle);
        if (!server.Listens)
        {
            packet.IcmpReply = PortUnreachable;
            return GraphEdge.IcmpError;
        }

        // Safe: ip4-deliver has checked both headers against the packet.
        byte* ip = packet.Start;
        int header = (ip[0] & 0x0f) * 4;
        int datagram = (ip[header + 4] << 8) | ip[header + 5];
        int front = header + UdpHeader.Length;
        if (!L2tpHeader.TryParse(new ReadOnlySpan<byte>(ip + front, datagram - UdpHeader.Length), out L2tpHeader message, out _))
        {
            drops.Add((int)L2tpDataDrop.Malformed, 1);
            return GraphEdge.Drop;
        }

        SessionRecord* session = message.IsControl ? null : sessions.Find(packet.Protection, message.Tunnel, message.Session);
        SessionRecord* known = session != null ? session : sessions.OfTunnel(packet.Protection, message.Tunnel);
        bool isFromPeer = known != null && IsFromPeer(known, ip, header, packet.Instance);
        if (session != null && isFromPeer && IsLate(session, message))
        {
            session->OutOfSequence++;
            return Drop(session, L2tpDataDrop.OutOfSequence);
        }

        int frame = session == null || !isFromPeer ? 0 : IpOffset(message.Payload, session->PeerIdentifier != 0 ? PppIpv6 : PppIp);
        bool is6 = frame != 0 && message.Payload[frame - 1] == PppIpv6;
        // Who asks for its router is answered where prefixes are known.
        if (frame == 0 || (is6 && IsSolicitation(message.Payload[frame..])))
        {
            // Any number of peers come from one address; those that are up do not share what it may send to the control plane.
            worker.Punt(Channel, handle, isFromPeer ? SessionTable.TunnelKey(packet.Protection, message.Tunnel) : 0);
            return GraphEdge.Consumed;
        }

        return is6 ? Enter6(ref packet, session, message, front, frame) : Enter(ref packet, session, message, front, frame);
    }

    // RFC 2661 appendix C: what comes behind a later one is dropped, gaps are not waited for. Frames of PPP's control count with packets.
    private static bool IsLate(SessionRecord* session, in L2tpHeader message)
    {
        if (!message.HasSequence || (session->Flags & SessionFlags.Sequencing) == 0)
        {
            return false;
        }

        bool isLate = (short)(message.Ns - session->NextReceive) < 0;
        if (!isLate)
        {
            session->NextReceive = (ushort)(message.Ns + 1);
        }

        return isLate && (session->Flags & SessionFlags.TakesLate) == 0;
    }

    private static bool IsFromPeer(SessionRecord* session, byte* ip, int header, uint instance) =>
        session->Instance == instance
        // Under a protection its keys say who sent it; in the clear nothing but the address does.
        && (session->Protection != 0 || (Number(ip + 12) == session->RemoteAddress && ((ip[header] << 8) | ip[header + 1]) == session->RemotePort));

    private static uint Number(byte* bytes) => ((uint)bytes[0] << 24) | ((uint)bytes[1] << 16) | ((uint)bytes[2] << 8) | bytes[3];

    // Bytes of PPP before a packet of IP, or of the other protocol; 0 for any else.
    private static int IpOffset(ReadOnlySpan<byte> frame, byte other)
    {
        int at = frame.Length > 2 && frame[0] == PppAddress && frame[1] == PppControl ? 2 : 0;
        return frame.Length > at + 2 && frame[at] == 0 && (frame[at + 1] == PppIp || frame[at + 1] == other) ? at + 2
            : frame.Length > at + 1 && (frame[at] == PppIp || frame[at] == other) ? at + 1
            : 0;
    }

    private static bool IsSolicitation(ReadOnlySpan<byte> packet) =>
        packet.Length > Ipv6Header.Length && packet[6] == (byte)IpProtocol.Icmp6 && packet[Ipv6Header.Length] == RouterSolicitation;

    private ushort Enter(ref PacketBuffer packet, SessionRecord* session, in L2tpHeader message, int front, int ppp)
    {
        int offset = front + message.Length + ppp;
        byte* inner = packet.Start + offset;
        int length = message.Payload.Length - ppp;
        if (length < Ipv4Header.MinimumLength)
        {
            return Drop(session, L2tpDataDrop.Malformed);
        }

        // Safe: at least an IPv4 header is there.
        int headerBytes = (inner[0] & 0x0f) * 4;
        int total = (inner[2] << 8) | inner[3];
        if (inner[0] >> 4 != 4 || headerBytes < Ipv4Header.MinimumLength || total < headerBytes || total > length)
        {
            return Drop(session, L2tpDataDrop.Malformed);
        }

        if (!session->IsOfPeer(Number(inner + 12)))
        {
            session->Spoofed++;
            return Drop(session, L2tpDataDrop.Spoofed);
        }

        TcpClamp.Apply(inner, total, session->TcpMss);
        return Pass(ref packet, session, offset, total, InputEdge);
    }

    private ushort Enter6(ref PacketBuffer packet, SessionRecord* session, in L2tpHeader message, int front, int ppp)
    {
        int offset = front + message.Length + ppp;
        byte* inner = packet.Start + offset;
        int length = message.Payload.Length - ppp;
        if (length < Ipv6Header.Length)
        {
            return Drop(session, L2tpDataDrop.Malformed);
        }

        // Safe: at least an IPv6 header is there.
        int total = Ipv6Header.Length + ((inner[4] << 8) | inner[5]);
        if (inner[0] >> 4 != 6 || total > length)
        {
            return Drop(session, L2tpDataDrop.Malformed);
        }

        UInt128 source = Ipv6Address.Read(new ReadOnlySpan<byte>(inner + Ipv6Header.SourceOffset, Ipv6Address.Length));
        // Who has no address yet asks whether one is taken (RFC 4862 section 5.4.2).
        if (!session->IsOfPeer(source) && !(source == 0 && inner[6] == (byte)IpProtocol.Icmp6 && inner[Ipv6Header.DestinationOffset] == byte.MaxValue))
        {
            session->Spoofed++;
            return Drop(session, L2tpDataDrop.Spoofed);
        }

        TcpClamp.Apply6(inner, total, session->TcpMss6);
        return Pass(ref packet, session, offset, total, Input6Edge);
    }

    // A packet of the peer that may pass goes on as one that has come by the session's interface.
    private static ushort Pass(ref PacketBuffer packet, SessionRecord* session, int offset, int total, ushort edge)
    {
        session->ReceivedPackets++;
        session->ReceivedOctets += (uint)total;
        packet.EnterPath(packet.Offset + offset, total, PacketFlags.None, session->Interface, session->Instance, packet.Protection);
        packet.IcmpReply = 0;
        packet.AvoidProtection = 0;
        packet.ClearSegments();
        return edge;
    }

    private ushort Drop(SessionRecord* session, L2tpDataDrop reason)
    {
        session->Discarded++;
        drops.Add((int)reason, 1);
        return GraphEdge.Drop;
    }
}
