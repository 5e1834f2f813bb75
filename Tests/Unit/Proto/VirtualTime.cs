namespace RouterOS.Unit.Proto;

/// <summary>A clock that moves only when it is told to.</summary>
internal sealed class VirtualTime : TimeProvider
{
    private readonly List<VirtualTimer> _timers = [];
    private DateTimeOffset _now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public int ArmedTimers => _timers.Count(timer => timer.Due is not null);

    public override DateTimeOffset GetUtcNow() => _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Assert.Equal(Timeout.InfiniteTimeSpan, period);
        VirtualTimer timer = new(this, () => callback(state));
        _timers.Add(timer);
        timer.Change(dueTime, period);
        return timer;
    }

    public bool AdvanceToNextTimer()
    {
        VirtualTimer? next = _timers.Where(timer => timer.Due is not null).MinBy(timer => timer.Due);
        if (next is null)
        {
            return false;
        }

        _now = next.Due!.Value;
        next.Fire();
        return true;
    }

    private sealed class VirtualTimer(VirtualTime time, Action fire) : ITimer
    {
        public DateTimeOffset? Due { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Due = dueTime == Timeout.InfiniteTimeSpan ? null : time._now + dueTime;
            return true;
        }

        public void Fire()
        {
            Due = null;
            fire();
        }

        public void Dispose() => time._timers.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
