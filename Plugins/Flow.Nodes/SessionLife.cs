using RouterOS.Packets;

namespace RouterOS.Flow.Nodes;

/// <summary>How packets keep a session alive: idle times by protocol, and the little of TCP's state that a gateway needs.</summary>
internal static class SessionLife
{
    // Defaults of the vendor's flow module, in seconds.
    private const ushort TcpOpening = 20;
    private const ushort TcpEstablished = 1800;
    private const ushort TcpHalfClosed = 150;
    private const ushort Datagram = 60;

    // Long enough for the last acknowledgements and their repeats.
    private const ushort TcpClosed = 20;
    private const ushort TcpReset = 2;

    private const byte OpenerClosed = 1;
    private const byte AnswererClosed = 2;
    private const byte BothClosed = OpenerClosed | AnswererClosed;

    /// <summary>Starts a session with its first packet.</summary>
    public static void Open(ref FlowSession session, in FlowPacket packet, in PacketBuffer buffer, uint now)
    {
        // A segment of a connection that is over opens a session that is over, so that nobody fills the table with them.
        bool over = packet.IsTcpFin || packet.IsTcpReset;
        session.Closed = over ? BothClosed : (byte)0;
        session.State = !packet.IsTcp ? FlowSessionState.Established : over ? FlowSessionState.Closing : FlowSessionState.Opening;
        session.ForwardPackets = buffer.SegmentCount;
        session.ForwardBytes = buffer.WireBytes;
        Extend(ref session, packet, now);
    }

    /// <summary>Counts a packet and moves the session's end.</summary>
    public static void Touch(ref FlowSession session, in FlowPacket packet, bool reverse, in PacketBuffer buffer, uint now)
    {
        if (reverse)
        {
            session.ReversePackets += buffer.SegmentCount;
            session.ReverseBytes += buffer.WireBytes;
        }
        else
        {
            session.ForwardPackets += buffer.SegmentCount;
            session.ForwardBytes += buffer.WireBytes;
        }

        if (packet.IsTcp)
        {
            Advance(ref session, packet, reverse);
        }

        Extend(ref session, packet, now);
    }

    private static void Advance(ref FlowSession session, in FlowPacket packet, bool reverse)
    {
        if (packet.IsTcpReset || packet.IsTcpFin)
        {
            session.Closed |= packet.IsTcpReset ? BothClosed : reverse ? AnswererClosed : OpenerClosed;
            session.State = FlowSessionState.Closing;
        }
        else if (session.State == FlowSessionState.Closing && packet.IsTcpSyn && !reverse)
        {
            // The same ports are used for the next connection.
            session.State = FlowSessionState.Opening;
            session.Closed = 0;
            session.ReversePackets = 0;
            session.ReverseBytes = 0;
        }
        else if (session.State == FlowSessionState.Opening && !reverse && packet.IsTcpAck && session.ReversePackets > 0)
        {
            // Only an answer makes a connection: a sender alone cannot hold a session for half an hour.
            session.State = FlowSessionState.Established;
        }
    }

    private static void Extend(ref FlowSession session, in FlowPacket packet, uint now)
    {
        session.Timeout = !packet.IsTcp ? session.ApplicationTimeout > 0 ? session.ApplicationTimeout : Datagram
            : session.State switch
            {
                FlowSessionState.Opening => TcpOpening,
                FlowSessionState.Closing => packet.IsTcpReset ? TcpReset : session.Closed == BothClosed ? TcpClosed : TcpHalfClosed,
                _ => session.ApplicationTimeout > 0 ? session.ApplicationTimeout : TcpEstablished,
            };
        session.Expires = now + session.Timeout;
    }
}
