namespace Grpc.Core;

/// <summary>A stream of messages to send.</summary>
/// <typeparam name="T">The message.</typeparam>
public interface IAsyncStreamWriter<in T>
{
    /// <summary>How the next messages are written.</summary>
    WriteOptions? WriteOptions { get; set; }

    /// <summary>Sends a message; done when the transport has room for the next one.</summary>
    /// <remarks>One write at a time.</remarks>
    Task WriteAsync(T message);

    /// <summary>Sends a message and gives up when the token is cancelled.</summary>
    Task WriteAsync(T message, CancellationToken cancellationToken) =>
        cancellationToken.CanBeCanceled
            ? throw new NotSupportedException($"{GetType().Name} takes no cancellation token for a write.")
            : WriteAsync(message);
}
