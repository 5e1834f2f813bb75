using RouterOS.L2tp.Control.Machines;
using RouterOS.L2tp.Wire;
using RouterOS.Proto.Ppp.V1;

namespace RouterOS.L2tp.Control;

/// <summary>One incoming call, at the LNS or, in the client's role, at the LAC.</summary>
internal sealed class L2tpSession(L2tpTunnel tunnel, ushort localId)
{
    // PPP with HDLC's address and control bytes, RFC 1662 section 3.1; they are there until LCP has agreed otherwise.
    private const byte Address = 0xff;
    private const byte Control = 0x03;

    private static readonly TimeSpan s_connectTimeout = TimeSpan.FromSeconds(60);

    private IDisposable? _timer;

    public L2tpTunnel Tunnel { get; } = tunnel;

    public ushort LocalId { get; } = localId;

    public ushort RemoteId { get; private set; }

    public CallState State { get; private set; }

    public CallDetails Call { get; private set; } = new();

    /// <summary>Number by which PPP knows the call.</summary>
    public uint Link => ((uint)Tunnel.LocalId << 16) | LocalId;

    public DateTimeOffset Since { get; private set; } = tunnel.Owner.Environment.Now;

    public Ending? Ending { get; private set; }

    /// <summary>What PPP has agreed; null before.</summary>
    public NetworkUp? Network { get; set; }

    /// <summary>Index of its interface; 0 without.</summary>
    public uint Interface { get; set; }

    /// <summary>Where the modules send it, while its rows are there: they have the sequence numbers then.</summary>
    public InnerEnds? Inner { get; set; }

    /// <summary>Sequence number of the next data message, as far as the control plane knows.</summary>
    public ushort NextSend { get; set; }

    /// <summary>The lowest sequence number that is not late.</summary>
    public ushort NextReceive { get; set; }

    /// <summary>Frames that the control plane has carried.</summary>
    public ulong ReceivedFrames { get; private set; }

    public ulong ReceivedOctets { get; private set; }

    public ulong SentFrames { get; private set; }

    public ulong SentOctets { get; private set; }

    /// <summary>What the modules counted, kept when the session ends.</summary>
    public Proto.L2tp.V1.SessionCounters? Counted { get; set; }

    public bool UsesProxyLcp => Tunnel.Host.UsesProxyLcp && Call.LastSentRequest.Length > 0 && Call.LastReceivedRequest.Length > 0;

    public bool UsesProxyAuthentication => UsesProxyLcp && Tunnel.Host.UsesProxyAuthentication
        && Call.ProxyAuthentication is not (ProxyAuthenticationType.None or ProxyAuthenticationType.NoAuthentication);

    /// <summary>The client's side begins.</summary>
    public void Open(CallDetails call)
    {
        Call = call;
        Step(CallEvent.Open);
    }

    /// <summary>A request of the peer's; a refusal where it is not admitted.</summary>
    public void Requested(ControlMessage message, Ending? refusal)
    {
        RemoteId = message.Number16(AttributeType.AssignedSessionId);
        Call = CallDetails.OfRequest(message);
        Ending = refusal;
        Step(refusal is null ? CallEvent.RequestGood : CallEvent.RequestBad);
    }

    public void Receive(ControlMessage message)
    {
        switch (message.Type)
        {
            case MessageType.IncomingCallReply when State == CallState.WaitReply && message.Number16(AttributeType.AssignedSessionId) != 0:
                RemoteId = message.Number16(AttributeType.AssignedSessionId);
                Step(CallEvent.ReplyGood);
                break;
            case MessageType.IncomingCallConnected when State == CallState.WaitConnected:
                Call = Call.Connected(message);
                Step(CallEvent.ConnectedGood);
                break;
            case MessageType.CallDisconnectNotify:
                (ushort result, GeneralError error, string text) = message.Result();
                Ending ??= new(result, error, text, ByPeer: true);
                Step(CallEvent.DisconnectReceived);
                break;
            case MessageType.SetLinkInfo or MessageType.WanErrorNotify when State == CallState.Established:
                break;
            default:
                Fail(CallResult.GeneralError, GeneralError.InvalidSession, $"{message.Type} has no place in state {State}");
                break;
        }
    }

    /// <summary>Ends the call because of something that the peer did.</summary>
    public void Fail(CallResult result, GeneralError error, string message)
    {
        Ending ??= new((ushort)result, error, message);
        Step(CallEvent.Unexpected);
    }

