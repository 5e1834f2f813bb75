using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server;

/// <summary>A call that came as an HTTP/2 request, as its handler sees it.</summary>
internal sealed partial class HttpCallContext : ServerCallContext, IDisposable
{
    private static readonly AuthContext s_anonymous = new(null, []);

    private readonly HttpContext _http;
    private readonly CancellationTokenSource? _stop;
    private readonly DeadlineTimer? _deadlineTimer;
    private volatile bool _deadlineExceeded;
    private volatile bool _over;
    private bool _hasBody;

    private HttpCallContext(HttpContext http, HttpCallSettings settings)
    {
        _http = http;
        Settings = settings;
        RequestBody = http.Request.BodyReader;
        DeadlineCore = DateTime.MaxValue;
        CancellationTokenCore = http.RequestAborted;

        if (GrpcTimeout.TryParse(http.Request.Headers[GrpcNames.Timeout], out TimeSpan timeout)
            && timeout < DateTime.MaxValue - settings.Time.GetUtcNow().UtcDateTime)
        {
            DeadlineCore = settings.Time.GetUtcNow().UtcDateTime + timeout;
            _stop = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
            CancellationTokenCore = _stop.Token;
            _deadlineTimer = new(settings.Time, timeout, ExceedDeadline);
        }
    }

    public HttpCallSettings Settings { get; }

    public PipeReader RequestBody { get; }

    public IServiceProvider Services => _http.RequestServices;

    protected override string MethodCore => _http.Request.Path.Value!;

    protected override string HostCore => _http.Request.Host.Value ?? "";

    protected override string PeerCore => field ??= FormatPeer();

    protected override DateTime DeadlineCore { get; }

    protected override Metadata RequestHeadersCore => field ??= ReadHeaders();

    protected override CancellationToken CancellationTokenCore { get; }

    protected override Metadata ResponseTrailersCore { get; } = [];

    protected override Status StatusCore { get; set; }

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override AuthContext AuthContextCore => s_anonymous;

    /// <summary>The one request of a call that has one.</summary>
    public async ValueTask<TRequest> ReadSingleAsync<TRequest>(Marshaller<TRequest> marshaller)
        where TRequest : class
    {
        TRequest? request = await MessageReader
            .ReadAsync(RequestBody, marshaller, Settings.MaxReceiveMessageSize, CancellationToken).ConfigureAwait(false)
            ?? throw new RpcException(new(Core.StatusCode.Internal, "The call ended without a request."));
        return await MessageReader
            .ReadAsync(RequestBody, marshaller, Settings.MaxReceiveMessageSize, CancellationToken).ConfigureAwait(false) is null
            ? request
            : throw new RpcException(new(Core.StatusCode.Internal, "The call has more than one request."));
    }

    /// <summary>Puts the one response into the buffer; it leaves together with the status.</summary>
    public void WriteSingle<TResponse>(Marshaller<TResponse> marshaller, TResponse response)
        where TResponse : class
    {
        if (response is null)
        {
            throw new RpcException(new(Core.StatusCode.Internal, "The handler gave no response."));
        }

        if (Status.StatusCode == Core.StatusCode.OK && !CancellationToken.IsCancellationRequested)
        {
            ReadOnlyMemory<byte> frame = new MessageFrame(Settings.MaxSendMessageSize).Serialize(marshaller, response);
            StartResponse();
            _http.Response.BodyWriter.Write(frame.Span);
        }
    }

    /// <summary>Sends a message, or leaves it in the buffer.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> frame, bool flush, CancellationToken cancellationToken)
    {
        StartResponse();
        _http.Response.BodyWriter.Write(frame.Span);
        if (flush)
        {
            FlushResult result = await _http.Response.BodyWriter.FlushAsync(cancellationToken).ConfigureAwait(false);
            if (result.IsCompleted || result.IsCanceled)
            {
                CancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>Throws if the handler has returned already.</summary>
    public void RequireRunning()
    {
        if (_over)
        {
            throw new InvalidOperationException("The call is over.");
        }
    }

    public void Dispose()
    {
        _over = true;
        _deadlineTimer?.Dispose();
        _stop?.Dispose();
    }

    protected override async Task WriteResponseHeadersAsyncCore(Metadata responseHeaders)
    {
        RequireRunning();
        if (_http.Response.HasStarted || _hasBody)
        {
            throw new InvalidOperationException("The response headers have been sent.");
        }

        foreach (Metadata.Entry entry in responseHeaders)
        {
            if (!GrpcNames.IsReserved(entry.Key))
            {
                _http.Response.Headers.Append(entry.Key, MetadataText.Encode(entry));
            }
        }

        StartResponse();
        await _http.Response.StartAsync(CancellationToken).ConfigureAwait(false);
        await _http.Response.BodyWriter.FlushAsync(CancellationToken).ConfigureAwait(false);
    }

    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) =>
        new ServerPropagationToken(this, options ?? ContextPropagationOptions.Default);

    private void StartResponse()
    {
        if (!_hasBody)
        {
            _hasBody = true;
            _http.Response.ContentType = GrpcNames.ContentType;
        }
    }

    private void ExceedDeadline()
    {
        _deadlineExceeded = true;
        try
        {
            _stop!.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The call ended while the timer fired.
        }
    }

    private Metadata ReadHeaders()
    {
        Metadata metadata = [];
        foreach ((string name, Microsoft.Extensions.Primitives.StringValues values) in _http.Request.Headers)
        {
            foreach (string? value in values)
            {
                MetadataText.Add(metadata, name, value ?? "");
            }
        }

        return metadata;
    }

    private string FormatPeer()
    {
        ConnectionInfo connection = _http.Connection;
        return connection.RemoteIpAddress switch
        {
            null => "unix:",
            { AddressFamily: AddressFamily.InterNetworkV6 } address => $"ipv6:[{address}]:{connection.RemotePort}",
            { } address => $"ipv4:{address}:{connection.RemotePort}",
        };
    }
}
