using RouterOS.Sdk.Strands;

namespace RouterOS.Unit.Ike.Simulation;

/// <summary>A strand on the network's one thread. A killed strand forgets everything that was queued.</summary>
internal sealed class SimulatedStrand : SynchronizationContext, IStrand
{
    private static readonly TimeSpan s_computation = TimeSpan.FromMilliseconds(2);

    private readonly SimulatedNetwork _network;
    private bool _killed;

    public SimulatedStrand(SimulatedNetwork network, string name)
    {
        _network = network;
        Name = name;
    }

    public string Name { get; }

    public SynchronizationContext Context => this;

    /// <summary>Exponentiations done.</summary>
    public int Computations { get; private set; }

    public void Kill() => _killed = true;

    public void Post(Action work) => _network.Schedule(TimeSpan.Zero, () => Run(work));

    public override void Post(SendOrPostCallback d, object? state) => Post(() => d(state));

    public IDisposable Schedule(TimeSpan due, Action work)
    {
        Timer timer = new();
        _network.Schedule(due, () =>
        {
            if (!timer.IsCancelled)
            {
                Run(work);
            }
        });
        return timer;
    }

    public Task<T> Offload<T>(Func<T> computation)
    {
        Computations++;
        TaskCompletionSource<T> done = new();
        _network.Schedule(s_computation, () => Run(() => done.SetResult(computation())));
        return done.Task;
    }

    private void Run(Action work)
    {
        if (_killed)
        {
            return;
        }

        SynchronizationContext? before = Current;
        SetSynchronizationContext(this);
        try
        {
            work();
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