    /// <summary>Ends the call.</summary>
    public void Close(Ending ending)
    {
        Ending ??= ending;
        Step(CallEvent.Close);
    }

    public void TunnelGone(Ending ending)
    {
        Ending ??= ending;
        Step(CallEvent.TunnelGone);
    }

    /// <summary>A data message of the peer.</summary>
    public void Receive(in L2tpHeader message)
    {
        ReadOnlySpan<byte> frame = message.Payload;
        if (State != CallState.Established)
        {
            Tunnel.Owner.Drops.Add(L2tpDrop.NotConnected);
            return;
        }

        // The modules have judged what passed them.
        if (Inner is null && Call.RequiresSequencing && message.HasSequence)
        {
            if ((short)(message.Ns - NextReceive) < 0)
            {
                if (!Tunnel.Policy.IgnoresSequencing)
                {
                    Tunnel.Owner.Drops.Add(L2tpDrop.OutOfSequence);
                    return;
                }
            }
            else
            {
                NextReceive = (ushort)(message.Ns + 1);
            }
        }

        if (frame.Length >= 2 && frame[0] == Address && frame[1] == Control)
        {
            frame = frame[2..];
        }

        if (frame.IsEmpty || ((frame[0] & 1) == 0 && frame.Length < 2))
        {
            Tunnel.Owner.Drops.Add(L2tpDrop.BadFrame);
            return;
        }

        ReceivedFrames++;
        ReceivedOctets += (ulong)frame.Length;
        Tunnel.Owner.Upper.Frame(this, (frame[0] & 1) != 0 ? [0, .. frame] : frame.ToArray());
    }

    /// <summary>Sends a frame that begins with its protocol number.</summary>
    public void SendFrame(ReadOnlySpan<byte> frame)
    {
        if (State != CallState.Established)
        {
            return;
        }

        SentFrames++;
        SentOctets += (ulong)frame.Length;
        if (Call.RequiresSequencing && Inner is { } inner)
        {
            Tunnel.Owner.Environment.SendFrame(inner, frame);
            return;
        }

        int header = Call.RequiresSequencing ? L2tpHeader.SequencedDataLength : L2tpHeader.DataLength;
        byte[] datagram = new byte[header + 2 + frame.Length];
        if (Call.RequiresSequencing)
        {
            L2tpHeader.WriteData(datagram, Tunnel.RemoteId, RemoteId, NextSend++);
        }
        else
        {
            L2tpHeader.WriteData(datagram, Tunnel.RemoteId, RemoteId);
        }

        datagram[header] = Address;
        datagram[header + 1] = Control;
        frame.CopyTo(datagram.AsSpan(header + 2));
        Tunnel.Owner.Environment.Send(Tunnel.Ends, datagram);
    }

    public void Moved()
    {
        if (State == CallState.Established)
        {
            Tunnel.Owner.Upper.Moved(this);
        }
    }

    private void Step(CallEvent input)
    {
        CallStep step = CallMachine.Next(State, input);
        State = step.State;
        _timer?.Dispose();
        if (State == CallState.Ended)
        {
            Since = Tunnel.Owner.Environment.Now;
        }

        if (step.Actions.HasFlag(CallActions.SendRequest))
        {
            Tunnel.Channel.Send(0, CallMessages.Request(this));
        }

        if (step.Actions.HasFlag(CallActions.SendReply))
        {
            Tunnel.Channel.Send(RemoteId, new MessageWriter(MessageType.IncomingCallReply).Number(AttributeType.AssignedSessionId, LocalId).ToArray());
        }

        if (step.Actions.HasFlag(CallActions.SendConnected))
        {
            Tunnel.Channel.Send(RemoteId, CallMessages.Connected(this));
        }

        if (step.Actions.HasFlag(CallActions.SendDisconnect))
        {
            Tunnel.Channel.Send(RemoteId, CallMessages.Disconnect(this));
        }

        if (step.Actions.HasFlag(CallActions.Up))
        {
            Since = Tunnel.Owner.Environment.Now;
            Tunnel.Owner.SessionUp(this);
        }

        if (step.Actions.HasFlag(CallActions.Down))
        {
            Tunnel.Owner.SessionDown(this);
        }

        if (step.Actions.HasFlag(CallActions.Forget))
        {
            Tunnel.Forget(this);
        }
        else if (State is CallState.WaitReply or CallState.WaitConnected)
        {
            _timer = Tunnel.Owner.Environment.After(
                s_connectTimeout, () => Close(new((ushort)CallResult.TimedOut, GeneralError.None, "the call was not connected in time")));
        }
    }
}
