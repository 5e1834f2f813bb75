namespace RouterOS.Core.Strands;

/// <summary>Runs strands on the thread pool.</summary>
public sealed class ThreadPoolExecutor : IStrandExecutor
{
    /// <inheritdoc/>
    public void Execute(Action work) => ThreadPool.UnsafeQueueUserWorkItem(static w => w(), work, preferLocal: false);

    /// <inheritdoc/>
    public void Offload(Action work) => Execute(work);
}
