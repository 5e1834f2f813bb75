using System.Reflection;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Grpc.AspNetCore.Server;

/// <summary>Makes an endpoint of each method that a generated <c>BindService</c> names.</summary>
/// <typeparam name="TService">The class that handles the methods.</typeparam>
internal sealed class EndpointBinder<TService> : ServiceBinderBase
    where TService : class
{
    private readonly List<IEndpointConventionBuilder> _bound = [];
    private readonly IEndpointRouteBuilder _endpoints;
    private readonly HttpCallSettings _settings;
    private readonly ServiceActivator<TService> _activator = new();
    private readonly InterceptorRegistration[] _interceptors;

    private EndpointBinder(IEndpointRouteBuilder endpoints)
    {
        _endpoints = endpoints;
        GrpcServiceOptions<TService> options = GrpcServiceOptions<TService>.Resolve(endpoints.ServiceProvider);
        _settings = new(options, endpoints.ServiceProvider);
        // The last one is wrapped first, so that the first one is the outermost.
        _interceptors = [.. options.Interceptors.Reverse()];
    }

    /// <summary>Maps the methods of <typeparamref name="TService"/>.</summary>
    public static IReadOnlyList<IEndpointConventionBuilder> Bind(IEndpointRouteBuilder endpoints)
    {
        EndpointBinder<TService> binder = new(endpoints);
        (MethodInfo bind, Type serviceBase) = FindBindMethod();
        // Without an object: handlers are found by name and called on the object of each call.
        bind.Invoke(null, [binder, null]);
        return binder._bound.Count > 0
            ? binder._bound
            : throw new InvalidOperationException($"{serviceBase} has no methods.");
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
    {
        var call = Handler<Func<TService, TRequest, ServerCallContext, Task<TResponse>>>(method);
        Map(method, async context =>
        {
            TRequest request = await context.ReadSingleAsync(method.RequestMarshaller).ConfigureAwait(false);
            await using ServiceLease<TService> service = _activator.Lease(context.Services);
            UnaryServerMethod<TRequest, TResponse> next = (message, ctx) => call(service.Service, message, ctx);
            foreach (InterceptorRegistration registration in _interceptors)
            {
                UnaryServerMethod<TRequest, TResponse> inner = next;
                Interceptor interceptor = registration.Create(context.Services);
                next = (message, ctx) => interceptor.UnaryServerHandler(message, ctx, inner);
            }

            TResponse response = await next(request, context).ConfigureAwait(false);
            context.WriteSingle(method.ResponseMarshaller, response);
        });
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var call = Handler<Func<TService, IAsyncStreamReader<TRequest>, ServerCallContext, Task<TResponse>>>(method);
        Map(method, async context =>
        {
            await using ServiceLease<TService> service = _activator.Lease(context.Services);
            ClientStreamingServerMethod<TRequest, TResponse> next = (requests, ctx) => call(service.Service, requests, ctx);
            foreach (InterceptorRegistration registration in _interceptors)
            {
                ClientStreamingServerMethod<TRequest, TResponse> inner = next;
                Interceptor interceptor = registration.Create(context.Services);
                next = (requests, ctx) => interceptor.ClientStreamingServerHandler(requests, ctx, inner);
            }

            RequestReader<TRequest> reader = new(context, method.RequestMarshaller);
            TResponse response = await next(reader, context).ConfigureAwait(false);
            context.WriteSingle(method.ResponseMarshaller, response);
        });
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var call = Handler<Func<TService, TRequest, IServerStreamWriter<TResponse>, ServerCallContext, Task>>(method);
        Map(method, async context =>
        {
            TRequest request = await context.ReadSingleAsync(method.RequestMarshaller).ConfigureAwait(false);
            await using ServiceLease<TService> service = _activator.Lease(context.Services);
            ServerStreamingServerMethod<TRequest, TResponse> next = (message, responses, ctx) => call(service.Service, message, responses, ctx);
            foreach (InterceptorRegistration registration in _interceptors)
            {
                ServerStreamingServerMethod<TRequest, TResponse> inner = next;
                Interceptor interceptor = registration.Create(context.Services);
                next = (message, responses, ctx) => interceptor.ServerStreamingServerHandler(message, responses, ctx, inner);
            }

            await next(request, new ResponseWriter<TResponse>(context, method.ResponseMarshaller), context).ConfigureAwait(false);
        });
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var call = Handler<Func<TService, IAsyncStreamReader<TRequest>, IServerStreamWriter<TResponse>, ServerCallContext, Task>>(method);
        Map(method, async context =>
        {
            await using ServiceLease<TService> service = _activator.Lease(context.Services);
            DuplexStreamingServerMethod<TRequest, TResponse> next = (requests, responses, ctx) => call(service.Service, requests, responses, ctx);
            foreach (InterceptorRegistration registration in _interceptors)
            {
                DuplexStreamingServerMethod<TRequest, TResponse> inner = next;
                Interceptor interceptor = registration.Create(context.Services);
                next = (requests, responses, ctx) => interceptor.DuplexStreamingServerHandler(requests, responses, ctx, inner);
            }

            RequestReader<TRequest> reader = new(context, method.RequestMarshaller);
            await next(reader, new ResponseWriter<TResponse>(context, method.ResponseMarshaller), context).ConfigureAwait(false);
        });
    }

    private static (MethodInfo Bind, Type ServiceBase) FindBindMethod()
    {
        for (Type? type = typeof(TService); type is not null; type = type.BaseType)
        {
            if (type.GetCustomAttribute<BindServiceMethodAttribute>(inherit: false) is { } attribute)
            {
                MethodInfo? bind = attribute.BindType.GetMethod(
                    attribute.BindMethodName, BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static, [typeof(ServiceBinderBase), type]);
                return (bind ?? throw new InvalidOperationException(
                    $"{attribute.BindType} has no {attribute.BindMethodName}({nameof(ServiceBinderBase)}, {type.Name})."), type);
            }
        }

        throw new InvalidOperationException($"{typeof(TService)} does not derive from a generated service base class.");
    }

    // An open delegate on the virtual method of the generated base: the object is its first argument.
    private static TDelegate Handler<TDelegate>(IMethod method)
        where TDelegate : Delegate
    {
        Type[] parameters = [.. typeof(TDelegate).GetMethod("Invoke")!.GetParameters().Skip(1).Select(parameter => parameter.ParameterType)];
        MethodInfo handler = typeof(TService).GetMethod(method.Name, BindingFlags.Public | BindingFlags.Instance, parameters)
            ?? throw new InvalidOperationException($"{typeof(TService)} has no handler for {method.FullName}.");
        return handler.CreateDelegate<TDelegate>();
    }

    private void Map(IMethod method, Func<HttpCallContext, Task> handle) =>
        _bound.Add(_endpoints
            .MapPost(method.FullName, (RequestDelegate)(http => HttpCallContext.ServeAsync(http, _settings, handle)))
            .WithDisplayName($"gRPC: {method.FullName}")
            .WithMetadata(new GrpcMethodMetadata(typeof(TService), method)));
}
