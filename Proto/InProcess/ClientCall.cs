using Grpc.Core;

namespace RouterOS.Proto.InProcess;

/// <summary>A call as its caller sees it: both streams with their message types.</summary>
internal sealed class ClientCall<TRequest, TResponse>(InProcessCall call, Method<TRequest, TResponse> method)
    : IAsyncStreamReader<TResponse>, IClientStreamWriter<TRequest>
    where TRequest : class
    where TResponse : class
{
    private TResponse? _current;

    public TResponse Current => _current ?? throw new InvalidOperationException("There is no current message.");

    public WriteOptions? WriteOptions { get; set; }

    public Task WriteAsync(TRequest message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(TRequest message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        using CancellationTokenRegistration gaveUp = AbortWith("A write was cancelled.", cancellationToken);
        try
        {
            await call.Requests.WriteAsync(MessageBytes.Write(method.RequestMarshaller, message));
        }
        catch (OperationCanceledException) when (call.HasEnded)
        {
            throw call.EndException();
        }
        catch (RpcException e)
        {
            // A stream that lacks one message would be wrong.
            call.Abort(e.Status);
            throw;
        }
    }

    public Task CompleteAsync()
    {
        call.Requests.Complete();
        return Task.CompletedTask;
    }

    /// <summary>Sends the one request of a call that has one.</summary>
    public void WriteSingle(TRequest request)
    {
        try
        {
            // The pipe of a new call has room.
            call.Requests.TryWrite(MessageBytes.Write(method.RequestMarshaller, request), out _);
            call.Requests.Complete();
        }
        catch (RpcException e)
        {
            call.Abort(e.Status);
        }
        catch (OperationCanceledException)
        {
            // The call ended before it began; reading its response says why.
        }
    }

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration gaveUp = AbortWith("A read was cancelled.", cancellationToken);
        _current = await ReadAsync();
        return _current is not null;
    }

    /// <summary>The one response of a call that has one.</summary>
    public async Task<TResponse> ReadSingleAsync()
    {
        TResponse? response = await ReadAsync();
        if (response is null)
        {
            throw new RpcException(new(StatusCode.Internal, "The call succeeded with no response."));
        }

        return await ReadAsync() is null
            ? response
            : throw new RpcException(new(StatusCode.Internal, "The call has more than one response."));
    }

    private async ValueTask<TResponse?> ReadAsync()
    {
        try
        {
            byte[]? bytes = await call.Responses.ReadAsync();
            if (bytes is not null)
            {
                return MessageBytes.Read(method.ResponseMarshaller, bytes, call.Limits.MaxMessageBytes);
            }
        }
        catch (OperationCanceledException) when (call.HasEnded)
        {
            throw call.EndException();
        }
        catch (RpcException e)
        {
            call.Abort(e.Status);
            throw;
        }

        call.TakeEnd();
        return call.EndStatus.StatusCode == StatusCode.OK ? null : throw call.EndException();
    }

    private CancellationTokenRegistration AbortWith(string reason, CancellationToken token) => token.UnsafeRegister(
        static state =>
        {
            (InProcessCall call, string reason) = ((InProcessCall, string))state!;
            call.Abort(new(StatusCode.Cancelled, reason));
        },
        (call, reason));
}
