using Grpc.Core.Interceptors;
using Microsoft.Extensions.DependencyInjection;

namespace Grpc.AspNetCore.Server;

/// <summary>One interceptor around handlers: its type and what its constructor gets.</summary>
public class InterceptorRegistration
{
    private readonly object[] _arguments;

    internal InterceptorRegistration(Type type, object[] arguments)
    {
        if (!typeof(Interceptor).IsAssignableFrom(type))
        {
            throw new ArgumentException($"{type} is no {nameof(Interceptor)}.", nameof(type));
        }

        Type = type;
        _arguments = arguments;
    }

    /// <summary>The type of the interceptor.</summary>
    public Type Type { get; }

    /// <summary>What the constructor gets beside services of the container.</summary>
    public IReadOnlyList<object> Arguments => _arguments;

    internal Interceptor Create(IServiceProvider services) =>
        (_arguments.Length == 0 ? (Interceptor?)services.GetService(Type) : null)
        ?? (Interceptor)ActivatorUtilities.CreateInstance(services, Type, _arguments);
}
