using System.Diagnostics;
using RouterOS.Benchmarks.Graph;

namespace RouterOS.Benchmarks.Scale;

/// <summary>A thread that forwards a small batch in every round and keeps the longest round, while others change the tables.</summary>
internal sealed class RoundTimes : IDisposable
{
    private const int Batch = 32;

    private readonly BenchPlane _plane;
    private readonly Thread _thread;
    private long _longestCpu;
    private long _longestWall;
    private long _over;
    private long _rounds;
    private volatile bool _stop;
    private volatile bool _reset = true;

    public RoundTimes(BenchPlane plane)
    {
        _plane = plane;
        _thread = new Thread(Loop) { Name = "worker" };
        _thread.Start();
    }

    /// <summary>Longest round since the last <see cref="Reset"/>: the worker's own CPU time, in microseconds.</summary>
    public double LongestCpu => _longestCpu / 1e3;

    /// <summary>The same in time on the wall, which holds garbage collections and whatever else the machine ran.</summary>
    public double LongestWall => _longestWall / 1e3;

    /// <summary>Share of rounds that took over a millisecond of CPU time.</summary>
    public double OverMillisecond => (double)_over / Math.Max(1, _rounds);

    public void Reset()
    {
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
        while (!_stop)
        {
            _plane.In.Allowance = Batch;
            _plane.Plane.RunOnce();
            long now = CpuClock.Now;
            long clock = Stopwatch.GetTimestamp();
            if (_reset)
            {
                _longestCpu = _longestWall = _over = _rounds = 0;
                _reset = false;
            }
            else
            {
                _rounds++;
                _over += now - cpu > 1_000_000 ? 1 : 0;
                _longestCpu = Math.Max(_longestCpu, now - cpu);
                _longestWall = Math.Max(_longestWall, (long)Stopwatch.GetElapsedTime(wall, clock).TotalNanoseconds);
            }

            cpu = now;
            wall = clock;
        }
    }
}
