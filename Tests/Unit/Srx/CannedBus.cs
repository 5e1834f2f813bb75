using Grpc.Core;

namespace RouterOS.Unit.Srx;

/// <summary>A bus whose services answer what a test put in: one reply for each method.</summary>
internal sealed class CannedBus(params object[] replies) : CallInvoker
{
    /// <summary>Requests in the order they came.</summary>
    public List<object> Requests { get; } = [];

    /// <inheritdoc/>
    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        Requests.Add(request);
        Task<TResponse> reply = replies.OfType<TResponse>().FirstOrDefault() is { } found
            ? Task.FromResult(found)
            : Task.FromException<TResponse>(new RpcException(new Status(StatusCode.Unimplemented, $"nobody offers {method.FullName}")));
        return new AsyncUnaryCall<TResponse>(
            reply, Task.FromResult(new Metadata()), () => Status.DefaultSuccess, () => [], () => { });
    }

    /// <inheritdoc/>
    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        Requests.Add(request);
        return new(new Stream<TResponse>(replies.OfType<TResponse>().GetEnumerator()), Task.FromResult(new Metadata()), () => Status.DefaultSuccess, () => [], () => { });
    }

    /// <inheritdoc/>
    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options) => throw new NotSupportedException();

    // One without replies is a call that is refused.
    private sealed class Stream<T>(IEnumerator<T> replies) : IAsyncStreamReader<T>
    {
        private bool _began;

        public T Current => replies.Current;

        public Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            bool more = replies.MoveNext();
            bool isRefused = !more && !_began;
            _began = true;
            return isRefused ? Task.FromException<bool>(new RpcException(new Status(StatusCode.NotFound, "no such tunnel"))) : Task.FromResult(more);
        }
    }
}
