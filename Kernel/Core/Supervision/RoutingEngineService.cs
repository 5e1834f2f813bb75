using Microsoft.Extensions.Hosting;

namespace RouterOS.Core.Supervision;

/// <summary>Runs the routing engine with the host: started with it, stopped with it.</summary>
internal sealed class RoutingEngineService(RoutingEngine engine) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        engine.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => engine.DisposeAsync().AsTask();
}
