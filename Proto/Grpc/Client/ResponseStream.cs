using Grpc.Core;

namespace Grpc.Net.Client;

/// <summary>Reads the responses of a call.</summary>
internal sealed class ResponseStream<TRequest, TResponse>(HttpCall<TRequest, TResponse> call) : IAsyncStreamReader<TResponse>
    where TRequest : class
    where TResponse : class
{
    private TResponse? _current;
    private int _reading;

    public TResponse Current => _current ?? throw new InvalidOperationException("There is no current message.");

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _reading, 1) != 0)
        {
            throw new InvalidOperationException("Await a read before the next one.");
        }

        try
        {
            using CancellationTokenRegistration gaveUp = cancellationToken.UnsafeRegister(
                static call => ((HttpCall)call!).Abort(new(StatusCode.Cancelled, "A read was cancelled.")), call);
            _current = await call.ReadAsync().ConfigureAwait(false);
            return _current is not null;
        }
        finally
        {
            Volatile.Write(ref _reading, 0);
        }
    }
}
