namespace RouterOS.Simulation;

/// <summary>Drives strands, workers and virtual time on one thread: time moves only when nothing is runnable.</summary>
public sealed class SimulatedLoop(SimulatedClock clock, SimulatedExecutor executor)
{
    private readonly List<(Func<bool> RunOnce, Func<long> NextDue)> _runners = [];

    /// <summary>The clock.</summary>
    public SimulatedClock Clock { get; } = clock;

    /// <summary>The control strands' executor.</summary>
    public SimulatedExecutor Executor { get; } = executor;

    /// <summary>Adds something that runs in rounds, such as a module's worker.</summary>
    /// <param name="runOnce">One round; true when there was something to do.</param>
    /// <param name="nextDueNanoseconds">When it wants to run again by itself; <see cref="long.MaxValue"/> for never.</param>
    public void Add(Func<bool> runOnce, Func<long> nextDueNanoseconds) => _runners.Add((runOnce, nextDueNanoseconds));

    /// <summary>Runs everything that can run without time moving.</summary>
    public void RunUntilIdle()
    {
        bool busy = true;
        while (busy)
        {
            busy = Executor.RunUntilIdle() > 0;
            foreach ((Func<bool> runOnce, _) in _runners)
            {
                busy |= runOnce();
            }
        }
    }

    /// <summary>Lets <paramref name="span"/> pass.</summary>
    public void Run(TimeSpan span) => RunUntil(static () => false, span);

    /// <summary>Lets time pass until <paramref name="done"/>; false when <paramref name="limit"/> was over first.</summary>
    public bool RunUntil(Func<bool> done, TimeSpan limit)
    {
        long end = Clock.NowNanoseconds + (limit.Ticks * 100);
        while (true)
        {
            RunUntilIdle();
            if (done())
            {
                return true;
            }

            long next = Clock.NextTimerNanoseconds;
            foreach ((_, Func<long> nextDue) in _runners)
            {
                next = Math.Min(next, nextDue());
            }

            if (next > end)
            {
                Clock.AdvanceTo(end);
                RunUntilIdle();
                return done();
            }

            Clock.AdvanceTo(next);
        }
    }
}
