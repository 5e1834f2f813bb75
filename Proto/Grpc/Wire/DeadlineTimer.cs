namespace Grpc.Wire;

/// <summary>Calls back once after a time of any length; timers of the runtime reach 49 days.</summary>
internal sealed class DeadlineTimer : IDisposable
{
    private static readonly TimeSpan s_longestStep = TimeSpan.FromDays(40);

    private readonly ITimer _timer;
    private readonly Action _expired;
    private TimeSpan _left;

    public DeadlineTimer(TimeProvider time, TimeSpan timeout, Action expired)
    {
        _left = timeout;
        _expired = expired;
        _timer = time.CreateTimer(static state => ((DeadlineTimer)state!).Fired(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Arm();
    }

    public void Dispose() => _timer.Dispose();

    private void Fired()
    {
        if (_left > TimeSpan.Zero)
        {
            Arm();
        }
        else
        {
            _expired();
        }
    }

    private void Arm()
    {
        TimeSpan step = _left < s_longestStep ? _left : s_longestStep;
        _left -= step;
        // Rounded up to whole milliseconds, the timer's unit: a timer must not be early by its own rounding.
        _timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(step.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
    }
}
