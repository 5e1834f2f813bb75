using Microsoft.Extensions.DependencyInjection;

namespace Grpc.AspNetCore.Server;

/// <summary>Finds or makes the object that handles a call.</summary>
internal sealed class ServiceActivator<TService>
    where TService : class
{
    // Made at first need: a class that the container makes may have constructors that none can choose from.
    private readonly Lazy<ObjectFactory<TService>> _factory = new(() => ActivatorUtilities.CreateFactory<TService>([]));

    /// <summary>The container's object, or a new one that lives as long as the lease.</summary>
    public ServiceLease<TService> Lease(IServiceProvider services)
    {
        TService? registered = services.GetService<TService>();
        return registered is not null ? new(registered, owned: false) : new(_factory.Value(services, []), owned: true);
    }
}
