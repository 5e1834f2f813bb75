using System.Collections.Concurrent;
using System.Net;
using Grpc.Core;

namespace Grpc.Net.Client;

/// <summary>A channel over HTTP/2 without TLS: TCP, or a Unix domain socket through the handler's <c>ConnectCallback</c>.</summary>
public sealed class GrpcChannel : ChannelBase, IDisposable
{
    private readonly ConcurrentDictionary<string, Uri> _addresses = new();
    private readonly CancellationTokenSource _shutdown = new();
    private readonly HttpMessageInvoker _http;
    private readonly bool _disposeHttp;
    private readonly Uri _address;
    private bool _disposed;

    private GrpcChannel(Uri address, GrpcChannelOptions options)
        : base(address.Authority)
    {
        _address = address;
        Shutdown = _shutdown.Token;
        ChannelCredentialsReader credentials = new(options.Credentials ?? ChannelCredentials.Insecure);
        CheckSupported(address, options, credentials);
        MaxSendMessageSize = options.MaxSendMessageSize;
        MaxReceiveMessageSize = options.MaxReceiveMessageSize;
        ThrowOperationCanceled = options.ThrowOperationCanceledOnCancellation;
        SendCallCredentials = options.UnsafeUseInsecureChannelCallCredentials;
        _disposeHttp = options.DisposeHttpClient || (options.HttpHandler is null && options.HttpClient is null);
        _http = options.HttpClient
            ?? new HttpMessageInvoker(options.HttpHandler ?? new SocketsHttpHandler { EnableMultipleHttp2Connections = true }, _disposeHttp);
    }

    internal int? MaxSendMessageSize { get; }

    internal int? MaxReceiveMessageSize { get; }

    internal bool ThrowOperationCanceled { get; }

    internal bool SendCallCredentials { get; }

    /// <summary>Cancelled when the channel is disposed.</summary>
    internal CancellationToken Shutdown { get; }

    /// <summary>A channel to an <c>http:</c> address.</summary>
    public static GrpcChannel ForAddress(string address) => ForAddress(address, new GrpcChannelOptions());

    /// <summary>A channel to an <c>http:</c> address, with options.</summary>
    public static GrpcChannel ForAddress(string address, GrpcChannelOptions channelOptions) =>
        ForAddress(new Uri(address), channelOptions);

    /// <summary>A channel to an <c>http:</c> address.</summary>
    public static GrpcChannel ForAddress(Uri address) => ForAddress(address, new GrpcChannelOptions());

    /// <summary>A channel to an <c>http:</c> address, with options.</summary>
    public static GrpcChannel ForAddress(Uri address, GrpcChannelOptions channelOptions)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(channelOptions);
        return new GrpcChannel(address, channelOptions);
    }

    /// <inheritdoc/>
    public override CallInvoker CreateCallInvoker()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new HttpCallInvoker(this);
    }

    /// <summary>Cancels the running calls and closes the connections.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _shutdown.Cancel();
        if (_disposeHttp)
        {
            _http.Dispose();
        }

        _shutdown.Dispose();
    }

    /// <inheritdoc/>
    protected override Task ShutdownAsyncCore()
    {
        Dispose();
        return Task.CompletedTask;
    }

    internal HttpRequestMessage CreateRequest(IMethod method, string? host)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Uri address = _addresses.GetOrAdd(method.FullName, static (path, root) => new Uri(root, path), _address);
        HttpRequestMessage request = new(HttpMethod.Post, address)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Host = host;
        return request;
    }

    internal Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _http is HttpClient client
            ? client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken)
            : _http.SendAsync(request, cancellationToken);

    private static void CheckSupported(Uri address, GrpcChannelOptions options, ChannelCredentialsReader credentials)
    {
        if (address.Scheme != Uri.UriSchemeHttp || credentials.IsSecure)
        {
            throw new NotSupportedException($"{address}: this transport speaks HTTP/2 without TLS only (http:).");
        }

        if (options.CompressionProviders is { Count: > 0 })
        {
            throw new NotSupportedException("This transport does not compress messages.");
        }

        if (options.HttpHandler is not null && options.HttpClient is not null)
        {
            throw new ArgumentException("Give a channel an HttpHandler or an HttpClient, not both.", nameof(options));
        }
    }
}
