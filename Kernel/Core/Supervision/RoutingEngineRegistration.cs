using Microsoft.Extensions.DependencyInjection;

namespace RouterOS.Core.Supervision;

/// <summary>Registers the routing engine with a host.</summary>
public static class RoutingEngineRegistration
{
    /// <summary>Adds a <see cref="RoutingEngine"/> that the host starts and stops; <see cref="RoutingEngineOptions"/> come from <paramref name="options"/>.</summary>
    public static IServiceCollection AddRoutingEngine(this IServiceCollection services, Func<IServiceProvider, RoutingEngineOptions> options)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        return services
            .AddSingleton(provider => new RoutingEngine(options(provider)))
            .AddHostedService(provider => new RoutingEngineService(provider.GetRequiredService<RoutingEngine>()));
    }
}
