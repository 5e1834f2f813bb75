using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>A request body that stays open while the caller writes messages.</summary>
internal sealed class RequestContent : HttpContent
{
    private static readonly MediaTypeHeaderValue s_contentType = new(GrpcNames.ContentType);

    private readonly TaskCompletionSource<Stream?> _stream = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RequestContent() => Headers.ContentType = s_contentType;

    /// <summary>The body to write to, once there is a connection; null if the call ended before.</summary>
    public Task<Stream?> StreamAsync => _stream.Task;

    /// <summary>Ends the body: no message follows.</summary>
    public void CompleteBody() => _complete.TrySetResult();

    /// <summary>Lets go of the body because the call has ended.</summary>
    public void Release(Status status)
    {
        _stream.TrySetResult(null);
        if (status.StatusCode == StatusCode.OK)
        {
            _complete.TrySetResult();
        }
        else
        {
            // A body that ends this way resets the stream instead of ending it in order.
            _complete.TrySetCanceled();
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // The server must see the call before its first message is there.
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        _stream.TrySetResult(stream);
        await _complete.Task.ConfigureAwait(false);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
