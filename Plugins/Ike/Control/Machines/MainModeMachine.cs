namespace RouterOS.Ike.Control.Machines;

/// <summary>States of a main mode exchange (RFC 2409 section 5).</summary>
internal enum MainModeState
{
    /// <summary>Nothing sent or accepted yet.</summary>
    Idle,

    /// <summary>Initiator: proposals sent.</summary>
    Message1Sent,

    /// <summary>Initiator: the answer is accepted, the public value is computed elsewhere.</summary>
    ComputingPublic,

    /// <summary>Initiator: public value and nonce sent.</summary>
    Message3Sent,

    /// <summary>Initiator: the shared secret is computed elsewhere.</summary>
    ComputingSecret,

    /// <summary>Initiator: identity and HASH sent.</summary>
    Message5Sent,

    /// <summary>Responder: a proposal is chosen; nothing has been computed for the peer.</summary>
    Message2Sent,

    /// <summary>Responder: the peer has proved that it receives; public value and shared secret are computed elsewhere.</summary>
    ComputingAnswer,

    /// <summary>Responder: public value and nonce sent.</summary>
    Message4Sent,

    /// <summary>Initiator: both sides have proved the key.</summary>
    EstablishedAsInitiator,

    /// <summary>Responder: both sides have proved the key; message 6 is repeated when the peer repeats message 5.</summary>
    EstablishedAsResponder,

    /// <summary>Given up.</summary>
    Failed,
}

/// <summary>What happens to a main mode exchange. A message event means that the message was accepted, not merely received.</summary>
internal enum MainModeEvent
{
    /// <summary>We want a phase 1 SA.</summary>
    Begin,

    /// <summary>Message 1 of a peer.</summary>
    Message1,

    /// <summary>The responder's choice.</summary>
    Message2,

    /// <summary>The initiator's public value, with the right cookies.</summary>
    Message3,

    /// <summary>The responder's public value.</summary>
    Message4,

    /// <summary>The initiator's identity, with the right HASH.</summary>
    Message5,

    /// <summary>The responder's identity, with the right HASH.</summary>
    Message6,

    /// <summary>A computation has ended.</summary>
    Computed,

    /// <summary>The same datagram as the last accepted one.</summary>
    Repeated,

    /// <summary>An answer is overdue, with attempts left.</summary>
    Overdue,

    /// <summary>No attempts are left, or a half-open exchange is too old.</summary>
    Exhausted,

    /// <summary>An error that ends the exchange; its reason has been reported.</summary>
    Rejected,
}

/// <summary>A step of the machine.</summary>
internal readonly record struct MainModeStep(MainModeState State, Phase1Actions Actions);

/// <summary>Main mode as a pure table: no clock, no I/O, no logging.</summary>
internal static class MainModeMachine
{
    /// <summary>The step that <paramref name="input"/> causes in <paramref name="state"/>.</summary>
    public static MainModeStep Next(MainModeState state, MainModeEvent input) => (state, input) switch
    {
        (MainModeState.Idle, MainModeEvent.Begin) => new(MainModeState.Message1Sent, Phase1Actions.Send | Phase1Actions.Await),
        (MainModeState.Message1Sent, MainModeEvent.Message2) =>
            new(MainModeState.ComputingPublic, Phase1Actions.StopTimer | Phase1Actions.ComputePublic),
        (MainModeState.ComputingPublic, MainModeEvent.Computed) =>
            new(MainModeState.Message3Sent, Phase1Actions.Send | Phase1Actions.Await),
        (MainModeState.Message3Sent, MainModeEvent.Message4) =>
            new(MainModeState.ComputingSecret, Phase1Actions.StopTimer | Phase1Actions.ComputeSecret),
        (MainModeState.ComputingSecret, MainModeEvent.Computed) =>
            new(MainModeState.Message5Sent, Phase1Actions.Send | Phase1Actions.Await),
        (MainModeState.Message5Sent, MainModeEvent.Message6) =>
            new(MainModeState.EstablishedAsInitiator, Phase1Actions.StopTimer | Phase1Actions.Establish),
        (MainModeState.Message1Sent or MainModeState.Message3Sent or MainModeState.Message5Sent, MainModeEvent.Overdue) =>
            new(state, Phase1Actions.Resend | Phase1Actions.Await),

        // The responder never repeats on its own: a spoofed message 1 gets one answer. It repeats for a repeated question.
        (MainModeState.Idle, MainModeEvent.Message1) => new(MainModeState.Message2Sent, Phase1Actions.Send | Phase1Actions.LimitAge),
        (MainModeState.Message2Sent, MainModeEvent.Message3) => new(MainModeState.ComputingAnswer, Phase1Actions.ComputeSecret),
        (MainModeState.ComputingAnswer, MainModeEvent.Computed) => new(MainModeState.Message4Sent, Phase1Actions.Send),
        (MainModeState.Message4Sent, MainModeEvent.Message5) =>
            new(MainModeState.EstablishedAsResponder, Phase1Actions.Send | Phase1Actions.StopTimer | Phase1Actions.Establish),
        (MainModeState.Message2Sent or MainModeState.Message4Sent or MainModeState.EstablishedAsResponder, MainModeEvent.Repeated) =>
            new(state, Phase1Actions.Resend),

        (MainModeState.EstablishedAsInitiator or MainModeState.EstablishedAsResponder or MainModeState.Failed, _) => new(state, Phase1Actions.None),
        (not MainModeState.Idle, MainModeEvent.Exhausted) =>
            new(MainModeState.Failed, Phase1Actions.StopTimer | Phase1Actions.ReportSilence | Phase1Actions.Close),
        (_, MainModeEvent.Rejected) => new(MainModeState.Failed, Phase1Actions.StopTimer | Phase1Actions.Close),
        // Any other pair is a late or repeated event: it changes nothing, and the session counts it.
        _ => new(state, Phase1Actions.None),
    };
}
