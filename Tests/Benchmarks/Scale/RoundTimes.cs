using System.Diagnostics;
using RouterOS.Benchmarks.Graph;

namespace RouterOS.Benchmarks.Scale;

/// <summary>A thread that forwards a small batch in every round and keeps the rounds' durations, while others change the tables.</summary>
internal sealed class RoundTimes : IDisposable
{
    private const int Batch = 32;

    private readonly BenchPlane _plane;
    private readonly Thread _thread;
    private volatile bool _stop;
    private volatile bool _reset = true;
    private volatile bool _isIdle;
    private long _kept;

    public RoundTimes(BenchPlane plane)
    {
        _plane = plane;
        _thread = new Thread(Loop) { Name = "worker" };
        _thread.Start();
    }

    /// <summary>The worker's own CPU time of its rounds.</summary>
    public Times Cpu { get; } = new();

    /// <summary>Time on the wall: with garbage collections and whatever else the machine ran.</summary>
    public Times Wall { get; } = new();

    /// <summary>Time for which garbage collections stopped the worker in a round.</summary>
    public Times Paused { get; } = new();

    /// <summary>Most that a collection kept, in kilobytes: what its duration grows with.</summary>
    public double Kept => _kept / 1024.0;

    /// <summary>Begins anew.</summary>
    /// <param name="idle">True for rounds that do nothing but read the clocks: what the machine itself makes of a loop.</param>
    public void Reset(bool idle = false)
    {
        _isIdle = idle;
        _reset = true;
        SpinWait.SpinUntil(() => !_reset);
    }

    public void Dispose()
    {
        _stop = true;
        _thread.Join();
    }

    private void Loop()
    {
        long wall = Stopwatch.GetTimestamp();
        long cpu = CpuClock.Now;
        long paused = 0;
        int collections = 0;
        while (!_stop)
        {
            if (!_isIdle)
            {
                _plane.In.Allowance = Batch;
                _plane.Plane.RunOnce();
            }

            long now = CpuClock.Now;
            long clock = Stopwatch.GetTimestamp();
            long pauses = GC.GetTotalPauseDuration().Ticks * TimeSpan.NanosecondsPerTick;
            if (_reset)
            {
                Cpu.Clear();
                Wall.Clear();
                Paused.Clear();
                _kept = 0;
                _reset = false;
            }
            else
            {
                Cpu.Add(now - cpu);
                Wall.Add((long)Stopwatch.GetElapsedTime(wall, clock).TotalNanoseconds);
                Paused.Add(pauses - paused);
                if (GC.CollectionCount(0) != collections)
                {
                    collections = GC.CollectionCount(0);
                    _kept = Math.Max(_kept, GC.GetGCMemoryInfo(GCKind.Ephemeral).PromotedBytes);
                }
            }

            (cpu, wall, paused) = (now, clock, pauses);
        }
    }
}
