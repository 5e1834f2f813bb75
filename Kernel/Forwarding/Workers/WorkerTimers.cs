namespace RouterOS.Forwarding.Workers;

/// <summary>The periodic actions of one worker.</summary>
internal sealed class WorkerTimers
{
    private readonly List<Timer> _timers = [];

    /// <summary>When the next action is due, in nanoseconds; <see cref="long.MaxValue"/> when there is none.</summary>
    public long NextDue { get; private set; } = long.MaxValue;

    public void Add(long now, int milliseconds, Action action)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(milliseconds);
        long interval = milliseconds * 1_000_000L;
        _timers.Add(new Timer(interval, now + interval, action));
        NextDue = Math.Min(NextDue, now + interval);
    }

    /// <summary>Runs what is due; a timer that is late runs once.</summary>
    public bool Run(long now)
    {
        if (now < NextDue)
        {
            return false;
        }

        long next = long.MaxValue;
        // Actions may add timers, so the list is walked by index.
        for (int i = 0; i < _timers.Count; i++)
        {
            Timer timer = _timers[i];
            if (now >= timer.Due)
            {
                timer.Due = timer.Due + timer.Interval > now ? timer.Due + timer.Interval : now + timer.Interval;
                timer.Action();
            }

            next = Math.Min(next, timer.Due);
        }

        NextDue = next;
        return true;
    }

    private sealed class Timer(long interval, long due, Action action)
    {
        public long Interval { get; } = interval;

        public long Due { get; set; } = due;

        public Action Action { get; } = action;
    }
}
