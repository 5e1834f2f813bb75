using System.IO.Compression;
using Grpc.Net.Compression;
using Grpc.Wire;

namespace Grpc.AspNetCore.Server;

/// <summary>How services answer calls.</summary>
public class GrpcServiceOptions
{
    private const int DefaultMaxReceiveMessageSize = 4 * 1024 * 1024;

    /// <summary>Largest message to send, in bytes; null for no limit.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>Largest message to receive, in bytes; null for no limit.</summary>
    public int? MaxReceiveMessageSize { get; set; } = DefaultMaxReceiveMessageSize;

    /// <summary>Whether the status of a failed handler tells the caller what was thrown.</summary>
    public bool? EnableDetailedErrors { get; set; }

    /// <summary>Whether calls of unknown services pass on to other endpoints instead of being answered here.</summary>
    public bool? IgnoreUnknownServices { get; set; }

    /// <summary>Encoding of responses; only <c>identity</c> is supported by this transport.</summary>
    public string? ResponseCompressionAlgorithm { get; set; }

    /// <summary>Effort of compression; without effect in this transport.</summary>
    public CompressionLevel? ResponseCompressionLevel { get; set; }

    /// <summary>Encodings; a list that is not empty is refused by this transport.</summary>
    public IList<ICompressionProvider> CompressionProviders { get; set; } = [];

    /// <summary>Interceptors around every handler, in order.</summary>
    public InterceptorCollection Interceptors { get; } = [];

    /// <summary>Refuses what this transport cannot do, when the application starts rather than in a call.</summary>
    internal void RequireSupported()
    {
        if (CompressionProviders.Count > 0 || ResponseCompressionAlgorithm is not (null or GrpcNames.Identity))
        {
            throw new NotSupportedException("This transport does not compress messages.");
        }
    }
}
