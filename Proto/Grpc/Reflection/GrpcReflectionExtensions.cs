using System.Reflection;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Reflection;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ProtoService = Google.Protobuf.Reflection.ServiceDescriptor;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds reflection to an application with gRPC services.</summary>
public static class GrpcReflectionExtensions
{
    /// <summary>Adds what <c>MapGrpcReflectionService</c> needs.</summary>
    public static IServiceCollection AddGrpcReflection(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddGrpc();
        services.TryAddSingleton(provider => new ReflectionServiceImpl(FindServices(provider)));
        services.TryAddSingleton(provider => new ReflectionV1ServiceImpl(FindServices(provider)));
        return services;
    }

    // At the first call every endpoint is mapped; each method's endpoint names the class that handles it.
    private static ProtoService[] FindServices(IServiceProvider provider) =>
    [
        .. provider.GetRequiredService<EndpointDataSource>().Endpoints
            .Select(endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()?.ServiceType)
            .OfType<Type>()
            .Distinct()
            .Select(FindDescriptor)
            .OfType<ProtoService>()
            .DistinctBy(service => service.FullName),
    ];

    private static ProtoService? FindDescriptor(Type serviceType)
    {
        for (Type? type = serviceType; type is not null; type = type.BaseType)
        {
            if (type.GetCustomAttribute<BindServiceMethodAttribute>(inherit: false) is { } attribute)
            {
                return attribute.BindType.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)?.GetValue(null)
                    as ProtoService;
            }
        }

        return null;
    }
}
