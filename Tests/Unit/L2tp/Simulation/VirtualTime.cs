namespace RouterOS.Unit.L2tp.Simulation;

/// <summary>Virtual time and randomness of one simulation: what happens is decided by the seed alone.</summary>
internal sealed class VirtualTime(ulong seed)
{
    private readonly PriorityQueue<Timer, (long Ticks, long Order)> _queue = new();
    private ulong _random = seed;
    private long _order;

    public DateTimeOffset Now { get; private set; } = new(2024, 3, 1, 0, 0, 0, TimeSpan.Zero);

    public IDisposable After(TimeSpan delay, Action work)
    {
        Timer timer = new(work);
        _queue.Enqueue(timer, ((Now + delay).Ticks, _order++));
        return timer;
    }

    public ulong Next()
    {
        _random += 0x9e3779b97f4a7c15;
        ulong mixed = (_random ^ (_random >> 30)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>From 0 to 1.</summary>
    public double Fraction() => (Next() >> 11) / (double)(1ul << 53);

    public void Fill(Span<byte> destination)
    {
        foreach (ref byte value in destination)
        {
            value = (byte)(Next() >> 24);
        }
    }

    public void RunSeconds(double seconds)
    {
        DateTimeOffset end = Now + TimeSpan.FromSeconds(seconds);
        int steps = 0;
        while (_queue.TryPeek(out Timer? timer, out (long Ticks, long Order) next) && next.Ticks <= end.Ticks)
        {
            _ = _queue.Dequeue();
            Now = new DateTimeOffset(Math.Max(next.Ticks, Now.Ticks), TimeSpan.Zero);
            timer.Run();
            Assert.True(++steps < 20_000_000, "the simulation does not come to rest");
        }

        Now = end;
    }

    public bool RunUntil(Func<bool> condition, double seconds)
    {
        for (DateTimeOffset end = Now + TimeSpan.FromSeconds(seconds); Now < end && !condition();)
        {
            RunSeconds(0.05);
        }

        return condition();
    }

    private sealed class Timer(Action work) : IDisposable
    {
        private Action? _work = work;

        public void Dispose() => _work = null;

        public void Run() => _work?.Invoke();
    }
}
