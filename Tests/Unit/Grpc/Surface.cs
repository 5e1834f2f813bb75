using System.Buffers;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Health.V1;
using Grpc.HealthCheck;
using Grpc.Net.Client;
using Grpc.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using V1 = Grpc.Reflection.V1;
using V1Alpha = Grpc.Reflection.V1Alpha;

namespace RouterOS.Unit.Grpc;

/// <summary>
/// Uses every name that the product may use, the way code written for the official packages does. It need not run: if it compiles
/// against the library in this repository and against the packages, one can take the place of the other.
/// </summary>
internal static class Surface
{
    public static readonly Method<string, string> Method = new(
        MethodType.Unary, "surface.Service", "Method", Marshallers.StringMarshaller, Marshallers.StringMarshaller);

    public static WebApplication Server()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        IGrpcServerBuilder grpc = builder.Services.AddGrpc(options =>
        {
            options.MaxReceiveMessageSize = 1024;
            options.MaxSendMessageSize = null;
            options.EnableDetailedErrors = true;
            options.IgnoreUnknownServices = false;
            options.Interceptors.Add<Watching>();
        });
        grpc.AddServiceOptions<SurfaceService>(options => options.MaxReceiveMessageSize = 1);
        builder.Services.AddGrpcReflection();
        builder.Services.AddSingleton<HealthServiceImpl>();
        WebApplication app = builder.Build();
        GrpcServiceEndpointConventionBuilder mapped = app.MapGrpcService<SurfaceService>();
        mapped.WithDisplayName("surface");
        app.MapGrpcService<HealthServiceImpl>();
        app.MapGrpcReflectionService();
        return app;
    }

    public static GrpcChannel Channel(HttpMessageHandler handler, CallCredentials credentials)
    {
        GrpcChannelOptions options = new()
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            Credentials = ChannelCredentials.Insecure,
            MaxReceiveMessageSize = null,
            MaxSendMessageSize = 4096,
            CompressionProviders = null,
            ThrowOperationCanceledOnCancellation = false,
            UnsafeUseInsecureChannelCallCredentials = credentials is not null,
        };
        ChannelBase channel = GrpcChannel.ForAddress("http://localhost", options);
        CallInvoker invoker = channel.CreateCallInvoker().Intercept(new Watching()).Intercept(headers => headers);
        _ = new SurfaceClient(invoker).WithHost("other");
        _ = channel.Intercept(new Watching());
        _ = ChannelCredentials.Create(ChannelCredentials.SecureSsl, CallCredentials.Compose(
            CallCredentials.FromInterceptor((context, metadata) =>
            {
                metadata.Add("authorization", context.ServiceUrl + context.MethodName);
                return Task.CompletedTask;
            })));
        return GrpcChannel.ForAddress(new Uri("http://localhost"));
    }

    public static async Task Calls(CallInvoker invoker, CallOptions given, ContextPropagationToken? parent)
    {
        CallOptions options = new CallOptions(new Metadata(), DateTime.UtcNow, CancellationToken.None, new WriteOptions(WriteFlags.BufferHint), parent, null)
            .WithHeaders(given.Headers ?? Metadata.Empty)
            .WithDeadline(DateTime.MaxValue)
            .WithCancellationToken(given.CancellationToken)
            .WithWaitForReady();
        _ = invoker.BlockingUnaryCall(Method, null, options, "");
        using AsyncUnaryCall<string> unary = invoker.AsyncUnaryCall(Method, null, options, "");
        using AsyncServerStreamingCall<string> download = invoker.AsyncServerStreamingCall(Method, null, options, "");
        using AsyncClientStreamingCall<string, string> upload = invoker.AsyncClientStreamingCall(Method, null, options);
        using AsyncDuplexStreamingCall<string, string> chat = invoker.AsyncDuplexStreamingCall(Method, null, options);
        IAsyncStreamReader<string> reader = download.ResponseStream;
        IClientStreamWriter<string> writer = upload.RequestStream;
        IAsyncStreamWriter<string> anyWriter = writer;
        anyWriter.WriteOptions = WriteOptions.Default;
        await anyWriter.WriteAsync("");
        await writer.WriteAsync("", CancellationToken.None);
        await writer.CompleteAsync();
        await foreach (string message in reader.ReadAllAsync())
        {
            _ = message;
        }

        Metadata headers = await chat.ResponseHeadersAsync;
        string text = await unary.ResponseAsync + await upload.ConfigureAwait(false) + await upload;
        Metadata.Entry? entry = headers.Get("key") ?? new Metadata.Entry("key" + Metadata.BinaryHeaderSuffix, [1]);
        _ = (entry.IsBinary, entry.Key, entry.ValueBytes, headers.GetValue("key"), headers.GetValueBytes("key-bin"), headers.GetAll("key"));
        Status status = unary.GetStatus();
        throw new RpcException(new Status(status.StatusCode, status.Detail + text), unary.GetTrailers());
    }

    public static ServerServiceDefinition Definition(SurfaceService service) => ServerServiceDefinition.CreateBuilder()
        .AddMethod(Method, new UnaryServerMethod<string, string>((request, context) => Task.FromResult(request)))
        .Build();

    public static Marshaller<byte[]> Bytes() => Marshallers.Create(
        (byte[] message, SerializationContext context) =>
        {
            context.SetPayloadLength(message.Length);
            context.GetBufferWriter().Write(message);
            context.Complete();
        },
        context => context.PayloadLength == 0 ? context.PayloadAsNewBuffer() : context.PayloadAsReadOnlySequence().ToArray());

    public static object[] Services() =>
    [
        new HealthServiceImpl(),
        new HealthCheckRequest { Service = "" },
        HealthCheckResponse.Types.ServingStatus.Serving,
        new ReflectionServiceImpl(V1.ServerReflection.Descriptor),
        new ReflectionV1ServiceImpl(["surface"], SymbolRegistry.FromFiles([Health.Descriptor.File])),
        typeof(Health.HealthClient),
        typeof(V1.ServerReflection.ServerReflectionClient),
        typeof(V1Alpha.ServerReflection.ServerReflectionClient),
    ];

    /// <summary>A client as the generator writes it.</summary>
    public sealed class SurfaceClient : ClientBase<SurfaceClient>
    {
        public SurfaceClient(CallInvoker callInvoker)
            : base(callInvoker)
        {
        }

        private SurfaceClient(ClientBaseConfiguration configuration)
            : base(configuration)
        {
        }

        public string Call(string request) => CallInvoker.BlockingUnaryCall(Method, null, default, request);

        protected override SurfaceClient NewInstance(ClientBaseConfiguration configuration) => new(configuration);
    }

    /// <summary>Overrides each kind of call on both sides.</summary>
    public sealed class Watching : Interceptor
    {
        public override TResponse BlockingUnaryCall<TRequest, TResponse>(
            TRequest request, ClientInterceptorContext<TRequest, TResponse> context, BlockingUnaryCallContinuation<TRequest, TResponse> continuation) =>
            continuation(request, new ClientInterceptorContext<TRequest, TResponse>(context.Method, context.Host, context.Options));

        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
            TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
        {
            AsyncUnaryCall<TResponse> call = continuation(request, context);
            return new(call.ResponseAsync, call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
        }

        public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
            TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation)
        {
            AsyncServerStreamingCall<TResponse> call = continuation(request, context);
            return new(call.ResponseStream, call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
        }

        public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
            ClientInterceptorContext<TRequest, TResponse> context, AsyncClientStreamingCallContinuation<TRequest, TResponse> continuation)
        {
            AsyncClientStreamingCall<TRequest, TResponse> call = continuation(context);
            return new(call.RequestStream, call.ResponseAsync, call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
        }

        public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
            ClientInterceptorContext<TRequest, TResponse> context, AsyncDuplexStreamingCallContinuation<TRequest, TResponse> continuation)
        {
            AsyncDuplexStreamingCall<TRequest, TResponse> call = continuation(context);
            return new(call.RequestStream, call.ResponseStream, call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
        }

        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
            TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) => continuation(request, context);

        public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
            IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation) =>
            continuation(requestStream, context);

        public override Task ServerStreamingServerHandler<TRequest, TResponse>(
            TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
            continuation(request, responseStream, context);

        public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
            IAsyncStreamReader<TRequest> requestStream,
            IServerStreamWriter<TResponse> responseStream,
            ServerCallContext context,
            DuplexStreamingServerMethod<TRequest, TResponse> continuation) => continuation(requestStream, responseStream, context);
    }

    /// <summary>A service base as the generator writes it.</summary>
    [BindServiceMethod(typeof(Surface), nameof(BindService))]
    public abstract class SurfaceBase
    {
        public virtual Task<string> Method(string request, ServerCallContext context) =>
            throw new RpcException(new Status(StatusCode.Unimplemented, ""));
    }

    /// <summary>A service that reads everything that a handler can know of its call.</summary>
    public sealed class SurfaceService : SurfaceBase
    {
        public override async Task<string> Method(string request, ServerCallContext context)
        {
            await context.WriteResponseHeadersAsync(new Metadata { { "header", "value" } });
            context.ResponseTrailers.Add("trailer-bin", [1]);
            context.Status = Status.DefaultSuccess;
            context.WriteOptions = WriteOptions.Default;
            AuthContext auth = context.AuthContext;
            AuthProperty? property = auth.IsPeerAuthenticated ? auth.FindPropertiesByName(auth.PeerIdentityPropertyName!).First() : null;
            context.UserState["key"] = context.RequestHeaders;
            return $"{context.Method}{context.Host}{context.Peer}{context.Deadline}{context.CancellationToken}{property?.Name}{property?.Value}";
        }
    }

    public static void BindService(ServiceBinderBase serviceBinder, SurfaceBase? serviceImpl) =>
        serviceBinder.AddMethod(Method, serviceImpl is null ? null : new UnaryServerMethod<string, string>(serviceImpl.Method));
}
