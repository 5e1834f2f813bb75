using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps gRPC services to endpoints.</summary>
public static class GrpcEndpointRouteBuilderExtensions
{
    /// <summary>Maps every method of a service.</summary>
    /// <remarks>The service comes from the container if it is registered there, otherwise one is made for each call.</remarks>
    /// <typeparam name="TService">A class that derives from a generated service base.</typeparam>
    public static GrpcServiceEndpointConventionBuilder MapGrpcService<TService>(this IEndpointRouteBuilder builder)
        where TService : class
    {
        ArgumentNullException.ThrowIfNull(builder);
        GrpcServices services = builder.ServiceProvider.GetService<GrpcServices>()
            ?? throw new InvalidOperationException($"Call {nameof(GrpcServicesExtensions.AddGrpc)} on the services of the application first.");
        services.Add(builder, typeof(TService));
        return new(EndpointBinder<TService>.Bind(builder));
    }
}
