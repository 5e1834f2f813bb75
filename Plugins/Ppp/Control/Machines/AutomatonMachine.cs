namespace RouterOS.Ppp.Control.Machines;

/// <summary>States of RFC 1661 section 4.2.</summary>
internal enum AutomatonState
{
    Initial,
    Starting,
    Closed,
    Stopped,
    Closing,
    Stopping,
    RequestSent,
    AckReceived,
    AckSent,
    Opened,
}

/// <summary>Events of RFC 1661 section 4.3.</summary>
internal enum AutomatonEvent
{
    Up,
    Down,
    Open,
    Close,

    /// <summary>TO+: the restart timer, with tries left.</summary>
    Timeout,

    /// <summary>TO-: the restart timer, without.</summary>
    TimeoutFinal,

    /// <summary>RCR+.</summary>
    RequestGood,

    /// <summary>RCR-.</summary>
    RequestBad,

    /// <summary>RCA.</summary>
    Ack,

    /// <summary>RCN.</summary>
    NakOrReject,

    /// <summary>RTR.</summary>
    TerminateRequest,

    /// <summary>RTA.</summary>
    TerminateAck,

    /// <summary>RUC.</summary>
    UnknownCode,

    /// <summary>RXJ+.</summary>
    RejectPermitted,

    /// <summary>RXJ-.</summary>
    RejectCatastrophic,

    /// <summary>RXR.</summary>
    Echo,
}

/// <summary>Actions of RFC 1661 section 4.4.</summary>
[Flags]
internal enum AutomatonActions
{
    None = 0,

    /// <summary>tlu.</summary>
    LayerUp = 1,

    /// <summary>tld.</summary>
    LayerDown = 2,

    /// <summary>tls.</summary>
    LayerStarted = 4,

    /// <summary>tlf.</summary>
    LayerFinished = 8,

    /// <summary>irc.</summary>
    InitializeCount = 16,

    /// <summary>zrc.</summary>
    ZeroCount = 32,

    /// <summary>scr.</summary>
    SendRequest = 64,

    /// <summary>sca.</summary>
    SendAck = 128,

    /// <summary>scn.</summary>
    SendNak = 256,

    /// <summary>str.</summary>
    SendTerminateRequest = 512,

    /// <summary>sta.</summary>
    SendTerminateAck = 1024,

    /// <summary>scj.</summary>
    SendCodeReject = 2048,

    /// <summary>ser.</summary>
    SendEchoReply = 4096,
}

/// <summary>One step.</summary>
internal readonly record struct AutomatonStep(AutomatonState State, AutomatonActions Actions);

/// <summary>The option negotiation automaton, RFC 1661 section 4.1, as a pure table. A pair that is not in it cannot happen, and changes nothing.</summary>
internal static class AutomatonMachine
{
    private const AutomatonState Initial = AutomatonState.Initial;
    private const AutomatonState Starting = AutomatonState.Starting;
    private const AutomatonState Closed = AutomatonState.Closed;
    private const AutomatonState Stopped = AutomatonState.Stopped;
    private const AutomatonState Closing = AutomatonState.Closing;
    private const AutomatonState Stopping = AutomatonState.Stopping;
    private const AutomatonState RequestSent = AutomatonState.RequestSent;
    private const AutomatonState AckReceived = AutomatonState.AckReceived;
    private const AutomatonState AckSent = AutomatonState.AckSent;
    private const AutomatonState Opened = AutomatonState.Opened;

    private const AutomatonActions Tlu = AutomatonActions.LayerUp;
    private const AutomatonActions Tld = AutomatonActions.LayerDown;
    private const AutomatonActions Tls = AutomatonActions.LayerStarted;
    private const AutomatonActions Tlf = AutomatonActions.LayerFinished;
    private const AutomatonActions Irc = AutomatonActions.InitializeCount;
    private const AutomatonActions Zrc = AutomatonActions.ZeroCount;
    private const AutomatonActions Scr = AutomatonActions.SendRequest;
    private const AutomatonActions Sca = AutomatonActions.SendAck;
    private const AutomatonActions Scn = AutomatonActions.SendNak;
    private const AutomatonActions Str = AutomatonActions.SendTerminateRequest;
    private const AutomatonActions Sta = AutomatonActions.SendTerminateAck;
    private const AutomatonActions Scj = AutomatonActions.SendCodeReject;
    private const AutomatonActions Ser = AutomatonActions.SendEchoReply;

