using System.Net;
using System.Net.Http.Headers;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>A request body of one message.</summary>
internal sealed class MessageContent : HttpContent
{
    private static readonly MediaTypeHeaderValue s_contentType = new(GrpcNames.ContentType);

    private readonly ReadOnlyMemory<byte> _frame;

    public MessageContent(ReadOnlyMemory<byte> frame)
    {
        _frame = frame;
        Headers.ContentType = s_contentType;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        stream.WriteAsync(_frame, cancellationToken).AsTask();

    // Unknown on purpose: the protocol has no use for content-length, and some servers reject it.
    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
