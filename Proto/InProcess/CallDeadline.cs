namespace RouterOS.Proto.InProcess;

/// <summary>Calls back once when the time of a call is over.</summary>
internal sealed class CallDeadline : IDisposable
{
    // Timers of the runtime reach 49 days.
    private static readonly TimeSpan s_longestStep = TimeSpan.FromDays(40);

    private readonly ITimer _timer;
    private readonly Action _passed;
    private TimeSpan _left;

    public CallDeadline(TimeProvider time, TimeSpan timeout, Action passed)
    {
        _left = timeout;
        _passed = passed;
        _timer = time.CreateTimer(
            static state => ((CallDeadline)state!).Fired(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
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
            _passed();
        }
    }

    private void Arm()
    {
        TimeSpan step = _left < s_longestStep ? _left : s_longestStep;
        _left -= step;
        _timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(step.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
    }
}
