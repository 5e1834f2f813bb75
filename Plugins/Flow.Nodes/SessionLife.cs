namespace RouterOS.Flow.Nodes;

/// <summary>How packets keep a session alive: idle times by protocol, and the little of TCP's state that a gateway needs.</summary>
internal static class SessionLife
{
    // Defaults of the vendor's flow module, in seconds.
    private const ushort TcpOpening = 20;
    private const ushort TcpEstablished = 1800;
    private const ushort TcpClosing = 2;
    private const ushort Datagram = 60;

    /// <summary>Starts a session with its first packet.</summary>
    public static void Open(ref FlowSession session, in FlowPacket packet, int bytes, uint now)
    {
        session.State = packet.IsTcpSyn ? FlowSessionState.Opening : FlowSessionState.Established;
        session.ForwardPackets = 1;
        session.ForwardBytes = (uint)bytes;
        session.Expires = now + IdleSeconds(session, packet);
    }

    /// <summary>Counts a packet and moves the session's end.</summary>
    public static void Touch(ref FlowSession session, in FlowPacket packet, bool reverse, int bytes, uint now)
    {
        if (reverse)
        {
            session.ReversePackets++;
            session.ReverseBytes += (uint)bytes;
        }
        else
        {
            session.ForwardPackets++;
            session.ForwardBytes += (uint)bytes;
        }

        if (packet.IsTcp)
        {
            session.State = packet.IsTcpEnd ? FlowSessionState.Closing
                : packet.IsTcpSyn ? FlowSessionState.Opening
                : session.State == FlowSessionState.Opening && !reverse && packet.IsTcpAck ? FlowSessionState.Established
                : session.State;
        }

        session.Expires = now + IdleSeconds(session, packet);
    }

    private static uint IdleSeconds(in FlowSession session, in FlowPacket packet) =>
        !packet.IsTcp ? session.Timeout > 0 ? session.Timeout : Datagram
        : session.State switch
        {
            FlowSessionState.Opening => TcpOpening,
            FlowSessionState.Closing => packet.IsTcpReset ? TcpClosing : TcpOpening,
            _ => session.Timeout > 0 ? session.Timeout : TcpEstablished,
        };
}
