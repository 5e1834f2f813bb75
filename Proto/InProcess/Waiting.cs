namespace RouterOS.Proto.InProcess;

/// <summary>Makes what a side of a call waits on, so that it continues where it waited and nowhere else.</summary>
/// <remarks>
/// With a context, the continuation is posted to it: never run inside the other side's call, never on the thread pool.
/// Without one, asking for asynchronous continuations would mean the thread pool; they run where the wait ends instead.
/// </remarks>
internal static class Waiting
{
    private static bool HasContext => SynchronizationContext.Current is not null || TaskScheduler.Current != TaskScheduler.Default;

    private static TaskCreationOptions Options =>
        HasContext ? TaskCreationOptions.RunContinuationsAsynchronously : TaskCreationOptions.None;

    public static TaskCompletionSource Create() => new(Options);

    public static TaskCompletionSource<T> Create<T>() => new(Options);

    /// <summary>Runs <paramref name="action"/> in <paramref name="context"/>, or here if there is none.</summary>
    public static void Post(SynchronizationContext? context, Action action)
    {
        if (context is null)
        {
            action();
        }
        else
        {
            context.Post(static state => ((Action)state!)(), action);
        }
    }
}
