namespace RouterOS.L2tp.Control.Machines;

/// <summary>Where an incoming call is, RFC 2661 section 7.4.</summary>
internal enum CallState
{
    Idle,

    /// <summary>The LAC's request is out.</summary>
    WaitReply,

    /// <summary>The LNS's reply is out (wait-connect).</summary>
    WaitConnected,

    Established,
    Ended,
}

/// <summary>What happens to a call.</summary>
internal enum CallEvent
{
    Open,
    RequestGood,
    RequestBad,
    ReplyGood,
    ConnectedGood,

    /// <summary>A message that has no place here, or that cannot be understood.</summary>
    Unexpected,

    DisconnectReceived,

    /// <summary>This side is done with it.</summary>
    Close,

    TunnelGone,
}

/// <summary>What the session does.</summary>
[Flags]
internal enum CallActions
{
    None = 0,
    SendRequest = 1,
    SendReply = 2,
    SendConnected = 4,
    SendDisconnect = 8,
    Up = 16,
    Down = 32,
    Forget = 64,
}

/// <summary>One step.</summary>
internal readonly record struct CallStep(CallState State, CallActions Actions);

/// <summary>Life of an incoming call as a pure table, for both ends.</summary>
internal static class CallMachine
{
    /// <summary>The step that <paramref name="input"/> causes in <paramref name="state"/>.</summary>
    public static CallStep Next(CallState state, CallEvent input) => (state, input) switch
    {
        (CallState.Idle, CallEvent.Open) => new(CallState.WaitReply, CallActions.SendRequest),
        (CallState.Idle, CallEvent.RequestGood) => new(CallState.WaitConnected, CallActions.SendReply),
        (CallState.Idle, CallEvent.RequestBad) => new(CallState.Ended, CallActions.SendDisconnect | CallActions.Forget),
        (CallState.WaitReply, CallEvent.ReplyGood) => new(CallState.Established, CallActions.SendConnected | CallActions.Up),
        (CallState.WaitConnected, CallEvent.ConnectedGood) => new(CallState.Established, CallActions.Up),
        (CallState.WaitReply or CallState.WaitConnected, CallEvent.Unexpected or CallEvent.Close) =>
            new(CallState.Ended, CallActions.SendDisconnect | CallActions.Forget),
        (CallState.WaitReply or CallState.WaitConnected, CallEvent.DisconnectReceived or CallEvent.TunnelGone) =>
            new(CallState.Ended, CallActions.Forget),
        (CallState.Established, CallEvent.Unexpected or CallEvent.Close) =>
            new(CallState.Ended, CallActions.SendDisconnect | CallActions.Down | CallActions.Forget),
        (CallState.Established, CallEvent.DisconnectReceived or CallEvent.TunnelGone) =>
            new(CallState.Ended, CallActions.Down | CallActions.Forget),
        (CallState.Idle, CallEvent.TunnelGone) => new(CallState.Ended, CallActions.Forget),
        // Any other pair is late or repeated, and changes nothing.
        _ => new(state, CallActions.None),
    };
}
