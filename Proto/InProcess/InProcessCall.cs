using Grpc.Core;

namespace RouterOS.Proto.InProcess;

/// <summary>One call between a caller and a handler: two streams of bytes, headers, and one end.</summary>
internal sealed class InProcessCall : IDisposable
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource<Metadata> _headers = Waiting.Create<Metadata>();
    private readonly SynchronizationContext? _callerContext = SynchronizationContext.Current;
    private readonly CallDeadline? _deadlineTimer;
    private readonly CancellationTokenRegistration _callerGaveUp;
    private InProcessServerContext? _server;
    private Ended? _serverEnd;
    private Ended? _clientEnd;

    public InProcessCall(string path, string host, CallOptions options, TimeProvider time, InProcessOptions limits)
    {
        Path = path;
        Host = host;
        Limits = limits;
        Requests = new(limits.StreamMessages);
        Responses = new(limits.StreamMessages);
        RequestHeaders = [];
        Deadline = options.Deadline?.ToUniversalTime() ?? DateTime.MaxValue;

        try
        {
            RequestHeaders = MetadataCopy.Of(options.Headers);
        }
        catch (RpcException e)
        {
            Abort(e.Status);
            return;
        }

        if (Deadline != DateTime.MaxValue)
        {
            TimeSpan left = Deadline - time.GetUtcNow().UtcDateTime;
            if (left <= TimeSpan.Zero)
            {
                ExceedDeadline();
                return;
            }

            _deadlineTimer = new(time, left, () => Waiting.Post(_callerContext, ExceedDeadline));
        }

        _callerGaveUp = options.CancellationToken.UnsafeRegister(
            static call => ((InProcessCall)call!).Abort(new(StatusCode.Cancelled, "The caller cancelled the call.")), this);
        if (_clientEnd is not null)
        {
            Release();
        }
    }

    public string Path { get; }

    public string Host { get; }

    public InProcessOptions Limits { get; }

    public DateTime Deadline { get; }

    public Metadata RequestHeaders { get; }

    public MessagePipe Requests { get; }

    public MessagePipe Responses { get; }

    public Task<Metadata> ResponseHeaders => _headers.Task;

    public bool HasEnded => _clientEnd is not null;

    public Status EndStatus => RequireEnd().Status;

    public Metadata EndTrailers => RequireEnd().Trailers;

    /// <summary>Starts the handler, unless the call is over already.</summary>
    public void Start(InProcessServices services)
    {
        InProcessMethod? method = services.Find(Path);
        if (method is null)
        {
            Finish(new(StatusCode.Unimplemented, $"This process has no method {Path}."), []);
            return;
        }

        SynchronizationContext? context = method.Context ?? _callerContext;
        InProcessServerContext server = new(this, context);
        lock (_lock)
        {
            _server = server;
        }

        Waiting.Post(context, () =>
        {
            if (!HasEnded)
            {
                _ = server.RunAsync(method, services);
            }
        });
    }

    /// <summary>The caller's side of the response headers.</summary>
    public void SendHeaders(Metadata headers) => _headers.TrySetResult(headers);

    /// <summary>The handler is done: the caller learns of it behind the responses that wait.</summary>
    public void Finish(Status status, Metadata trailers)
    {
        lock (_lock)
        {
            // The cause of an exception stays in the handler, as it does over a socket.
            _serverEnd ??= new(new Status(status.StatusCode, status.Detail), trailers);
        }

        _headers.TrySetResult([]);
        Requests.RefuseWrites(() => WriteRefused(_serverEnd));
        Responses.Complete();
    }

    /// <summary>The caller has read the last response: what the handler ended with is the end.</summary>
    public void TakeEnd()
    {
        lock (_lock)
        {
            _clientEnd ??= _serverEnd;
        }

        Release();
    }

    /// <summary>Ends the call from the caller's side, whatever the handler does.</summary>
    public void Abort(Status status)
    {
        InProcessServerContext? server;
        lock (_lock)
        {
            if (_clientEnd is not null)
            {
                return;
            }

            _clientEnd = new(status, []);
            server = _server;
        }

        Release();
        Responses.Fail(() => new OperationCanceledException(status.Detail));
        Requests.Fail(() => new OperationCanceledException(status.Detail));
        if (_headers.TrySetException(EndException()))
        {
            // Few callers ask for the headers: nobody else need observe this.
            _ = _headers.Task.Exception;
        }

        server?.Cancel();
    }

    /// <summary>Cancels the call if it still runs.</summary>
    public void Dispose()
    {
        Abort(new(StatusCode.Cancelled, "The call was disposed."));
        Release();
    }

    public RpcException EndException() => new(EndStatus, EndTrailers);

    private static Exception WriteRefused(Ended end) => end.Status.StatusCode == StatusCode.OK
        ? new InvalidOperationException("The handler has ended the call: nothing more may be written.")
        : new RpcException(end.Status, end.Trailers);

    private void ExceedDeadline() => Abort(new(StatusCode.DeadlineExceeded, "The deadline passed before the call was done."));

    private void Release()
    {
        _deadlineTimer?.Dispose();
        _callerGaveUp.Unregister();
    }

    private Ended RequireEnd() => _clientEnd ?? throw new InvalidOperationException("The call has not ended yet.");

    private sealed record Ended(Status Status, Metadata Trailers);
}
