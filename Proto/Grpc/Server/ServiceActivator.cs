using Microsoft.Extensions.DependencyInjection;

namespace Grpc.AspNetCore.Server;

/// <summary>Finds or makes the object that handles a call.</summary>
internal sealed class ServiceActivator<TService>
    where TService : class
{
    private readonly ObjectFactory<TService> _factory =
        typeof(TService).IsAbstract ? RequireRegistered : ActivatorUtilities.CreateFactory<TService>([]);

    /// <summary>The container's object, or a new one that lives as long as the lease.</summary>
    public ServiceLease<TService> Lease(IServiceProvider services)
    {
        TService? registered = services.GetService<TService>();
        return registered is not null ? new(registered, owned: false) : new(_factory(services, []), owned: true);
    }

    private static TService RequireRegistered(IServiceProvider services, object?[]? arguments) =>
        services.GetRequiredService<TService>();
}
