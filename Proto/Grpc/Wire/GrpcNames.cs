using System.Collections.Frozen;

namespace Grpc.Wire;

/// <summary>Names that the gRPC protocol over HTTP/2 gives to headers and values.</summary>
internal static class GrpcNames
{
    public const string ContentType = "application/grpc";
    public const string Status = "grpc-status";
    public const string Message = "grpc-message";
    public const string Timeout = "grpc-timeout";
    public const string Encoding = "grpc-encoding";
    public const string AcceptEncoding = "grpc-accept-encoding";
    public const string Identity = "identity";

    // What the transport itself reads and writes: it is neither shown as metadata nor taken from it.
    private static readonly FrozenSet<string> s_reserved = FrozenSet.ToFrozenSet(
        [
            "content-type", "content-length", "content-encoding", "transfer-encoding", "connection", "te", "host",
            "date", "server", "trailer", Status, Message, Timeout, Encoding, AcceptEncoding,
        ],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a header belongs to the transport.</summary>
    public static bool IsReserved(string name) => name.StartsWith(':') || s_reserved.Contains(name);

    /// <summary>Whether a content type is gRPC's, with or without a message format or parameters.</summary>
    public static bool IsGrpc(string? contentType) =>
        contentType is not null
        && contentType.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase)
        && (contentType.Length == ContentType.Length || contentType[ContentType.Length] is '+' or ';');
}
