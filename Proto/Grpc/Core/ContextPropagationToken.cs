namespace Grpc.Core;

/// <summary>Deadline and cancellation of a running server call, for calls made from it.</summary>
public abstract class ContextPropagationToken
{
    private protected ContextPropagationToken()
    {
    }

    internal abstract DateTime? Deadline { get; }

    internal abstract CancellationToken CancellationToken { get; }
}
