namespace RouterOS.Ike.Control.Recording;

/// <summary>Time of a replay: as the events say.</summary>
internal sealed class ReplayClock(DateTimeOffset start) : TimeProvider
{
    private DateTimeOffset _now = start;

    public override DateTimeOffset GetUtcNow() => _now;

    /// <summary>Goes on to a moment, never back.</summary>
    public void AdvanceTo(DateTimeOffset moment) => _now = moment > _now ? moment : _now;
}
