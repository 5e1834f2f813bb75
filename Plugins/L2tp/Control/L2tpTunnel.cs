using System.Security.Cryptography;
using RouterOS.L2tp.Control.Machines;
using RouterOS.L2tp.Control.Policy;
using RouterOS.L2tp.Wire;
using RouterOS.Sdk.Storage;

namespace RouterOS.L2tp.Control;

/// <summary>One tunnel: its control connection and its sessions, at the LNS or, in the client's role, at the LAC.</summary>
internal sealed class L2tpTunnel : IControlUser
{
    private const int ChallengeBytes = 16;

    private static readonly TimeSpan s_setupTimeout = TimeSpan.FromSeconds(60);

    private SessionSet _sessions;
    private IDisposable? _timer;
    private IDisposable? _hello;
    private bool _hadSession;
    private bool _challengesPeer;

    public L2tpTunnel(L2tpTunnels owner, ushort localId, TunnelEnds ends, HostPolicy host, DestinationPolicy? profile, Destination destination)
    {
        Owner = owner;
        LocalId = localId;
        Host = host;
        Profile = profile;
        Place = destination;
        uint window = host.ReceiveWindow > 0 ? host.ReceiveWindow : owner.Policy.ReceiveWindow;
        Channel = new ControlChannel(owner.Environment, (int)Math.Clamp(window, 1, 64), this)
        {
            Ends = ends,
            Retransmissions = owner.Policy.RetransmissionsNotEstablished,
        };
        Since = owner.Environment.Now;
    }

    public L2tpTunnels Owner { get; }

    public ushort LocalId { get; }

    public ushort RemoteId => Channel.RemoteTunnel;

    public TunnelEnds Ends => Channel.Ends;

    public HostPolicy Host { get; }

    public DestinationPolicy? Profile { get; }

    /// <summary>The peer's address, with a number for show.</summary>
    public Destination Place { get; }

    public L2tpPolicy Policy => Owner.Policy;

    public ControlChannel Channel { get; }

    public TunnelState State { get; private set; }

    public string RemoteHost { get; private set; } = string.Empty;

    public string LocalHost => Host.LocalHost.Length > 0 ? Host.LocalHost : Policy.HostName;

    public string Vendor { get; private set; } = string.Empty;

    /// <summary>The peer has proved that it knows the secret.</summary>
    public bool IsAuthenticated { get; private set; }

    public DateTimeOffset Since { get; private set; }

    public Ending? Ending { get; private set; }

    public byte[] OwnChallenge { get; private set; } = [];

    public byte[] PeerChallenge { get; private set; } = [];

    public IReadOnlyCollection<L2tpSession> Sessions => _sessions.All;

    public bool IsHalfOpen => State is TunnelState.Idle or TunnelState.WaitReply or TunnelState.WaitConnected;

    public L2tpSession? Find(ushort session) => _sessions.Find(session);

    /// <summary>The client's side begins.</summary>
    public void Open()
    {
        Challenge();
        Step(TunnelEvent.Open);
    }

    /// <summary>The client's side wants a session; null when the tunnel is not up or has no number left.</summary>
    public L2tpSession? OpenSession(CallDetails call)
    {
        if (State != TunnelState.Established || NewSession() is not { } session)
        {
            return null;
        }

        session.Open(call);
        return session;
    }

    /// <summary>A control message that belongs to this tunnel.</summary>
    public void Receive(in L2tpHeader header)
    {
        Channel.Receive(header);
        if (State == TunnelState.Stopping && Channel.IsQuiet && _timer is null)
        {
            Drain();
        }
    }

    /// <summary>Messages go to another place from now on.</summary>
    public void Move(TunnelEnds ends)
    {
        Channel.Ends = ends;
        foreach (L2tpSession session in _sessions.All)
        {
            session.Moved();
        }
    }

    /// <summary>Ends the tunnel and tells the peer.</summary>
    public void Close(StopResult result, GeneralError error, string message)
    {
        Ending ??= new((ushort)result, error, message);
        Step(TunnelEvent.Close);
    }

    /// <summary>Ends the tunnel at once, without a word.</summary>
    public void Abandon(string message)
    {
        Ending ??= new(0, GeneralError.None, message);
        Step(TunnelEvent.Lost);
    }

