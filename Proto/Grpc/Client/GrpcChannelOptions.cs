using Grpc.Core;
using Grpc.Net.Compression;

namespace Grpc.Net.Client;

/// <summary>How a channel reaches its target.</summary>
public sealed class GrpcChannelOptions
{
    /// <summary>Largest message that is taken if nothing else is said: 4 MiB.</summary>
    internal const int DefaultMaxReceiveMessageSize = 4 * 1024 * 1024;

    /// <summary>Sends the requests; a <see cref="SocketsHttpHandler"/> of the channel's own if null.</summary>
    public HttpMessageHandler? HttpHandler { get; set; }

    /// <summary>Sends the requests, in place of <see cref="HttpHandler"/>.</summary>
    public HttpClient? HttpClient { get; set; }

    /// <summary>Whether the channel disposes the handler or client that it was given.</summary>
    public bool DisposeHttpClient { get; set; }

    /// <summary>How the channel proves itself.</summary>
    public ChannelCredentials? Credentials { get; set; }

    /// <summary>Largest message to send, in bytes; null for no limit.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>Largest message to receive, in bytes; null for no limit.</summary>
    public int? MaxReceiveMessageSize { get; set; } = DefaultMaxReceiveMessageSize;

    /// <summary>Compression of messages.</summary>
    /// <remarks>Not supported by this transport: a list that is not empty is refused.</remarks>
    public IList<ICompressionProvider>? CompressionProviders { get; set; }

    /// <summary>Whether a cancelled call throws <see cref="OperationCanceledException"/>.</summary>
    public bool ThrowOperationCanceledOnCancellation { get; set; }

    /// <summary>Whether call credentials are also sent on a channel that is not protected.</summary>
    public bool UnsafeUseInsecureChannelCallCredentials { get; set; }
}
