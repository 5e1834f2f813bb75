using Grpc.Core;

namespace RouterOS.Proto.InProcess;

/// <summary>A call inside the process, as its handler sees it.</summary>
#pragma warning disable CA1001 // The source has neither timer nor link, and the handler may hold its token longer than the call.
internal sealed class InProcessServerContext(InProcessCall call, SynchronizationContext? context) : ServerCallContext
#pragma warning restore CA1001
{
    private static readonly AuthContext s_anonymous = new(null, []);

    private readonly CancellationTokenSource _stop = new();
    private bool _headersSent;

    public InProcessCall Call => call;

    protected override string MethodCore => call.Path;

    protected override string HostCore => call.Host;

    protected override string PeerCore => "inprocess:";

    protected override DateTime DeadlineCore => call.Deadline;

    protected override Metadata RequestHeadersCore => call.RequestHeaders;

    protected override CancellationToken CancellationTokenCore => _stop.Token;

    protected override Metadata ResponseTrailersCore { get; } = [];

    protected override Status StatusCore { get; set; }

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override AuthContext AuthContextCore => s_anonymous;

    /// <summary>Runs the handler and ends the call with what it returns or throws.</summary>
    public async Task RunAsync(InProcessMethod method, InProcessServices services)
    {
        Status status;
        Metadata trailers = [];
        try
        {
            await method.Handle(this);
            status = Status;
            trailers = MetadataCopy.Of(ResponseTrailers);
        }
        catch (RpcException e)
        {
            status = e.Status;
            trailers = TrailersWith(e.Trailers, ref status);
        }
        catch (Exception e)
        {
            if (!_stop.IsCancellationRequested)
            {
                services.ReportFailure(call.Path, e);
            }

            status = new(StatusCode.Unknown, "The handler failed.");
            trailers = TrailersWith([], ref status);
        }

        call.Finish(status, trailers);
    }

    /// <summary>Tells the handler, where it runs, that the caller is gone.</summary>
    public void Cancel() => Waiting.Post(context, _stop.Cancel);

    /// <summary>Sends the headers with the first response, if the handler did not.</summary>
    public void SendHeaders()
    {
        if (!_headersSent)
        {
            _headersSent = true;
            call.SendHeaders([]);
        }
    }

    protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders)
    {
        if (_headersSent)
        {
            throw new InvalidOperationException("The response headers have been sent.");
        }

        call.SendHeaders(MetadataCopy.Of(responseHeaders));
        _headersSent = true;
        return Task.CompletedTask;
    }

    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) =>
        throw new NotSupportedException("Pass on Deadline and CancellationToken of the call instead.");

    private Metadata TrailersWith(Metadata more, ref Status status)
    {
        Metadata all = [];
        foreach (Metadata.Entry entry in ResponseTrailers.Concat(more))
        {
            all.Add(entry);
        }

        try
        {
            return MetadataCopy.Of(all);
        }
        catch (RpcException e)
        {
            status = e.Status;
            return [];
        }
    }
}
