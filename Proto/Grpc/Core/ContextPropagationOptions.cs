namespace Grpc.Core;

/// <summary>What a call made from a handler inherits.</summary>
public class ContextPropagationOptions
{
    /// <summary>Inherits deadline and cancellation.</summary>
    public static readonly ContextPropagationOptions Default = new();

    /// <summary>Makes options.</summary>
    public ContextPropagationOptions(bool propagateDeadline = true, bool propagateCancellation = true)
    {
        IsPropagateDeadline = propagateDeadline;
        IsPropagateCancellation = propagateCancellation;
    }

    /// <summary>Whether the deadline is inherited.</summary>
    public bool IsPropagateDeadline { get; }

    /// <summary>Whether cancellation is inherited.</summary>
    public bool IsPropagateCancellation { get; }
}
