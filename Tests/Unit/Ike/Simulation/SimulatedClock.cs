namespace RouterOS.Unit.Ike.Simulation;

/// <summary>A clock that stands still until it is set.</summary>
internal sealed class SimulatedClock : TimeProvider
{
    private DateTimeOffset _now = new(2024, 3, 1, 0, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => _now;

    public void Set(long ticks) => _now = new DateTimeOffset(ticks, TimeSpan.Zero);
}
