using Grpc.Core;

namespace RouterOS.Proto.InProcess;

/// <summary>The requests of a call, as its handler reads them.</summary>
internal sealed class ServerRequests<TRequest>(InProcessServerContext context, Marshaller<TRequest> marshaller)
    : IAsyncStreamReader<TRequest>
    where TRequest : class
{
    private TRequest? _current;

    public TRequest Current => _current ?? throw new InvalidOperationException("There is no current message.");

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        byte[]? bytes = await context.Call.Requests.ReadAsync(cancellationToken);
        _current = bytes is null ? null : MessageBytes.Read(marshaller, bytes, context.Call.Limits.MaxMessageBytes);
        return _current is not null;
    }

    /// <summary>The one request of a call that has one.</summary>
    public async ValueTask<TRequest> ReadSingleAsync() => await MoveNext(CancellationToken.None)
        ? Current
        : throw new RpcException(new(StatusCode.Internal, "The call ended without a request."));
}
