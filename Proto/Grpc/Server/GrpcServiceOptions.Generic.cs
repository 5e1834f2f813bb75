using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Grpc.AspNetCore.Server;

/// <summary>How one service answers calls; what is not set follows the general options.</summary>
/// <typeparam name="TService">The service.</typeparam>
public class GrpcServiceOptions<TService> : GrpcServiceOptions
    where TService : class
{
    /// <summary>The general options, changed by what was configured for this service.</summary>
    internal static GrpcServiceOptions<TService> Resolve(IServiceProvider services)
    {
        GrpcServiceOptions general = services.GetRequiredService<IOptions<GrpcServiceOptions>>().Value;
        GrpcServiceOptions<TService> options = new()
        {
            MaxSendMessageSize = general.MaxSendMessageSize,
            MaxReceiveMessageSize = general.MaxReceiveMessageSize,
            EnableDetailedErrors = general.EnableDetailedErrors,
            IgnoreUnknownServices = general.IgnoreUnknownServices,
            ResponseCompressionAlgorithm = general.ResponseCompressionAlgorithm,
            ResponseCompressionLevel = general.ResponseCompressionLevel,
            CompressionProviders = [.. general.CompressionProviders],
        };

        foreach (InterceptorRegistration interceptor in general.Interceptors)
        {
            options.Interceptors.Add(interceptor);
        }

        foreach (IConfigureOptions<GrpcServiceOptions<TService>> configure in
            services.GetServices<IConfigureOptions<GrpcServiceOptions<TService>>>())
        {
            configure.Configure(options);
        }

        options.RequireSupported();
        return options;
    }
}
