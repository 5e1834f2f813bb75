namespace RouterOS.Simulation;

/// <summary>Virtual time: it moves only when somebody advances it, and timers fire in the order of their times.</summary>
/// <remarks>Timers may be made from any thread; they fire on the thread that advances.</remarks>
public sealed class SimulatedClock : TimeProvider
{
    private const long NanosecondsPerTick = 100;

    private readonly Lock _gate = new();
    private readonly DateTimeOffset _start;
    private readonly PriorityQueue<(SimulatedTimer Timer, int Version), (long Due, long Order)> _timers = new();
    private long _now;
    private long _order;

    /// <summary>A clock that starts at the beginning of 2030, so that a date that came from the real clock shows.</summary>
    public SimulatedClock()
        : this(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    /// <summary>A clock that starts at <paramref name="start"/>.</summary>
    public SimulatedClock(DateTimeOffset start) => _start = start;

    /// <inheritdoc/>
    public override long TimestampFrequency => 1_000_000_000;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>Nanoseconds since the start: what <see cref="GetTimestamp"/> returns.</summary>
    public long NowNanoseconds
    {
        get
        {
            lock (_gate)
            {
                return _now;
            }
        }
    }

    /// <summary>When the next timer fires; <see cref="long.MaxValue"/> when none is set.</summary>
    public long NextTimerNanoseconds
    {
        get
        {
            lock (_gate)
            {
                DropStale();
                return _timers.TryPeek(out _, out (long Due, long Order) first) ? first.Due : long.MaxValue;
            }
        }
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => NowNanoseconds;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _start.AddTicks(NowNanoseconds / NanosecondsPerTick);

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SimulatedTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves time on by <paramref name="span"/>; timers that fall due fire at their own times.</summary>
    public void Advance(TimeSpan span) => AdvanceTo(NowNanoseconds + (span.Ticks * NanosecondsPerTick));

    /// <summary>Moves time on to <paramref name="nanoseconds"/>; a time that has passed only fires what is due.</summary>
    public void AdvanceTo(long nanoseconds)
    {
        while (TakeDue(nanoseconds, out SimulatedTimer? timer))
        {
            timer.Fire();
        }

        lock (_gate)
        {
            _now = Math.Max(_now, nanoseconds);
        }
    }

    internal void Schedule(SimulatedTimer timer, int version, TimeSpan delay)
    {
        lock (_gate)
        {
            long due = _now + (Math.Max(0, delay.Ticks) * NanosecondsPerTick);
            _timers.Enqueue((timer, version), (due, _order++));
        }
    }

    private bool TakeDue(long limit, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out SimulatedTimer? timer)
    {
        lock (_gate)
        {
            DropStale();
            if (_timers.TryPeek(out (SimulatedTimer Timer, int Version) next, out (long Due, long Order) first) && first.Due <= limit)
            {
                _timers.Dequeue();
                _now = Math.Max(_now, first.Due);
                timer = next.Timer;
                return true;
            }
        }

        timer = null;
        return false;
    }

    private void DropStale()
    {
        while (_timers.TryPeek(out (SimulatedTimer Timer, int Version) next, out _) && next.Version != next.Timer.Version)
        {
            _timers.Dequeue();
        }
    }
}
