namespace RouterOS.Ike.Control.Machines;

/// <summary>States of a quick mode exchange (RFC 2409 section 5.5).</summary>
internal enum QuickModeState
{
    /// <summary>Nothing sent or accepted yet.</summary>
    Idle,

    /// <summary>Initiator: a public value is computed elsewhere, where perfect forward secrecy wants one.</summary>
    Preparing,

    /// <summary>Initiator: proposals sent.</summary>
    Message1Sent,

    /// <summary>Initiator: the answer is accepted, keys are computed.</summary>
    DerivingAsInitiator,

    /// <summary>Initiator: the modules have not yet acknowledged the inbound SA.</summary>
    InstallingAsInitiator,

    /// <summary>Initiator: message 3 is sent; it is repeated when the peer repeats message 2.</summary>
    Message3Sent,

    /// <summary>Responder: a proposal is chosen, keys are computed.</summary>
    DerivingAsResponder,

    /// <summary>Responder: the modules have not yet acknowledged the inbound SA.</summary>
    InstallingAsResponder,

    /// <summary>Responder: the answer is sent; the peer may send on the new SA from here on, we may not.</summary>
    Message2Sent,

    /// <summary>Responder: the peer has proved that it is alive and has the keys.</summary>
    Confirmed,

    /// <summary>Given up.</summary>
    Failed,
}

/// <summary>What happens to a quick mode exchange. A message event means that the message was accepted, not merely received.</summary>
internal enum QuickModeEvent
{
    /// <summary>We want a pair of SAs.</summary>
    Begin,

    /// <summary>The computation before message 1 has ended.</summary>
    Prepared,

    /// <summary>Message 1 of a peer.</summary>
    Message1,

    /// <summary>The responder's choice.</summary>
    Message2,

    /// <summary>The initiator's proof of liveness.</summary>
    Message3,

    /// <summary>Keys are there.</summary>
    Derived,

    /// <summary>Every module has the inbound SA.</summary>
    Installed,

    /// <summary>The same datagram as the last accepted one.</summary>
    Repeated,

    /// <summary>An answer is overdue, with attempts left.</summary>
    Overdue,

    /// <summary>No attempts are left.</summary>
    Exhausted,

    /// <summary>An error that ends the exchange; its reason has been reported.</summary>
    Rejected,
}

/// <summary>What a session does for a step.</summary>
[Flags]
internal enum QuickModeActions
{
    None = 0,

    /// <summary>Computes what message 1 needs.</summary>
    Prepare = 1,

    /// <summary>Builds and sends the message of the new state.</summary>
    Send = 2,

    /// <summary>Sends the last message again.</summary>
    Resend = 4,

    /// <summary>Starts waiting for an answer, which is asked for again.</summary>
    Await = 8,

    /// <summary>Stops waiting.</summary>
    StopTimer = 16,

    /// <summary>Computes the keys.</summary>
    Derive = 32,

    /// <summary>Writes the SAs and waits until every module has them.</summary>
    Install = 64,

    /// <summary>Lets the outbound SA be used.</summary>
    Activate = 128,

    /// <summary>Reports that the peer is silent.</summary>
    ReportSilence = 256,

    /// <summary>Removes what was written, and forgets the exchange.</summary>
    Discard = 512,

    /// <summary>Keeps the exchange for a while, only to answer repeated messages.</summary>
    Linger = 1024,
}

/// <summary>A step of the machine.</summary>
internal readonly record struct QuickModeStep(QuickModeState State, QuickModeActions Actions);

/// <summary>Quick mode as a pure table: no clock, no I/O, no logging.</summary>
internal static class QuickModeMachine
{
    /// <summary>The step that <paramref name="input"/> causes in <paramref name="state"/>.</summary>
    public static QuickModeStep Next(QuickModeState state, QuickModeEvent input) => (state, input) switch
    {
        (QuickModeState.Idle, QuickModeEvent.Begin) => new(QuickModeState.Preparing, QuickModeActions.Prepare),
        (QuickModeState.Preparing, QuickModeEvent.Prepared) =>
            new(QuickModeState.Message1Sent, QuickModeActions.Send | QuickModeActions.Await),
        (QuickModeState.Message1Sent, QuickModeEvent.Message2) =>
            new(QuickModeState.DerivingAsInitiator, QuickModeActions.StopTimer | QuickModeActions.Derive),
        (QuickModeState.DerivingAsInitiator, QuickModeEvent.Derived) =>
            new(QuickModeState.InstallingAsInitiator, QuickModeActions.Install),
        // Message 3 lets the peer send on the new SA: it goes out when the modules can decrypt what comes back.
        (QuickModeState.InstallingAsInitiator, QuickModeEvent.Installed) =>
            new(QuickModeState.Message3Sent, QuickModeActions.Send | QuickModeActions.Activate | QuickModeActions.Linger),
        (QuickModeState.Message3Sent, QuickModeEvent.Repeated) => new(state, QuickModeActions.Resend),

        (QuickModeState.Idle, QuickModeEvent.Message1) => new(QuickModeState.DerivingAsResponder, QuickModeActions.Derive),
        (QuickModeState.DerivingAsResponder, QuickModeEvent.Derived) =>
            new(QuickModeState.InstallingAsResponder, QuickModeActions.Install),
        // The same for message 2. It is repeated until message 3 comes: a lost message 3 has nobody else to ask for it.
        (QuickModeState.InstallingAsResponder, QuickModeEvent.Installed) =>
            new(QuickModeState.Message2Sent, QuickModeActions.Send | QuickModeActions.Await),
        (QuickModeState.Message2Sent, QuickModeEvent.Repeated) => new(state, QuickModeActions.Resend),
        (QuickModeState.Message2Sent, QuickModeEvent.Message3) =>
            new(QuickModeState.Confirmed, QuickModeActions.StopTimer | QuickModeActions.Activate | QuickModeActions.Linger),

        (QuickModeState.Message1Sent or QuickModeState.Message2Sent, QuickModeEvent.Overdue) =>
            new(state, QuickModeActions.Resend | QuickModeActions.Await),
        (QuickModeState.Message3Sent or QuickModeState.Confirmed or QuickModeState.Failed, _) => new(state, QuickModeActions.None),
        (not QuickModeState.Idle, QuickModeEvent.Exhausted) =>
            new(QuickModeState.Failed, QuickModeActions.StopTimer | QuickModeActions.ReportSilence | QuickModeActions.Discard),
        (_, QuickModeEvent.Rejected) => new(QuickModeState.Failed, QuickModeActions.StopTimer | QuickModeActions.Discard),
        // Any other pair is a late or repeated event: it changes nothing, and the session counts it.
        _ => new(state, QuickModeActions.None),
    };
}
