using System.Runtime.CompilerServices;
using RouterOS.Packets;
using RouterOS.Proto.Flow.V1;

namespace RouterOS.Flow.Nodes;

/// <summary>How packets keep a session alive: idle times by protocol, and the little of TCP's state that a gateway needs.</summary>
internal static class SessionLife
{
    // Defaults of the vendor's flow module, in seconds; FlowSettings has the others.
    private const ushort TcpEstablished = 1800;
    private const ushort Datagram = 60;
    private const ushort TcpReset = 2;

    private const byte OpenerClosed = 1;
    private const byte AnswererClosed = 2;
    private const byte BothClosed = OpenerClosed | AnswererClosed;
    private const byte OpenerReset = 4;
    private const byte AnswererReset = 8;

    /// <summary>Why a session ends that nobody has ended.</summary>
    public static SessionEvent.Types.Reason ReasonOf(in FlowSession session) =>
        (session.Closed & OpenerReset) != 0 ? SessionEvent.Types.Reason.OpenerReset
        : (session.Closed & AnswererReset) != 0 ? SessionEvent.Types.Reason.AnswererReset
        : session.Closed != 0 ? SessionEvent.Types.Reason.TcpFin
        : SessionEvent.Types.Reason.Idle;

    /// <summary>Starts a session with its first packet.</summary>
    public static void Open(ref FlowSession session, FlowSegment segment, in PacketBuffer buffer, uint now, FlowSettings settings)
    {
        // A segment of a connection that is over opens a session that is over, so that nobody fills the table with them.
        bool over = segment.IsTcpFin || segment.IsTcpReset;
        session.Closed = segment.IsTcpReset ? (byte)(BothClosed | OpenerReset) : over ? BothClosed : (byte)0;
        session.State = !segment.IsTcp ? FlowSessionState.Established : over ? FlowSessionState.Closing : FlowSessionState.Opening;
        session.Count(reverse: false, buffer.SegmentCount, buffer.WireBytes);
        Extend(ref session, segment, now, settings);
    }

    /// <summary>Counts a packet and moves the session's end.</summary>
    public static void Touch(ref FlowSession session, FlowSegment segment, bool reverse, uint packets, uint bytes, uint now, FlowSettings settings)
    {
        session.Count(reverse, packets, bytes);
        if (segment.IsTcp)
        {
            Advance(ref session, segment, reverse);
        }

        Extend(ref session, segment, now, settings);
    }

    // Once a second: what is not written need not go back to memory.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ExtendTo(ref FlowSession session, ushort timeout, uint now)
    {
        if (session.Timeout != timeout || session.Expires != now + timeout)
        {
            session.Timeout = timeout;
            session.Expires = now + timeout;
        }
    }

    private static void Advance(ref FlowSession session, FlowSegment segment, bool reverse)
    {
        if (segment.IsTcpReset || segment.IsTcpFin)
        {
            session.Closed |= !segment.IsTcpReset ? reverse ? AnswererClosed : OpenerClosed
                : (byte)(BothClosed | (reverse ? AnswererReset : OpenerReset));
            session.State = FlowSessionState.Closing;
        }
        else if (session.State == FlowSessionState.Closing && segment.IsTcpSyn && !reverse)
        {
            // The same ports are used for the next connection.
            session.State = FlowSessionState.Opening;
            session.Closed = 0;
            session.ForgetReverse();
        }
        else if (session.State == FlowSessionState.Opening && !reverse && segment.IsTcpAck && session.ReversePackets > 0)
        {
            // Only an answer makes a connection: a sender alone cannot hold a session for half an hour.
            session.State = FlowSessionState.Established;
        }
    }

    private static void Extend(ref FlowSession session, FlowSegment segment, uint now, FlowSettings settings)
    {
        ushort open = session.ApplicationTimeout > 0 ? session.ApplicationTimeout : segment.IsTcp ? TcpEstablished : Datagram;
        ushort timeout = !segment.IsTcp ? open
            : session.State switch
            {
                FlowSessionState.Opening => settings.TcpOpening,
                FlowSessionState.Closing when segment.IsTcpReset => TcpReset,
                FlowSessionState.Closing => (session.Closed & BothClosed) == BothClosed ? settings.TcpClosed : settings.TcpHalfClosed,
                _ => open,
            };
        ExtendTo(ref session, timeout == 0 ? open : timeout, now);
    }
}
