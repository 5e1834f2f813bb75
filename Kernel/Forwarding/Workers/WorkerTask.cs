namespace RouterOS.Forwarding.Workers;

/// <summary>Something to do on a worker's thread between batches; one may be posted to several workers.</summary>
internal abstract class WorkerTask
{
    /// <summary>Does it. The thread of worker <paramref name="worker"/>.</summary>
    public abstract void Run(int worker);

    /// <summary>An action as a task for one worker.</summary>
    public static WorkerTask Of(Action action) => new ActionTask(action);

    private sealed class ActionTask(Action action) : WorkerTask
    {
        public override void Run(int worker) => action();
    }
}
