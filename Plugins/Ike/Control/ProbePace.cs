namespace RouterOS.Ike.Control;

/// <summary>Spreads the probes of dead peer detection over time: thousands of answers at once would not fit their share of the way to us.</summary>
/// <remarks>Whoever has waited asks an interval after that again, so peers that began together do not stay together.</remarks>
internal sealed class ProbePace(Func<DateTimeOffset> now)
{
    /// <summary>Probes that may leave at once.</summary>
    public const int Burst = 200;

    private static readonly TimeSpan s_each = TimeSpan.FromMilliseconds(0.4);

    private DateTimeOffset _next;

    /// <summary>How long the next probe waits for its turn.</summary>
    public TimeSpan Wait()
    {
        DateTimeOffset earliest = now() - (s_each * Burst);
        _next = (_next < earliest ? earliest : _next) + s_each;
        TimeSpan wait = _next - now();
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }
}