    public void Forget(L2tpSession session)
    {
        if (!_sessions.Remove(session.LocalId))
        {
            return;
        }

        Owner.SessionEnded(session);
        if (_sessions.Count > 0 || State != TunnelState.Established)
        {
            return;
        }

        if (Host.IsSingleShot)
        {
            // No idle time: the next session needs another tunnel.
            Close(StopResult.Clear, GeneralError.None, "its only session has ended");
        }
        else
        {
            AwaitSession();
        }
    }

    private L2tpSession? NewSession()
    {
        if (_sessions.Count >= ushort.MaxValue)
        {
            return null;
        }

        ushort id;
        do
        {
            id = Owner.NewId();
        }
        while (_sessions.Find(id) is not null);

        L2tpSession session = new(this, id);
        _sessions.Add(session);
        _hadSession = true;
        Owner.SessionBegins(this);
        if (State == TunnelState.Established)
        {
            _timer?.Dispose();
            _timer = null;
        }

        return session;
    }

    public void Take(ushort sessionId, byte[] body)
    {
        if (!ControlMessage.TryParse(body, Host.Secret, Owner.Environment.Mac, out ControlMessage message, out GeneralError error))
        {
            Channel.Counters.ReceivedErrors++;
            Unexpected(StopResult.GeneralError, error, "a control message could not be understood");
        }
        else if (!Enum.IsDefined(message.Type))
        {
            Channel.Counters.ReceivedErrors++;
            if (message.IsTypeMandatory)
            {
                Unexpected(StopResult.GeneralError, GeneralError.UnknownMandatory, $"message type {(ushort)message.Type} is not known");
            }
        }
        else if (IsOfCall(message.Type))
        {
            TakeOfCall(sessionId, message);
        }
        else if (message.Unknown is not null)
        {
            Channel.Counters.ReceivedErrors++;
            Unexpected(StopResult.GeneralError, GeneralError.UnknownMandatory, $"unknown mandatory attribute: {message.Unknown}");
        }
        else
        {
            TakeOfTunnel(message);
        }
    }

    private static bool IsOfCall(MessageType type) => type is >= MessageType.OutgoingCallRequest and <= MessageType.SetLinkInfo;

    private void TakeOfTunnel(ControlMessage message)
    {
        switch (message.Type)
        {
            case MessageType.StartControlConnectionRequest when State == TunnelState.Idle:
                TakeRequest(message);
                break;
            case MessageType.StartControlConnectionReply when State == TunnelState.WaitReply:
                TakeReply(message);
                break;
            case MessageType.StartControlConnectionConnected when State == TunnelState.WaitConnected:
                if (Check(message, MessageType.StartControlConnectionConnected))
                {
                    Step(TunnelEvent.ConnectedGood);
                }
                else
                {
                    Step(TunnelEvent.ConnectedBad);
                }

                break;
            case MessageType.StopControlConnectionNotification:
                (ushort result, GeneralError error, string text) = message.Result();
                Ending ??= new(result, error, text, ByPeer: true);
                if (RemoteId == 0)
                {
                    Channel.RemoteTunnel = message.Number16(AttributeType.AssignedTunnelId);
                }

                Step(TunnelEvent.StopReceived);
                break;
            case MessageType.Hello:
                break;
            default:
                Unexpected(StopResult.StateMachineError, GeneralError.None, $"{message.Type} has no place in state {State}");
                break;
        }
    }

    private void TakeRequest(ControlMessage message)
    {
        Learn(message);
        // Revisions of version 1 are all spoken (RFC 2661 section 4.4.3); who says nothing is taken for one of them.
        if (message.Find(AttributeType.ProtocolVersion) is not (null or [1, _]))
        {
            Refuse(StopResult.VersionNotSupported, (GeneralError)TunnelMessages.ProtocolVersion, "version 1 is spoken here");
            return;
        }

        PeerChallenge = message.Find(AttributeType.Challenge) ?? [];
        if (PeerChallenge.Length > 0 && Host.Secret.Length == 0)
        {
            Owner.AuthenticationFailed(this, "the peer asks for tunnel authentication, and no password is configured");
            Refuse(StopResult.NotAuthorized, GeneralError.None, "no tunnel password");
            return;
        }

        if (Owner.RefusalOf(this) is { } refusal)
        {
            Ending = refusal;
            Step(TunnelEvent.RequestBad);
            return;
        }

        Challenge();
        Step(TunnelEvent.RequestGood);
    }

