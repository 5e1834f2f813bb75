namespace RouterOS.Unit.Proto;

/// <summary>One thread that runs what is posted, and lets virtual time pass only when nothing is left to run.</summary>
internal sealed class PumpContext : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _queue = new();
    private readonly int _thread = Environment.CurrentManagedThreadId;

    public VirtualTime Time { get; } = new();

    public int Steps { get; private set; }

    public override void Post(SendOrPostCallback d, object? state)
    {
        // A post from elsewhere means that something left the single thread.
        Assert.Equal(_thread, Environment.CurrentManagedThreadId);
        _queue.Enqueue((d, state));
    }

    /// <summary>Runs until <paramref name="main"/> is done.</summary>
    public static int Run(Func<PumpContext, Task> main)
    {
        SynchronizationContext? before = Current;
        PumpContext pump = new();
        SetSynchronizationContext(pump);
        try
        {
            Task task = main(pump);
            while (!task.IsCompleted)
            {
                if (pump._queue.TryDequeue(out (SendOrPostCallback Callback, object? State) next))
                {
                    next.Callback(next.State);
                    pump.Steps++;
                }
                else
                {
                    Assert.True(pump.Time.AdvanceToNextTimer(), "Everything waits, and no timer is left.");
                }
            }

            task.GetAwaiter().GetResult();
            return pump.Steps;
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }
}
