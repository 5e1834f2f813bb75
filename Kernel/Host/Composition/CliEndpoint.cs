using Grpc.Core;
using RouterOS.Core.Supervision;
using RouterOS.Proto.Cli.V1;

namespace RouterOS.Host.Composition;

/// <summary>The command line on the chassis's socket: passes each call to the service on the bus, where it runs on its strand.</summary>
internal sealed class CliEndpoint(RoutingEngine engine) : Cli.CliBase
{
    private readonly Cli.CliClient _client = new(engine.Bus.Invoker);

    /// <inheritdoc/>
    public override async Task<OpenReply> Open(OpenRequest request, ServerCallContext context) =>
        await _client.OpenAsync(request, cancellationToken: context.CancellationToken);

    /// <inheritdoc/>
    public override async Task Execute(ExecuteRequest request, IServerStreamWriter<ExecuteReply> responseStream, ServerCallContext context)
    {
        using AsyncServerStreamingCall<ExecuteReply> call = _client.Execute(request, cancellationToken: context.CancellationToken);
        while (await call.ResponseStream.MoveNext(context.CancellationToken))
        {
            await responseStream.WriteAsync(call.ResponseStream.Current);
        }
    }

    /// <inheritdoc/>
    public override async Task<CompleteReply> Complete(CompleteRequest request, ServerCallContext context) =>
        await _client.CompleteAsync(request, cancellationToken: context.CancellationToken);

    /// <inheritdoc/>
    public override async Task<CloseReply> Close(CloseRequest request, ServerCallContext context) =>
        await _client.CloseAsync(request, cancellationToken: context.CancellationToken);
}
