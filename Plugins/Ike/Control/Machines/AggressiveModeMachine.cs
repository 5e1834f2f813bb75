namespace RouterOS.Ike.Control.Machines;

/// <summary>States of an aggressive mode exchange (RFC 2409 section 5.4).</summary>
internal enum AggressiveModeState
{
    /// <summary>Nothing sent or accepted yet.</summary>
    Idle,

    /// <summary>Initiator: the public value is computed elsewhere, for message 1 carries it.</summary>
    ComputingPublic,

    /// <summary>Initiator: proposals, public value and identity sent.</summary>
    Message1Sent,

    /// <summary>Initiator: an answer is there; the shared secret that proves or disproves it is computed elsewhere.</summary>
    ComputingSecret,

    /// <summary>Responder: identity and proposal are good; public value and shared secret are computed elsewhere.</summary>
    ComputingAnswer,

    /// <summary>Responder: all of ours is sent; message 3 must prove that the peer receives and has the key.</summary>
    Message2Sent,

    /// <summary>Initiator: the peer has proved the key; message 3 is repeated when the peer repeats message 2.</summary>
    EstablishedAsInitiator,

    /// <summary>Responder: both sides have proved the key.</summary>
    EstablishedAsResponder,

    /// <summary>Given up.</summary>
    Failed,
}

/// <summary>What happens to an aggressive mode exchange. A message event means that the message was accepted, not merely received.</summary>
internal enum AggressiveModeEvent
{
    /// <summary>We want a phase 1 SA.</summary>
    Begin,

    /// <summary>Message 1 of a peer that we know by its identity.</summary>
    Message1,

    /// <summary>The responder's answer, not yet verified.</summary>
    Message2,

    /// <summary>The initiator's HASH, verified.</summary>
    Message3,

    /// <summary>A computation has ended; at the initiator, the answer has proved to be the peer's.</summary>
    Computed,

    /// <summary>The answer is not the peer's.</summary>
    Disproved,

    /// <summary>The same datagram as the last accepted one.</summary>
    Repeated,

    /// <summary>An answer is overdue, with attempts left.</summary>
    Overdue,

    /// <summary>No attempts are left.</summary>
    Exhausted,

    /// <summary>An error that ends the exchange; its reason has been reported.</summary>
    Rejected,
}

/// <summary>A step of the machine.</summary>
internal readonly record struct AggressiveModeStep(AggressiveModeState State, Phase1Actions Actions);

/// <summary>Aggressive mode as a pure table: no clock, no I/O, no logging.</summary>
internal static class AggressiveModeMachine
{
    /// <summary>The step that <paramref name="input"/> causes in <paramref name="state"/>.</summary>
    public static AggressiveModeStep Next(AggressiveModeState state, AggressiveModeEvent input) => (state, input) switch
    {
        (AggressiveModeState.Idle, AggressiveModeEvent.Begin) => new(AggressiveModeState.ComputingPublic, Phase1Actions.ComputePublic),
        (AggressiveModeState.ComputingPublic, AggressiveModeEvent.Computed) =>
            new(AggressiveModeState.Message1Sent, Phase1Actions.Send | Phase1Actions.Await),
        (AggressiveModeState.Message1Sent, AggressiveModeEvent.Message2) =>
            new(AggressiveModeState.ComputingSecret, Phase1Actions.StopTimer | Phase1Actions.ComputeSecret),
        // Message 2 was anybody's: the peer's own one may still come.
        (AggressiveModeState.ComputingSecret, AggressiveModeEvent.Disproved) => new(AggressiveModeState.Message1Sent, Phase1Actions.Await),
        (AggressiveModeState.ComputingSecret, AggressiveModeEvent.Computed) =>
            new(AggressiveModeState.EstablishedAsInitiator, Phase1Actions.Send | Phase1Actions.Establish),
        (AggressiveModeState.EstablishedAsInitiator, AggressiveModeEvent.Repeated) => new(state, Phase1Actions.Resend),

        (AggressiveModeState.Idle, AggressiveModeEvent.Message1) =>
            new(AggressiveModeState.ComputingAnswer, Phase1Actions.ComputeSecret),
        // Message 3 has no answer: only a repeated message 2 tells an initiator that it was lost.
        (AggressiveModeState.ComputingAnswer, AggressiveModeEvent.Computed) =>
            new(AggressiveModeState.Message2Sent, Phase1Actions.Send | Phase1Actions.Await),
        (AggressiveModeState.Message2Sent, AggressiveModeEvent.Repeated) => new(state, Phase1Actions.Resend),
        (AggressiveModeState.Message2Sent, AggressiveModeEvent.Message3) =>
            new(AggressiveModeState.EstablishedAsResponder, Phase1Actions.StopTimer | Phase1Actions.Establish),

        (AggressiveModeState.Message1Sent or AggressiveModeState.Message2Sent, AggressiveModeEvent.Overdue) =>
            new(state, Phase1Actions.Resend | Phase1Actions.Await),
        (AggressiveModeState.EstablishedAsInitiator or AggressiveModeState.EstablishedAsResponder or AggressiveModeState.Failed, _) =>
            new(state, Phase1Actions.None),
        (not AggressiveModeState.Idle, AggressiveModeEvent.Exhausted) =>
            new(AggressiveModeState.Failed, Phase1Actions.StopTimer | Phase1Actions.ReportSilence | Phase1Actions.Close),
        (_, AggressiveModeEvent.Rejected) => new(AggressiveModeState.Failed, Phase1Actions.StopTimer | Phase1Actions.Close),
        // Any other pair is a late or repeated event: it changes nothing, and the session counts it.
        _ => new(state, Phase1Actions.None),
    };
}
