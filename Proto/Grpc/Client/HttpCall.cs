using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>Life of one call on the client: how it may end, and that it ends once.</summary>
internal abstract class HttpCall : IDisposable
{
    public static readonly Func<object, Task<Metadata>> Headers = call => ((HttpCall)call)._headers.Task;
    public static readonly Func<object, Status> Status = call => ((HttpCall)call).RequireEnd().Status;
    public static readonly Func<object, Metadata> Trailers = call => ((HttpCall)call).RequireEnd().Trailers;
    public static readonly Action<object> End = call => ((HttpCall)call).Dispose();

    private static readonly Action<object?> s_cancel =
        static call => ((HttpCall)call!).Abort(new(StatusCode.Cancelled, "The caller cancelled the call."));

    private readonly TaskCompletionSource<Metadata> _headers = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenRegistration _shutdown;
    private readonly CancellationTokenRegistration _callerGaveUp;
    private readonly CancellationTokenRegistration _parentGaveUp;
    private readonly DeadlineTimer? _deadline;
    private readonly bool _throwOperationCanceled;
    private Ended? _ended;
    private volatile Cause? _cause;

    protected HttpCall(GrpcChannel channel, CallOptions options)
    {
        Stop = _stop.Token;
        _throwOperationCanceled = channel.ThrowOperationCanceled;
        Timeout = TimeLeft(options);
        if (Timeout <= TimeSpan.Zero)
        {
            Abort(DeadlineExceeded());
        }
        else if (Timeout is { } timeout)
        {
            _deadline = new(TimeProvider.System, timeout, () => Abort(DeadlineExceeded()));
        }

        // A token that is cancelled already calls back here and now.
        _callerGaveUp = options.CancellationToken.UnsafeRegister(s_cancel, this);
        _parentGaveUp = (options.PropagationToken?.CancellationToken ?? default).UnsafeRegister(s_cancel, this);
        _shutdown = channel.Shutdown.UnsafeRegister(
            static call => ((HttpCall)call!).Abort(new(StatusCode.Cancelled, "The channel was closed.")), this);
    }

    /// <summary>Whether the call is over.</summary>
    public bool HasEnded => _ended is not null;

    /// <summary>Cancelled as soon as the call is to stop.</summary>
    protected CancellationToken Stop { get; }

    /// <summary>Time until the deadline when the call started.</summary>
    protected TimeSpan? Timeout { get; }

    /// <summary>Cancels the call if it still runs.</summary>
    public void Dispose() => Finish(_cause?.Status ?? new(StatusCode.Cancelled, "The call was disposed."), Metadata.Empty);

    /// <summary>Stops the transport; the first cause is what the call will end with.</summary>
    public void Abort(Status status)
    {
        if (Interlocked.CompareExchange(ref _cause, new(status), null) is null && !HasEnded)
        {
            _stop.Cancel();
        }
    }

    /// <summary>Ends the call because of <paramref name="exception"/>, and gives the exception for the caller.</summary>
    public Exception Fail(Exception exception)
    {
        Finish(StatusFor(exception), exception is RpcException own ? own.Trailers : Metadata.Empty);
        return EndException();
    }

    /// <summary>What the transport's <paramref name="exception"/> means for this call.</summary>
    public Status StatusFor(Exception exception) =>
        _cause?.Status ?? (exception is RpcException own ? own.Status : TransportStatus.Of(exception));

    /// <summary>The exception with which a call that has ended is reported.</summary>
    public Exception EndException()
    {
        Ended end = RequireEnd();
        return _throwOperationCanceled && _cause is not null
            && end.Status.StatusCode is StatusCode.Cancelled or StatusCode.DeadlineExceeded
            ? new OperationCanceledException(end.Status.Detail, new RpcException(end.Status, end.Trailers))
            : new RpcException(end.Status, end.Trailers);
    }

    /// <summary>The status, once the call has ended.</summary>
    public Status EndStatus => RequireEnd().Status;

    /// <summary>The headers of the response are there.</summary>
    protected void Received(Metadata headers) => _headers.TrySetResult(headers);

    /// <summary>Ends the call; what comes later changes nothing.</summary>
    protected void Finish(Status status, Metadata trailers)
    {
        if (Interlocked.CompareExchange(ref _ended, new(status, trailers), null) is not null)
        {
            return;
        }

        _deadline?.Dispose();
        _callerGaveUp.Unregister();
        _parentGaveUp.Unregister();
        _shutdown.Unregister();
        if (!_headers.Task.IsCompleted && _headers.TrySetException(EndException()))
        {
            // Few callers ask for the headers: nobody else need observe this.
            _ = _headers.Task.Exception;
        }

        if (status.StatusCode != StatusCode.OK)
        {
            _stop.Cancel();
        }

        OnFinished(status);
    }

    /// <summary>Lets go of what waits for the call.</summary>
    protected abstract void OnFinished(Status status);

    private static TimeSpan? TimeLeft(CallOptions options)
    {
        DateTime? deadline = options.Deadline;
        if (options.PropagationToken?.Deadline is { } parent && (deadline is null || parent < deadline))
        {
            deadline = parent;
        }

        return deadline is null || deadline == DateTime.MaxValue
            ? null
            : deadline.Value.ToUniversalTime() - TimeProvider.System.GetUtcNow().UtcDateTime;
    }

    private static Status DeadlineExceeded() => new(StatusCode.DeadlineExceeded, "The deadline passed before the call was done.");

    private Ended RequireEnd() => _ended ?? throw new InvalidOperationException("The call has not ended yet.");

    private sealed record Ended(Status Status, Metadata Trailers);

    private sealed record Cause(Status Status);
}
