using Grpc.Core;
using RouterOS.Proto.Ppp.V1;

namespace RouterOS.Ppp.Control;

/// <summary>Where lower layers bring their links.</summary>
/// <remarks>Its methods run on the plugin's strand.</remarks>
internal sealed class LinksService(PppRuntime runtime) : Links.LinksBase
{
    /// <inheritdoc/>
    public override async Task Carry(
        IAsyncStreamReader<LinkInput> requestStream, IServerStreamWriter<LinkOutput> responseStream, ServerCallContext context)
    {
        LinkCarrier carrier = new(runtime, responseStream);
        runtime.Carriers.Add(carrier);
        try
        {
            while (await requestStream.MoveNext(context.CancellationToken))
            {
                carrier.Take(requestStream.Current);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or RpcException)
        {
            // The lower layer is gone.
        }
        finally
        {
            _ = runtime.Carriers.Remove(carrier);
            carrier.Lost();
        }
    }
}
