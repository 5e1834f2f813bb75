using Grpc.Core;
using Grpc.Wire;

namespace Grpc.AspNetCore.Server;

/// <summary>Reads the requests of a call.</summary>
internal sealed class RequestReader<TRequest>(HttpCallContext context, Marshaller<TRequest> marshaller) : IAsyncStreamReader<TRequest>
    where TRequest : class
{
    private TRequest? _current;
    private int _reading;

    public TRequest Current => _current ?? throw new InvalidOperationException("There is no current message.");

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _reading, 1) != 0)
        {
            throw new InvalidOperationException("Await a read before the next one.");
        }

        try
        {
            context.RequireRunning();
            using CancellationTokenSource? both = cancellationToken.CanBeCanceled
                ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, context.CancellationToken)
                : null;
            _current = await MessageReader.ReadAsync(
                context.RequestBody, marshaller, context.Settings.MaxReceiveMessageSize, both?.Token ?? context.CancellationToken)
                .ConfigureAwait(false);
            return _current is not null;
        }
        finally
        {
            Volatile.Write(ref _reading, 0);
        }
    }
}
