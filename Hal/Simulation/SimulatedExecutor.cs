namespace RouterOS.Simulation;

/// <summary>Runs posted work on the thread that pumps, in the order in which it was posted.</summary>
public sealed class SimulatedExecutor : SynchronizationContext
{
    private readonly Lock _gate = new();
    private readonly Queue<(SendOrPostCallback Work, object? State)> _queue = new();

    /// <summary>Work that waits.</summary>
    public int Pending
    {
        get
        {
            lock (_gate)
            {
                return _queue.Count;
            }
        }
    }

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_gate)
        {
            _queue.Enqueue((d, state));
        }
    }

    /// <summary>Puts an action into the queue.</summary>
    public void Post(Action action) => Post(static work => ((Action)work!)(), action);

    /// <inheritdoc/>
    public override void Send(SendOrPostCallback d, object? state) => d(state);

    /// <inheritdoc/>
    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs what waits and what that posts, until nothing waits; returns how much ran. This is the current context meanwhile.</summary>
    public int RunUntilIdle()
    {
        SynchronizationContext? before = Current;
        SetSynchronizationContext(this);
        try
        {
            int count = 0;
            while (TryTake(out (SendOrPostCallback Work, object? State) next))
            {
                next.Work(next.State);
                count++;
            }

            return count;
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    private bool TryTake(out (SendOrPostCallback Work, object? State) next)
    {
        lock (_gate)
        {
            return _queue.TryDequeue(out next);
        }
    }
}
