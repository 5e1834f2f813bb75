namespace Grpc.Core;

/// <summary>A stream of received messages.</summary>
/// <typeparam name="T">The message.</typeparam>
public interface IAsyncStreamReader<out T>
{
    /// <summary>The message that the last <see cref="MoveNext"/> reached.</summary>
    T Current { get; }

    /// <summary>Waits for the next message; false at the end of the stream.</summary>
    /// <remarks>One read at a time.</remarks>
    Task<bool> MoveNext(CancellationToken cancellationToken);
}
