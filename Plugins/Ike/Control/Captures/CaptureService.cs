using Grpc.Core;
using RouterOS.Proto.Ike.V1;
using Service = RouterOS.Proto.Ike.V1.Captures;

namespace RouterOS.Ike.Control.Captures;

/// <summary>Captures over gRPC: pieces of the file and keys go to who asked, who writes them.</summary>
/// <remarks>Its methods run on the plugin's strand.</remarks>
internal sealed class CaptureService(TunnelCaptures captures) : Service.CapturesBase
{
    /// <inheritdoc/>
    public override async Task Capture(CaptureRequest request, IServerStreamWriter<CaptureReply> responseStream, ServerCallContext context)
    {
        RunningCapture capture = captures.Start(request);
        try
        {
            while (await capture.Replies.WaitToReadAsync(context.CancellationToken))
            {
                while (capture.Replies.TryRead(out CaptureReply? reply))
                {
                    await responseStream.WriteAsync(reply);
                }
            }
        }
        finally
        {
            _ = captures.Stop(capture.Id, "nobody reads it any more");
        }
    }

    /// <inheritdoc/>
    public override Task<ListCapturesReply> ListCaptures(ListCapturesRequest request, ServerCallContext context) =>
        Task.FromResult(new ListCapturesReply { Captures = { captures.Running.Select(c => c.State()) } });

    /// <inheritdoc/>
    public override Task<StopCaptureReply> StopCapture(StopCaptureRequest request, ServerCallContext context) =>
        Task.FromResult(new StopCaptureReply { Stopped = captures.Stop(request.Id, "an operator stopped it") });
}
