namespace RouterOS.Unit.Ike.Simulation;

/// <summary>A clock that stands still until it is set.</summary>
internal sealed class SimulatedClock : TimeProvider
{
    /// <summary>When every simulation begins.</summary>
    public static readonly DateTimeOffset Start = new(2024, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private DateTimeOffset _now = Start;

    public override DateTimeOffset GetUtcNow() => _now;

    public void Set(long ticks) => _now = new DateTimeOffset(ticks, TimeSpan.Zero);
}
