using RouterOS.Sdk.Strands;

namespace RouterOS.Ike.Control.Recording;

/// <summary>The one thread of a replay: work in the order of its times.</summary>
internal sealed class ReplayStrand(ReplayClock clock) : SynchronizationContext, IStrand
{
    private readonly PriorityQueue<(Action Work, Timer? Timer), (long Ticks, long Order)> _queue = new();
    private long _order;

    public string Name => "replay";

    public SynchronizationContext Context => this;

    /// <summary>How long each computation took when it was recorded.</summary>
    public Queue<TimeSpan> Computations { get; } = new();

    public void Post(Action work) => At(clock.GetUtcNow(), work);

    public override void Post(SendOrPostCallback d, object? state) => Post(() => d(state));

    public IDisposable Schedule(TimeSpan due, Action work)
    {
        Timer timer = new();
        _queue.Enqueue((work, timer), ((clock.GetUtcNow() + due).Ticks, _order++));
        return timer;
    }

    public Task<T> Offload<T>(Func<T> computation)
    {
        TaskCompletionSource<T> done = new();
        At(clock.GetUtcNow() + (Computations.TryDequeue(out TimeSpan took) ? took : TimeSpan.Zero), () => done.SetResult(computation()));
        return done.Task;
    }

    /// <summary>Queues work for a moment.</summary>
    public void At(DateTimeOffset moment, Action work) => _queue.Enqueue((work, null), (moment.Ticks, _order++));

    /// <summary>A result that is there after a while.</summary>
    public Task<T> After<T>(TimeSpan delay, T result)
    {
        TaskCompletionSource<T> done = new();
        At(clock.GetUtcNow() + delay, () => done.SetResult(result));
        return done.Task;
    }

    /// <summary>Runs all work up to a moment, but no more than a number of pieces: false when that was not enough.</summary>
    public bool Run(DateTimeOffset end, int most)
    {
        SynchronizationContext? before = Current;
        SetSynchronizationContext(this);
        try
        {
            for (; _queue.TryPeek(out _, out (long Ticks, long Order) next) && next.Ticks <= end.Ticks; most--)
            {
                if (most == 0)
                {
                    return false;
                }

                (Action work, Timer? timer) = _queue.Dequeue();
                if (timer is not { IsCancelled: true })
                {
                    clock.AdvanceTo(new DateTimeOffset(next.Ticks, TimeSpan.Zero));
                    work();
                }
            }

            clock.AdvanceTo(end);
            return true;
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    private sealed class Timer : IDisposable
    {
        public bool IsCancelled { get; private set; }

        public void Dispose() => IsCancelled = true;
    }
}
