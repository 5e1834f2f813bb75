namespace RouterOS.Ike.Control.Machines;

/// <summary>States of asking a peer's user for its name and password (draft-beaulieu-ike-xauth-02 section 5).</summary>
internal enum AccessServerState
{
    /// <summary>Nothing sent yet.</summary>
    Idle,

    /// <summary>Name and password were asked for.</summary>
    Asking,

    /// <summary>The user was told that it is accepted.</summary>
    Accepting,

    /// <summary>The user was told that it is not.</summary>
    Refusing,

    /// <summary>Settings were sent without having been asked for.</summary>
    Pushing,

    /// <summary>The user may have its tunnels.</summary>
    Open,

    /// <summary>The phase 1 SA ends.</summary>
    Closed,
}

/// <summary>What happens while a user is asked.</summary>
internal enum AccessServerEvent
{
    /// <summary>Phase 1 is up.</summary>
    Begin,

    /// <summary>The answer is right.</summary>
    Approved,

    /// <summary>The answer is wrong, which has been reported.</summary>
    Disapproved,

    /// <summary>The peer has taken what we sent.</summary>
    Acknowledged,

    /// <summary>The same, and settings are to be sent.</summary>
    AcknowledgedBeforePush,

    /// <summary>The peer stays silent.</summary>
    Unanswered,
}

/// <summary>What a step asks for.</summary>
[Flags]
internal enum AccessServerActions
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Asks for name and password.</summary>
    Ask = 1,

    /// <summary>Says that the user is accepted.</summary>
    TellAccepted = 2,

    /// <summary>Says that it is not.</summary>
    TellRefused = 4,

    /// <summary>Sends the settings.</summary>
    Push = 8,

    /// <summary>Lets tunnels be negotiated.</summary>
    Open = 16,

    /// <summary>Reports the silence.</summary>
    ReportSilence = 32,

    /// <summary>Ends the phase 1 SA.</summary>
    Close = 64,
}

/// <summary>A step of the machine.</summary>
internal readonly record struct AccessServerStep(AccessServerState State, AccessServerActions Actions);

/// <summary>Asking a user as a pure table: no clock, no I/O, no logging.</summary>
internal static class AccessServerMachine
{
    /// <summary>The step that <paramref name="input"/> causes in <paramref name="state"/>.</summary>
    public static AccessServerStep Next(AccessServerState state, AccessServerEvent input) => (state, input) switch
    {
        (AccessServerState.Idle, AccessServerEvent.Begin) => new(AccessServerState.Asking, AccessServerActions.Ask),
        (AccessServerState.Asking, AccessServerEvent.Approved) => new(AccessServerState.Accepting, AccessServerActions.TellAccepted),
        (AccessServerState.Asking, AccessServerEvent.Disapproved) => new(AccessServerState.Refusing, AccessServerActions.TellRefused),
        (AccessServerState.Accepting, AccessServerEvent.AcknowledgedBeforePush) => new(AccessServerState.Pushing, AccessServerActions.Push),
        (AccessServerState.Accepting or AccessServerState.Pushing, AccessServerEvent.Acknowledged) =>
            new(AccessServerState.Open, AccessServerActions.Open),
        (AccessServerState.Refusing, AccessServerEvent.Acknowledged or AccessServerEvent.Unanswered) =>
            new(AccessServerState.Closed, AccessServerActions.Close),
        (AccessServerState.Asking or AccessServerState.Accepting or AccessServerState.Pushing, AccessServerEvent.Unanswered) =>
            new(AccessServerState.Closed, AccessServerActions.ReportSilence | AccessServerActions.Close),
        _ => new(state, AccessServerActions.None),
    };
}
