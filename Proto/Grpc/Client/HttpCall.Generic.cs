using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>One call as an HTTP/2 request: sends it, reads its messages and its status.</summary>
/// <typeparam name="TRequest">The request message.</typeparam>
/// <typeparam name="TResponse">The response message.</typeparam>
internal sealed class HttpCall<TRequest, TResponse> : HttpCall
    where TRequest : class
    where TResponse : class
{
    private static readonly string s_userAgent =
        $"grpc-csharp-routeros/{typeof(GrpcChannel).Assembly.GetName().Version?.ToString(3)}";

    private readonly GrpcChannel _channel;
    private readonly Method<TRequest, TResponse> _method;
    private readonly MessageFrame _frame;
    private RequestContent? _requests;
    private HttpResponseMessage? _response;
    private PipeReader? _body;

    public HttpCall(GrpcChannel channel, Method<TRequest, TResponse> method, CallOptions options)
        : base(channel, options)
    {
        _channel = channel;
        _method = method;
        _frame = new(channel.MaxSendMessageSize);
        Options = options;
    }

    /// <summary>Options that the caller gave.</summary>
    public CallOptions Options { get; }

    /// <summary>Done when response headers are there or the call has ended; never faulted.</summary>
    public Task Opened { get; private set; } = Task.CompletedTask;

    /// <summary>Starts a call whose one request is known.</summary>
    public void StartUnary(string? host, TRequest request)
    {
        try
        {
            Opened = OpenAsync(host, new MessageContent(Frame(request)));
        }
        catch (RpcException e)
        {
            Fail(e);
        }
    }

    /// <summary>Starts a call whose requests follow.</summary>
    public RequestContent StartStreaming(string? host)
    {
        _requests = new RequestContent();
        Opened = OpenAsync(host, _requests);
        return _requests;
    }

    /// <summary>The bytes of a request, valid until the next one.</summary>
    public ReadOnlyMemory<byte> Frame(TRequest request) => _frame.Serialize(_method.RequestMarshaller, request);

    /// <summary>The one response of a call that has one.</summary>
    public async Task<TResponse> ReadSingleAsync()
    {
        TResponse? response = await ReadAsync().ConfigureAwait(false);
        if (response is null || await ReadAsync().ConfigureAwait(false) is not null)
        {
            // A status of OK with no message or with two: the peer broke the contract of the _method.
            string count = response is null ? "no" : "more than one";
            throw HasEnded
                ? new RpcException(new(StatusCode.Internal, $"The call succeeded with {count} response."))
                : Fail(new RpcException(new(StatusCode.Internal, $"The call has {count} response.")));
        }

        return response;
    }

    /// <summary>The next response, or null at the end of a call that succeeded.</summary>
    public async ValueTask<TResponse?> ReadAsync()
    {
        await Opened.ConfigureAwait(false);
        if (HasEnded)
        {
            return EndStatus.StatusCode == StatusCode.OK ? null : throw EndException();
        }

        try
        {
            TResponse? message = await MessageReader
                .ReadAsync(_body!, _method.ResponseMarshaller, _channel.MaxReceiveMessageSize, Stop).ConfigureAwait(false);
            if (message is null)
            {
                _body!.Complete();
                ReadStatus(_response!.TrailingHeaders);
            }

            return message;
        }
        catch (Exception e)
        {
            _body!.Complete();
            throw Fail(e);
        }
    }

    protected override void OnFinished(Status status)
    {
        _requests?.Release(status);
        _response?.Dispose();
    }

    private async Task OpenAsync(string? host, HttpContent content)
    {
        try
        {
            Stop.ThrowIfCancellationRequested();
            HttpRequestMessage request = await CreateRequestAsync(host, content).ConfigureAwait(false);
            _response = await _channel.SendAsync(request, Stop).ConfigureAwait(false);
            CheckResponse(_response);

            Metadata headers = ToMetadata(_response.Headers);
            Received(headers);
            if (_response.Headers.NonValidated.Contains(GrpcNames.Status))
            {
                // Trailers-only: the headers are the trailers, and there is no body.
                ReadStatus(_response.Headers);
            }
            else
            {
                Stream stream = await _response.Content.ReadAsStreamAsync(Stop).ConfigureAwait(false);
                _body = PipeReader.Create(stream);
            }
        }
        catch (Exception e)
        {
            Fail(e);
        }

        // The call may have ended before there was a response to dispose.
        Interlocked.MemoryBarrier();
        if (HasEnded)
        {
            _response?.Dispose();
        }
    }

    private async ValueTask<HttpRequestMessage> CreateRequestAsync(string? host, HttpContent content)
    {
        HttpRequestMessage request = _channel.CreateRequest(_method, host);
        request.Content = content;
        HttpRequestHeaders headers = request.Headers;
        headers.TryAddWithoutValidation("te", "trailers");
        headers.TryAddWithoutValidation(GrpcNames.AcceptEncoding, GrpcNames.Identity);
        if (Timeout is { } timeout)
        {
            headers.TryAddWithoutValidation(GrpcNames.Timeout, GrpcTimeout.Format(timeout));
        }

        AddMetadata(headers, Options.Headers);
        if (_channel.SendCallCredentials && Options.Credentials is { } credentials)
        {
            AuthInterceptorContext context = new($"http://{_channel.Target}/{_method.ServiceName}", _method.Name, Stop);
            foreach (AsyncAuthInterceptor interceptor in CallCredentialsReader.Read(credentials))
            {
                Metadata proof = [];
                await interceptor(context, proof).ConfigureAwait(false);
                AddMetadata(headers, proof);
            }
        }

        if (!headers.NonValidated.Contains("user-agent"))
        {
            headers.TryAddWithoutValidation("user-agent", s_userAgent);
        }

        return request;
    }

    private static void AddMetadata(HttpRequestHeaders headers, Metadata? metadata)
    {
        foreach (Metadata.Entry entry in metadata ?? Metadata.Empty)
        {
            if (!GrpcNames.IsReserved(entry.Key))
            {
                headers.TryAddWithoutValidation(entry.Key, MetadataText.Encode(entry));
            }
        }
    }

    private static void CheckResponse(HttpResponseMessage response)
    {
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new RpcException(new(
                TransportStatus.Of(response.StatusCode), $"The server answered with HTTP status {(int)response.StatusCode}."));
        }

        string? contentType = response.Content.Headers.ContentType?.ToString();
        if (!GrpcNames.IsGrpc(contentType))
        {
            throw new RpcException(new(StatusCode.Unknown, $"The server answered with content type \"{contentType}\", which is not gRPC."));
        }

        if (response.Headers.TryGetValues(GrpcNames.Encoding, out IEnumerable<string>? encodings)
            && encodings.Any(encoding => encoding != GrpcNames.Identity))
        {
            throw new RpcException(new(
                StatusCode.Internal, $"The server compresses with {string.Join(',', encodings)}, which was not offered."));
        }
    }

    private void ReadStatus(HttpResponseHeaders trailers)
    {
        string? code = Last(trailers, GrpcNames.Status);
        if (!int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            throw new RpcException(new(
                StatusCode.Unknown, code is null ? "The response ended without a status." : $"\"{code}\" is no status."));
        }

        Status status = new((StatusCode)number, StatusText.Decode(Last(trailers, GrpcNames.Message) ?? ""));
        Metadata metadata = ToMetadata(trailers);
        Finish(status, metadata);
        if (status.StatusCode != StatusCode.OK)
        {
            throw new RpcException(status, metadata);
        }
    }

    private static string? Last(HttpResponseHeaders headers, string name)
    {
        if (!headers.NonValidated.TryGetValues(name, out HeaderStringValues values))
        {
            return null;
        }

        string? last = null;
        foreach (string value in values)
        {
            last = value;
        }

        return last;
    }

    private static Metadata ToMetadata(HttpResponseHeaders headers)
    {
        Metadata metadata = [];
        foreach ((string name, HeaderStringValues values) in headers.NonValidated)
        {
            foreach (string value in values)
            {
                MetadataText.Add(metadata, name, value);
            }
        }

        return metadata;
    }
}
