namespace RouterOS.Ike.Control.Machines;

/// <summary>States of being asked for our user's name and password.</summary>
internal enum AccessClientState
{
    /// <summary>Phase 1 is not up.</summary>
    Idle,

    /// <summary>The peer has not asked yet.</summary>
    AwaitingQuestion,

    /// <summary>We have answered.</summary>
    AwaitingVerdict,

    /// <summary>We are accepted and ask for settings.</summary>
    AskingSettings,

    /// <summary>Tunnels may be negotiated.</summary>
    Open,

    /// <summary>The phase 1 SA ends.</summary>
    Closed,
}

/// <summary>What happens while we are asked.</summary>
internal enum AccessClientEvent
{
    /// <summary>Phase 1 is up.</summary>
    Begin,

    /// <summary>The peer asks.</summary>
    Questioned,

    /// <summary>The peer accepts us.</summary>
    Accepted,

    /// <summary>The peer does not.</summary>
    Refused,

    /// <summary>The settings are there, or the peer has none.</summary>
    Settled,

    /// <summary>The peer says nothing for too long.</summary>
    TimedOut,
}

/// <summary>What a step asks for.</summary>
[Flags]
internal enum AccessClientActions
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Waits for the peer, not for ever.</summary>
    Await = 1,

    /// <summary>Asks for settings.</summary>
    AskSettings = 2,

    /// <summary>Lets tunnels be negotiated.</summary>
    Open = 4,

    /// <summary>Reports that we are refused.</summary>
    ReportRefusal = 8,

    /// <summary>Reports the silence.</summary>
    ReportSilence = 16,

    /// <summary>Ends the phase 1 SA.</summary>
    Close = 32,
}

/// <summary>A step of the machine.</summary>
internal readonly record struct AccessClientStep(AccessClientState State, AccessClientActions Actions);

/// <summary>Being asked as a pure table: no clock, no I/O, no logging.</summary>
internal static class AccessClientMachine
{
    /// <summary>The step that <paramref name="input"/> causes in <paramref name="state"/>.</summary>
    public static AccessClientStep Next(AccessClientState state, AccessClientEvent input) => (state, input) switch
    {
        (AccessClientState.Idle, AccessClientEvent.Begin) => new(AccessClientState.AwaitingQuestion, AccessClientActions.Await),
        (AccessClientState.AwaitingQuestion or AccessClientState.AwaitingVerdict, AccessClientEvent.Questioned) =>
            new(AccessClientState.AwaitingVerdict, AccessClientActions.Await),
        // A peer that has nothing to ask may say at once that it accepts us.
        (AccessClientState.AwaitingQuestion or AccessClientState.AwaitingVerdict, AccessClientEvent.Accepted) =>
            new(AccessClientState.AskingSettings, AccessClientActions.AskSettings),
        (AccessClientState.AwaitingQuestion or AccessClientState.AwaitingVerdict, AccessClientEvent.Refused) =>
            new(AccessClientState.Closed, AccessClientActions.ReportRefusal | AccessClientActions.Close),
        (AccessClientState.AwaitingQuestion or AccessClientState.AwaitingVerdict, AccessClientEvent.TimedOut) =>
            new(AccessClientState.Closed, AccessClientActions.ReportSilence | AccessClientActions.Close),
        (AccessClientState.AskingSettings, AccessClientEvent.Settled or AccessClientEvent.TimedOut) =>
            new(AccessClientState.Open, AccessClientActions.Open),
        _ => new(state, AccessClientActions.None),
    };
}