    private void TakeReply(ControlMessage message)
    {
        Learn(message);
        PeerChallenge = message.Find(AttributeType.Challenge) ?? [];
        if (RemoteId == 0 || (PeerChallenge.Length > 0 && Host.Secret.Length == 0))
        {
            Ending ??= new((ushort)StopResult.NotAuthorized, GeneralError.None, "the reply cannot be answered");
            Step(TunnelEvent.ReplyBad);
        }
        else
        {
            Step(Check(message, MessageType.StartControlConnectionReply) ? TunnelEvent.ReplyGood : TunnelEvent.ReplyBad);
        }
    }

    private void Learn(ControlMessage message)
    {
        RemoteHost = SharedText.Of(message.Text(AttributeType.HostName));
        Vendor = SharedText.Of(message.Text(AttributeType.VendorName));
        Channel.RemoteTunnel = message.Number16(AttributeType.AssignedTunnelId);
        if (message.Number16(AttributeType.ReceiveWindowSize) is > 0 and ushort window)
        {
            Channel.SetSendWindow(window);
        }
    }

    private void Challenge()
    {
        if (Host.Secret.Length > 0 && Policy.SendsChallenge)
        {
            OwnChallenge = new byte[ChallengeBytes];
            Owner.Environment.Fill(OwnChallenge);
            _challengesPeer = true;
        }
    }

    // True unless the peer was challenged and has not answered rightly.
    private bool Check(ControlMessage message, MessageType type)
    {
        if (!_challengesPeer)
        {
            return true;
        }

        byte[] right = TunnelMessages.Response(Owner.Environment.Mac, type, Host.Secret, OwnChallenge);
        if (message.Find(AttributeType.ChallengeResponse) is { } response && CryptographicOperations.FixedTimeEquals(response, right))
        {
            IsAuthenticated = true;
            return true;
        }

        string reason = message.Has(AttributeType.ChallengeResponse) ? "the tunnel passwords differ" : "the peer has not answered the challenge";
        Ending ??= new((ushort)StopResult.NotAuthorized, GeneralError.None, reason);
        Owner.AuthenticationFailed(this, reason);
        return false;
    }

    private void TakeOfCall(ushort sessionId, ControlMessage message)
    {
        if (State != TunnelState.Established)
        {
            Unexpected(StopResult.StateMachineError, GeneralError.None, $"{message.Type} has no place in state {State}");
            return;
        }

        L2tpSession? session = sessionId != 0 ? Find(sessionId) : null;
        if (message.Type is MessageType.IncomingCallRequest or MessageType.OutgoingCallRequest)
        {
            Request(message);
        }
        else if (session is null && message.Type == MessageType.CallDisconnectNotify)
        {
            // RFC 2661 section 4.4.4: who has heard of no number of ours names its own.
            ushort assigned = message.Number16(AttributeType.AssignedSessionId);
            _sessions.All.FirstOrDefault(s => sessionId == 0 && assigned != 0 && s.RemoteId == assigned)?.Receive(message);
        }
        else if (session is null)
        {
            Channel.Counters.ReceivedErrors++;
        }
        else if (message.Unknown is not null)
        {
            Channel.Counters.ReceivedErrors++;
            session.Fail(CallResult.GeneralError, GeneralError.UnknownMandatory, $"unknown mandatory attribute: {message.Unknown}");
        }
        else
        {
            session.Receive(message);
        }
    }

    private void Request(ControlMessage message)
    {
        Ending? refusal = message.Unknown is not null
                ? new((ushort)CallResult.GeneralError, GeneralError.UnknownMandatory, $"unknown mandatory attribute: {message.Unknown}")
            : message.Type == MessageType.OutgoingCallRequest
                ? new((ushort)CallResult.NoFacilities, GeneralError.None, "no outgoing calls are made here")
            : message.Number16(AttributeType.AssignedSessionId) == 0
                ? new((ushort)CallResult.GeneralError, GeneralError.OutOfRange, "no session number is assigned")
            : Host.IsSingleShot && _hadSession
                ? new((ushort)CallResult.Administrative, GeneralError.None, "a single-shot tunnel has one session")
            : Owner.RefusalOfCall(this);
        if (NewSession() is { } session)
        {
            session.Requested(message, refusal);
        }
    }

