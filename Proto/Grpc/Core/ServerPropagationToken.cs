namespace Grpc.Core;

/// <summary>What a call made from <paramref name="context"/> inherits.</summary>
internal sealed class ServerPropagationToken(ServerCallContext context, ContextPropagationOptions options) : ContextPropagationToken
{
    internal override DateTime? Deadline =>
        options.IsPropagateDeadline && context.Deadline != DateTime.MaxValue ? context.Deadline : null;

    internal override CancellationToken CancellationToken =>
        options.IsPropagateCancellation ? context.CancellationToken : CancellationToken.None;
}
