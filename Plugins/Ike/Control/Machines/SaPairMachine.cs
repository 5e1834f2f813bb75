namespace RouterOS.Ike.Control.Machines;

/// <summary>Life of a pair of phase 2 SAs.</summary>
internal enum SaPairState
{
    /// <summary>Written, so that the peer may send; not confirmed, so that we may not.</summary>
    Larval,

    /// <summary>In use, or as good as.</summary>
    Mature,

    /// <summary>Close to its end; a successor is wanted.</summary>
    Dying,

    /// <summary>A newer pair sends; this one only receives what is under way.</summary>
    Replaced,

    /// <summary>Gone.</summary>
    Dead,
}

/// <summary>What happens to a pair.</summary>
internal enum SaPairEvent
{
    /// <summary>Quick mode is complete.</summary>
    Confirmed,

    /// <summary>Time or bytes are nearly used up.</summary>
    SoftExpired,

    /// <summary>Time or bytes are used up.</summary>
    HardExpired,

    /// <summary>A newer pair of the same tunnel sends from now on.</summary>
    Superseded,

    /// <summary>The newer pair has ended before this one.</summary>
    Reinstated,

    /// <summary>The peer has long been sending on the newer pair.</summary>
    Drained,

    /// <summary>The peer deleted it, or has forgotten it.</summary>
    PeerDeleted,

    /// <summary>We end it.</summary>
    Cleared,
}

/// <summary>What a session does for a step.</summary>
[Flags]
internal enum SaPairActions
{
    None = 0,

    /// <summary>Asks for a successor.</summary>
    Rekey = 1,

    /// <summary>Removes both SAs.</summary>
    Remove = 2,

    /// <summary>Sends a DELETE.</summary>
    TellPeer = 4,
}

/// <summary>A step of the machine.</summary>
internal readonly record struct SaPairStep(SaPairState State, SaPairActions Actions);

/// <summary>Life of a pair of phase 2 SAs as a pure table: no clock, no I/O, no logging.</summary>
internal static class SaPairMachine
{
    private const SaPairActions End = SaPairActions.Remove | SaPairActions.TellPeer;

    /// <summary>The step that <paramref name="input"/> causes in <paramref name="state"/>.</summary>
    public static SaPairStep Next(SaPairState state, SaPairEvent input) => (state, input) switch
    {
        (SaPairState.Dead, _) => new(state, SaPairActions.None),
        (_, SaPairEvent.PeerDeleted) => new(SaPairState.Dead, SaPairActions.Remove),
        (_, SaPairEvent.HardExpired or SaPairEvent.Cleared) => new(SaPairState.Dead, End),
        (SaPairState.Larval, SaPairEvent.Confirmed) => new(SaPairState.Mature, SaPairActions.None),
        // Make the successor before this one must stop (RFC 2408 section 4.3).
        (SaPairState.Mature, SaPairEvent.SoftExpired) => new(SaPairState.Dying, SaPairActions.Rekey),
        // A pair that nobody sends on any more needs no successor: this is what makes crossed rekeys converge.
        (SaPairState.Mature or SaPairState.Dying, SaPairEvent.Superseded) => new(SaPairState.Replaced, SaPairActions.None),
        (SaPairState.Replaced, SaPairEvent.Reinstated) => new(SaPairState.Mature, SaPairActions.None),
        (SaPairState.Replaced, SaPairEvent.Drained) => new(SaPairState.Dead, End),
        // Any other pair is a late or repeated event: it changes nothing.
        _ => new(state, SaPairActions.None),
    };
}