    /// <summary>The step that <paramref name="input"/> causes in <paramref name="state"/>.</summary>
    public static AutomatonStep Next(AutomatonState state, AutomatonEvent input) => input switch
    {
        AutomatonEvent.Up => state switch
        {
            Initial => new(Closed, 0),
            Starting => new(RequestSent, Irc | Scr),
            _ => new(state, 0),
        },
        AutomatonEvent.Down => state switch
        {
            Closed or Closing => new(Initial, 0),
            Stopped => new(Starting, Tls),
            Stopping or RequestSent or AckReceived or AckSent => new(Starting, 0),
            Opened => new(Starting, Tld),
            _ => new(state, 0),
        },
        AutomatonEvent.Open => state switch
        {
            Initial => new(Starting, Tls),
            Closed => new(RequestSent, Irc | Scr),
            Closing => new(Stopping, 0),
            _ => new(state, 0),
        },
        AutomatonEvent.Close => state switch
        {
            Starting => new(Initial, Tlf),
            Stopped => new(Closed, 0),
            Stopping => new(Closing, 0),
            RequestSent or AckReceived or AckSent => new(Closing, Irc | Str),
            Opened => new(Closing, Tld | Irc | Str),
            _ => new(state, 0),
        },
        AutomatonEvent.Timeout => state switch
        {
            Closing or Stopping => new(state, Str),
            RequestSent or AckReceived => new(RequestSent, Scr),
            AckSent => new(AckSent, Scr),
            _ => new(state, 0),
        },
        AutomatonEvent.TimeoutFinal => state switch
        {
            Closing => new(Closed, Tlf),
            Stopping or RequestSent or AckReceived or AckSent => new(Stopped, Tlf),
            _ => new(state, 0),
        },
        AutomatonEvent.RequestGood => state switch
        {
            Closed => new(Closed, Sta),
            Stopped => new(AckSent, Irc | Scr | Sca),
            RequestSent or AckSent => new(AckSent, Sca),
            AckReceived => new(Opened, Sca | Tlu),
            Opened => new(AckSent, Tld | Scr | Sca),
            _ => new(state, 0),
        },
        AutomatonEvent.RequestBad => state switch
        {
            Closed => new(Closed, Sta),
            Stopped => new(RequestSent, Irc | Scr | Scn),
            RequestSent or AckSent => new(RequestSent, Scn),
            AckReceived => new(AckReceived, Scn),
            Opened => new(RequestSent, Tld | Scr | Scn),
            _ => new(state, 0),
        },
        AutomatonEvent.Ack => state switch
        {
            Closed or Stopped => new(state, Sta),
            RequestSent => new(AckReceived, Irc),
            AckReceived => new(RequestSent, Scr),
            AckSent => new(Opened, Irc | Tlu),
            Opened => new(RequestSent, Tld | Scr),
            _ => new(state, 0),
        },
        AutomatonEvent.NakOrReject => state switch
        {
            Closed or Stopped => new(state, Sta),
            RequestSent => new(RequestSent, Irc | Scr),
            AckReceived => new(RequestSent, Scr),
            AckSent => new(AckSent, Irc | Scr),
            Opened => new(RequestSent, Tld | Scr),
            _ => new(state, 0),
        },
        AutomatonEvent.TerminateRequest => state switch
        {
            Closed or Stopped or Closing or Stopping => new(state, Sta),
            RequestSent or AckReceived or AckSent => new(RequestSent, Sta),
            Opened => new(Stopping, Tld | Zrc | Sta),
            _ => new(state, 0),
        },
        AutomatonEvent.TerminateAck => state switch
        {
            Closing => new(Closed, Tlf),
            Stopping => new(Stopped, Tlf),
            AckReceived => new(RequestSent, 0),
            Opened => new(RequestSent, Tld | Scr),
            _ => new(state, 0),
        },
        AutomatonEvent.UnknownCode => state is Initial or Starting ? new(state, 0) : new(state, Scj),
        AutomatonEvent.RejectPermitted => state == AckReceived ? new(RequestSent, 0) : new(state, 0),
        AutomatonEvent.RejectCatastrophic => state switch
        {
            Closed or Closing => new(Closed, Tlf),
            Stopped or Stopping or RequestSent or AckReceived or AckSent => new(Stopped, Tlf),
            Opened => new(Stopping, Tld | Irc | Str),
            _ => new(state, 0),
        },
        AutomatonEvent.Echo => new(state, state == Opened ? Ser : 0),
        _ => new(state, 0),
    };
}
