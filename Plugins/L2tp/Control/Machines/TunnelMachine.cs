namespace RouterOS.L2tp.Control.Machines;

/// <summary>Where a tunnel is, RFC 2661 section 7.2.1, and how it ends.</summary>
internal enum TunnelState
{
    Idle,

    /// <summary>The request is out (wait-ctl-reply).</summary>
    WaitReply,

    /// <summary>The reply is out (wait-ctl-conn).</summary>
    WaitConnected,

    Established,

    /// <summary>One side has said StopCCN: messages are still acknowledged, nothing else.</summary>
    Stopping,

    Ended,
}

/// <summary>What happens to a tunnel.</summary>
internal enum TunnelEvent
{
    /// <summary>This side wants it.</summary>
    Open,

    RequestGood,
    RequestBad,
    ReplyGood,
    ReplyBad,
    ConnectedGood,
    ConnectedBad,

    /// <summary>A message that has no place here, or that cannot be understood.</summary>
    Unexpected,

    StopReceived,

    /// <summary>This side is done with it.</summary>
    Close,

    /// <summary>The peer does not answer.</summary>
    Lost,

    /// <summary>Nothing that matters can come any more.</summary>
    Drained,
}

/// <summary>What the tunnel does.</summary>
[Flags]
internal enum TunnelActions
{
    None = 0,
    SendRequest = 1,
    SendReply = 2,
    SendConnected = 4,
    SendStop = 8,
    Up = 16,
    EndSessions = 32,
    Drain = 64,
    Forget = 128,
}

/// <summary>One step.</summary>
internal readonly record struct TunnelStep(TunnelState State, TunnelActions Actions);

/// <summary>Life of a control connection as a pure table: no clock, no I/O.</summary>
internal static class TunnelMachine
{
    /// <summary>The step that <paramref name="input"/> causes in <paramref name="state"/>.</summary>
    public static TunnelStep Next(TunnelState state, TunnelEvent input) => (state, input) switch
    {
        (TunnelState.Idle, TunnelEvent.Open) => new(TunnelState.WaitReply, TunnelActions.SendRequest),
        (TunnelState.Idle, TunnelEvent.RequestGood) => new(TunnelState.WaitConnected, TunnelActions.SendReply),
        (TunnelState.Idle, TunnelEvent.RequestBad) => new(TunnelState.Stopping, TunnelActions.SendStop),
        (TunnelState.WaitReply, TunnelEvent.ReplyGood) => new(TunnelState.Established, TunnelActions.SendConnected | TunnelActions.Up),
        (TunnelState.WaitReply, TunnelEvent.ReplyBad) => new(TunnelState.Stopping, TunnelActions.SendStop),
        (TunnelState.WaitConnected, TunnelEvent.ConnectedGood) => new(TunnelState.Established, TunnelActions.Up),
        (TunnelState.WaitConnected, TunnelEvent.ConnectedBad) => new(TunnelState.Stopping, TunnelActions.SendStop),
        (TunnelState.WaitReply or TunnelState.WaitConnected or TunnelState.Established, TunnelEvent.Unexpected or TunnelEvent.Close) =>
            new(TunnelState.Stopping, TunnelActions.SendStop | TunnelActions.EndSessions),
        // RFC 2661 section 5.7: who was told to stop stays to acknowledge it again.
        (TunnelState.WaitReply or TunnelState.WaitConnected or TunnelState.Established, TunnelEvent.StopReceived) =>
            new(TunnelState.Stopping, TunnelActions.EndSessions | TunnelActions.Drain),
        (TunnelState.WaitReply or TunnelState.WaitConnected or TunnelState.Established, TunnelEvent.Lost) =>
            new(TunnelState.Ended, TunnelActions.EndSessions | TunnelActions.Forget),
        (TunnelState.Stopping, TunnelEvent.Lost or TunnelEvent.Drained) => new(TunnelState.Ended, TunnelActions.Forget),
        // Both said it at once.
        (TunnelState.Stopping, TunnelEvent.StopReceived) => new(TunnelState.Stopping, TunnelActions.Drain),
        // Any other pair is late or repeated, and changes nothing.
        _ => new(state, TunnelActions.None),
    };
}