    private void Refuse(StopResult result, GeneralError error, string message)
    {
        Ending ??= new((ushort)result, error, message);
        Step(TunnelEvent.RequestBad);
    }

    private void Unexpected(StopResult result, GeneralError error, string message)
    {
        Ending ??= new((ushort)result, error, message);
        Step(State == TunnelState.Idle ? TunnelEvent.RequestBad : TunnelEvent.Unexpected);
    }

    public void Lost()
    {
        Ending ??= new((ushort)StopResult.Clear, GeneralError.None, "the peer does not answer");
        Step(TunnelEvent.Lost);
    }

    private void Step(TunnelEvent input)
    {
        TunnelStep step = TunnelMachine.Next(State, input);
        bool changed = step.State != State;
        State = step.State;
        if (changed)
        {
            _timer?.Dispose();
            _timer = null;
            _hello?.Dispose();
        }

        Send(step.Actions);
        if (step.Actions.HasFlag(TunnelActions.EndSessions))
        {
            EndSessions();
        }

        if (step.Actions.HasFlag(TunnelActions.Up))
        {
            Since = Owner.Environment.Now;
            Channel.Retransmissions = Policy.RetransmissionsEstablished;
            AwaitSession();
            AwaitSilence();
            Owner.TunnelUp(this);
        }

        if (step.Actions.HasFlag(TunnelActions.Drain))
        {
            Drain();
        }

        if (changed && State == TunnelState.Stopping)
        {
            Owner.TunnelStopping(this);
        }

        if (step.Actions.HasFlag(TunnelActions.Forget))
        {
            Since = Owner.Environment.Now;
            Channel.Close();
            Owner.TunnelEnded(this);
        }
        else if (changed && State is TunnelState.WaitReply or TunnelState.WaitConnected)
        {
            _timer = Owner.Environment.After(s_setupTimeout, () => Close(StopResult.Clear, GeneralError.None, "the tunnel was not connected in time"));
        }
    }

    private void Send(TunnelActions actions)
    {
        byte[]? body = actions.HasFlag(TunnelActions.SendRequest) ? TunnelMessages.Request(this)
            : actions.HasFlag(TunnelActions.SendReply) ? TunnelMessages.Reply(this)
            : actions.HasFlag(TunnelActions.SendConnected) ? TunnelMessages.Connected(this)
            : actions.HasFlag(TunnelActions.SendStop) ? TunnelMessages.Stop(LocalId, Ending!)
            : null;
        if (body is not null)
        {
            Channel.Send(0, body);
        }
    }

    private void EndSessions()
    {
        Ending ending = new(0, GeneralError.None, $"its tunnel has ended: {Ending?.Message}", Ending?.ByPeer ?? false);
        foreach (L2tpSession session in _sessions.All.ToArray())
        {
            session.TunnelGone(ending);
        }
    }

    private void AwaitSession()
    {
        // A single-shot tunnel has no idle time, but a bounded one for its session to come.
        TimeSpan limit = Host.IsSingleShot ? s_setupTimeout : Policy.IdleTimeout;
        _timer?.Dispose();
        _timer = limit > TimeSpan.Zero && Owner.IsResponder
            ? Owner.Environment.After(limit, () => Close(StopResult.Clear, GeneralError.None, "no session for the idle time"))
            : null;
    }

    private void AwaitSilence()
    {
        if (Policy.HelloInterval <= TimeSpan.Zero)
        {
            return;
        }

        TimeSpan silence = Owner.Environment.Now - Channel.Heard;
        if (silence >= Policy.HelloInterval && Channel.IsQuiet)
        {
            Channel.Send(0, TunnelMessages.Hello());
            silence = TimeSpan.Zero;
        }

        TimeSpan wait = Policy.HelloInterval - silence;
        _hello = Owner.Environment.After(wait > TimeSpan.Zero ? wait : Policy.HelloInterval, AwaitSilence);
    }

    private void Drain()
    {
        _timer?.Dispose();
        _timer = Owner.Environment.After(Policy.ShortDrainTimeout, () => Step(TunnelEvent.Drained));
    }
}
