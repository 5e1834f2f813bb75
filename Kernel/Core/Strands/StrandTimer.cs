namespace RouterOS.Core.Strands;

/// <summary>One delayed piece of work; disposing it on the strand cancels it even when it is already queued.</summary>
internal sealed class StrandTimer : IDisposable
{
    private readonly Strand _strand;
    private readonly ITimer _timer;
    private Action? _work;

    public StrandTimer(Strand strand, TimeProvider time, TimeSpan due, Action work)
    {
        _strand = strand;
        _work = work;
        _timer = time.CreateTimer(static t => ((StrandTimer)t!).Fire(), this, due, Timeout.InfiniteTimeSpan);
    }

    public void Dispose()
    {
        Volatile.Write(ref _work, null);
        _timer.Dispose();
    }

    private void Fire() => _strand.Post(() =>
    {
        Interlocked.Exchange(ref _work, null)?.Invoke();
        _timer.Dispose();
    });
}
