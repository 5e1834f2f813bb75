using System.Net;
using System.Net.Sockets;
using Grpc.Core;

namespace Grpc.Net.Client;

/// <summary>The gRPC status of a call that HTTP/2 ended, as the protocol's tables say, but for what is noted below.</summary>
internal static class TransportStatus
{
    // Error codes of HTTP/2, RFC 9113 section 7.
    private const long NoError = 0x0;
    private const long ProtocolError = 0x1;
    private const long RefusedStream = 0x7;
    private const long Cancel = 0x8;
    private const long EnhanceYourCalm = 0xb;
    private const long InadequateSecurity = 0xc;

    /// <summary>The status for an exception of the HTTP client.</summary>
    public static Status Of(Exception exception)
    {
        StatusCode code = StatusCode.Internal;
        Exception cause = exception;
        for (Exception? e = exception; e is not null; e = e.InnerException)
        {
            cause = e;
            code = e switch
            {
                HttpProtocolException protocol => Of(protocol),
                HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => StatusCode.ResourceExhausted,
                HttpRequestException { HttpRequestError: HttpRequestError.VersionNegotiationError } => StatusCode.Internal,
                HttpRequestException or IOException or SocketException or ObjectDisposedException or TimeoutException =>
                    StatusCode.Unavailable,
                OperationCanceledException => StatusCode.Cancelled,
                _ => code,
            };
        }

        return new(code, $"The transport failed: {cause.Message}", exception);
    }

    /// <summary>The status for an answer that is not gRPC's.</summary>
    public static StatusCode Of(HttpStatusCode status) => status switch
    {
        HttpStatusCode.BadRequest => StatusCode.Internal,
        HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
        HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
        HttpStatusCode.NotFound => StatusCode.Unimplemented,
        HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable
            or HttpStatusCode.GatewayTimeout => StatusCode.Unavailable,
        _ => StatusCode.Unknown,
    };

    private static StatusCode Of(HttpProtocolException exception) => exception.ErrorCode switch
    {
        RefusedStream => StatusCode.Unavailable,
        // The protocol's table says Internal for a stream reset with these two. But the HTTP client also reports a connection that
        // the server winds up (NO_ERROR) or that its own pings found dead (PROTOCOL_ERROR) this way, and those are what happens.
        NoError or ProtocolError => StatusCode.Unavailable,
        Cancel => StatusCode.Cancelled,
        EnhanceYourCalm => StatusCode.ResourceExhausted,
        InadequateSecurity => StatusCode.PermissionDenied,
        _ => StatusCode.Internal,
    };
}
