using RouterOS.Sdk.Strands;

namespace RouterOS.Core.Strands;

/// <summary>A serial queue over an executor. Closing it drops what is queued, timers included; work posted later is ignored.</summary>
public sealed class Strand : IStrand, IDisposable
{
    // A long queue gives the executor's other strands a turn.
    private const int WorkPerTurn = 64;

    private readonly IStrandExecutor _executor;
    private readonly Action<Exception> _failed;
    private readonly StrandContext _context;
    private readonly Action _turn;
    private readonly Lock _gate = new();
    private readonly Queue<Action> _queue = new();
    private readonly StrandTimers _timers;
    private bool _scheduled;
    private bool _closed;

    internal Strand(string name, IStrandExecutor executor, TimeProvider time, Action<Exception> failed)
    {
        Name = name;
        _executor = executor;
        _timers = new(this, time);
        _failed = failed;
        _context = new(this);
        _turn = Turn;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public SynchronizationContext Context => _context;

    /// <inheritdoc/>
    public void Post(Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            _queue.Enqueue(work);
            if (_scheduled)
            {
                return;
            }

            _scheduled = true;
        }

        _executor.Execute(_turn);
    }

    /// <inheritdoc/>
    public IDisposable Schedule(TimeSpan due, Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        return _timers.Add(due < TimeSpan.Zero ? TimeSpan.Zero : due, work);
    }

    /// <inheritdoc/>
    public Task<T> Offload<T>(Func<T> computation)
    {
        ArgumentNullException.ThrowIfNull(computation);
        TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _executor.Offload(() =>
        {
            try
            {
                done.SetResult(computation());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        return done.Task;
    }

    /// <summary>Starts asynchronous work on the strand; an exception that escapes it fails the strand.</summary>
    public void Run(Func<Task> work)
    {
        ArgumentNullException.ThrowIfNull(work);

        // An async void method reports to the strand's context, which is installed while its work runs.
        async void Start() => await work();
        Post(Start);
    }

    /// <summary>Runs <paramref name="work"/> on the strand; the task gives its result to the caller's own context.</summary>
    public Task<T> Call<T>(Func<T> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        return done.Task;
    }

    /// <summary>Closes the strand.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            _queue.Clear();
        }

        _timers.Close();
    }

    private void Turn()
    {
        SynchronizationContext? before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(_context);
        try
        {
            for (int i = 0; i < WorkPerTurn; i++)
            {
                Action? work;
                lock (_gate)
                {
                    if (_closed || !_queue.TryDequeue(out work))
                    {
                        _scheduled = false;
                        return;
                    }
                }

                try
                {
                    work();
                }
                catch (Exception e)
                {
                    _failed(e);
                }
            }
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }

        _executor.Execute(_turn);
    }
}
