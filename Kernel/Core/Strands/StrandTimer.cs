namespace RouterOS.Core.Strands;

/// <summary>One delayed piece of work; disposing it on the strand cancels it even when it is already queued.</summary>
internal sealed class StrandTimer(StrandTimers timers, long due, Action work) : IDisposable
{
    private Action? _work = work;

    /// <summary>When, in the clock's units.</summary>
    public long Due { get; } = due;

    /// <summary>Which of two with one time was made first.</summary>
    public uint Order { get; set; }

    /// <summary>Where it is in the heap; -1 when it is not there.</summary>
    public int Place { get; set; } = -1;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _work, null) is not null)
        {
            timers.Remove(this);
        }
    }

    /// <summary>Runs the work, once and if it was not cancelled.</summary>
    public void Run() => Interlocked.Exchange(ref _work, null)?.Invoke();
}
