namespace RouterOS.Radius.Control.Machines;

/// <summary>Where a request is.</summary>
internal enum RequestState
{
    /// <summary>Nothing was sent.</summary>
    New,

    /// <summary>Every server has all the requests that it may have.</summary>
    Queued,

    /// <summary>A server was asked.</summary>
    Waiting,

    /// <summary>Answered or given up.</summary>
    Done,
}

/// <summary>What happens to a request.</summary>
internal enum RequestEvent
{
    /// <summary>A server has room for it.</summary>
    Room,

    /// <summary>No server has room, and it may wait.</summary>
    NoRoom,

    /// <summary>There is no server, or too much waits already.</summary>
    NoHope,

    /// <summary>A right answer.</summary>
    Answered,

    /// <summary>No answer in time; the server is asked again.</summary>
    SilentTriesLeft,

    /// <summary>No answer in time, for the last time; another server has room.</summary>
    SilentServerLeft,

    /// <summary>No answer in time, for the last time; the other servers are full.</summary>
    SilentOthersFull,

    /// <summary>No answer in time, for the last time, of the last server.</summary>
    SilentAtEnd,
}

/// <summary>What is to be done.</summary>
[Flags]
internal enum RequestActions
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The server that was asked last counts as silent.</summary>
    Blame = 1,

    /// <summary>Send to the next server.</summary>
    Send = 2,

    /// <summary>Send to the same server.</summary>
    SendAgain = 4,

    /// <summary>Wait for room.</summary>
    Queue = 8,

    /// <summary>Hand over the answer.</summary>
    Deliver = 16,

    /// <summary>Tell that nobody has answered.</summary>
    GiveUp = 32,
}

/// <summary>A step.</summary>
internal readonly record struct RequestStep(RequestState State, RequestActions Actions);

/// <summary>Life of a request as a pure table.</summary>
internal static class RequestMachine
{
    /// <summary>The step that <paramref name="input"/> causes in <paramref name="state"/>.</summary>
    public static RequestStep Next(RequestState state, RequestEvent input) => (state, input) switch
    {
        (RequestState.New or RequestState.Queued, RequestEvent.Room) => new(RequestState.Waiting, RequestActions.Send),
        (RequestState.New, RequestEvent.NoRoom) => new(RequestState.Queued, RequestActions.Queue),
        (RequestState.New or RequestState.Queued, RequestEvent.NoHope) => new(RequestState.Done, RequestActions.GiveUp),
        (RequestState.Waiting, RequestEvent.Answered) => new(RequestState.Done, RequestActions.Deliver),
        (RequestState.Waiting, RequestEvent.SilentTriesLeft) => new(RequestState.Waiting, RequestActions.SendAgain),
        (RequestState.Waiting, RequestEvent.SilentServerLeft) => new(RequestState.Waiting, RequestActions.Blame | RequestActions.Send),
        (RequestState.Waiting, RequestEvent.SilentOthersFull) => new(RequestState.Queued, RequestActions.Blame | RequestActions.Queue),
        (RequestState.Waiting, RequestEvent.SilentAtEnd) => new(RequestState.Done, RequestActions.Blame | RequestActions.GiveUp),
        // A timer or an answer that comes late changes nothing.
        _ => new(state, RequestActions.None),
    };
}
