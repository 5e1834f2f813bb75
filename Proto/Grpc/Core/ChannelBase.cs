namespace Grpc.Core;

/// <summary>A connection, or several, to one target; the root of clients.</summary>
public abstract class ChannelBase
{
    /// <summary>Makes a channel to <paramref name="target"/>.</summary>
    protected ChannelBase(string target)
    {
        ArgumentNullException.ThrowIfNull(target);
        Target = target;
    }

    /// <summary>The target, as it was given.</summary>
    public string Target { get; }

    /// <summary>What clients call through.</summary>
    public abstract CallInvoker CreateCallInvoker();

    /// <summary>Ends the channel and its calls.</summary>
    public Task ShutdownAsync() => ShutdownAsyncCore();

    /// <summary>Ends the channel; a channel without anything to end needs no override.</summary>
    protected virtual Task ShutdownAsyncCore() => Task.CompletedTask;
}
