using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using RouterOS.Interop.V1;
using RouterOS.Proto.Sockets;

namespace RouterOS.Unit.Grpc;

public sealed class ServerTests
{
    [Fact]
    public async Task Interceptors_of_the_server_stand_in_their_order()
    {
        await using EchoServer server = await EchoServer.StartAsync(services => services.Configure<GrpcServiceOptions>(options =>
        {
            options.Interceptors.Add<Marking>("first");
            options.Interceptors.Add<Marking>("second");
        }));
        using GrpcChannel channel = UnixChannel.Create(server.Path);
        Echo.EchoClient client = new(channel);

        using AsyncUnaryCall<Answer> unary = client.UnaryAsync(new Ask());
        await unary;
        Assert.Equal(["first", "second"], Marks(unary.GetTrailers()));

        using AsyncDuplexStreamingCall<Ask, Answer> chat = client.Chat();
        await chat.RequestStream.CompleteAsync();
        Assert.False(await chat.ResponseStream.MoveNext());
        Assert.Equal(["first", "second"], Marks(chat.GetTrailers()));
    }

    [Fact]
    public async Task Service_that_is_not_registered_lives_for_one_call()
    {
        Life life = new();
        await using EchoServer server = await EchoServer.StartAsync(
            services => services.AddSingleton(life), app => app.MapGrpcService<PerCallService>());
        using GrpcChannel channel = UnixChannel.Create(server.Path);
        Surface.SurfaceClient client = new(channel.CreateCallInvoker());
        Assert.Equal("1", client.Call(""));
        Assert.Equal("2", client.Call(""));
        Assert.Equal(2, life.Disposed);
    }

    [Fact]
    public async Task Detailed_errors_name_what_was_thrown()
    {
        await using EchoServer server = await EchoServer.StartAsync(
            services => services.Configure<GrpcServiceOptions>(options => options.EnableDetailedErrors = true));
        using GrpcChannel channel = UnixChannel.Create(server.Path);
        RpcException e = await Assert.ThrowsAsync<RpcException>(
            async () => await new Echo.EchoClient(channel).UnaryAsync(new Ask { FailCode = -1, FailMessage = "why" }));
        Assert.Contains("why", e.Status.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/grpc-web")]
    public async Task What_is_not_grpc_gets_an_answer_of_http(string contentType)
    {
        await using EchoServer server = await EchoServer.StartAsync();
        using HttpResponseMessage response = await PostAsync(server, contentType);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Fact]
    public async Task Compressed_request_is_refused_with_what_is_accepted()
    {
        await using EchoServer server = await EchoServer.StartAsync();
        using HttpResponseMessage response = await PostAsync(server, "application/grpc", "gzip");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("12", response.Headers.GetValues("grpc-status").Single());
        Assert.Equal("identity", response.Headers.GetValues("grpc-accept-encoding").Single());
    }

    [Fact]
    public async Task Call_credentials_are_sent_only_where_the_channel_allows_it()
    {
        await using EchoServer server = await EchoServer.StartAsync();
        foreach (bool allowed in new[] { false, true })
        {
            using GrpcChannel channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions
            {
                HttpHandler = Handler(server),
                DisposeHttpClient = true,
                UnsafeUseInsecureChannelCallCredentials = allowed,
            });
            CallCredentials credentials = CallCredentials.FromInterceptor((_, metadata) =>
            {
                metadata.Add("echo-text", "proof");
                return Task.CompletedTask;
            });
            using AsyncUnaryCall<Answer> call = new Echo.EchoClient(channel).UnaryAsync(new Ask(), new CallOptions(credentials: credentials));
            Assert.Equal(allowed ? "proof" : null, (await call.ResponseHeadersAsync).GetValue("echo-text"));
            await call;
        }
    }

    [Fact]
    public async Task Disposed_channel_cancels_its_calls()
    {
        await using EchoServer server = await EchoServer.StartAsync();
        GrpcChannel channel = UnixChannel.Create(server.Path);
        AsyncUnaryCall<Answer> call = new Echo.EchoClient(channel).UnaryAsync(new Ask { Hang = true });
        channel.Dispose();
        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(async () => await call)).StatusCode);
        Assert.Throws<ObjectDisposedException>(channel.CreateCallInvoker);
    }

    [Fact]
    public async Task Channel_without_a_server_is_unavailable()
    {
        using GrpcChannel channel = UnixChannel.Create(Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.sock"));
        RpcException e = await Assert.ThrowsAsync<RpcException>(async () => await new Echo.EchoClient(channel).UnaryAsync(new Ask()));
        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
    }

    [Fact]
    public async Task Stream_that_was_never_connected_tells_its_writer()
    {
        using GrpcChannel channel = UnixChannel.Create(Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.sock"));
        using AsyncDuplexStreamingCall<Ask, Answer> call = new Echo.EchoClient(channel).Chat();
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => call.RequestStream.WriteAsync(new Ask()));
        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
    }

    [Fact]
    public async Task Cancellation_can_be_reported_as_the_runtime_does()
    {
        await using EchoServer server = await EchoServer.StartAsync();
        using GrpcChannel channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions
        {
            HttpHandler = Handler(server),
            DisposeHttpClient = true,
            ThrowOperationCanceledOnCancellation = true,
        });
        using CancellationTokenSource source = new();
        AsyncUnaryCall<Answer> call = new Echo.EchoClient(channel).UnaryAsync(new Ask { Hang = true }, cancellationToken: source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await call);
    }

    private static string[] Marks(Metadata trailers) => [.. trailers.GetAll("mark").Select(entry => entry.Value)];

    private static SocketsHttpHandler Handler(EchoServer server) => new()
    {
        ConnectCallback = async (_, cancellationToken) =>
        {
            Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(server.Path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    };

    private static async Task<HttpResponseMessage> PostAsync(
        EchoServer server, string contentType, string? encoding = null)
    {
        using HttpMessageInvoker http = new(Handler(server));
        using ByteArrayContent content = new([0, 0, 0, 0, 0]);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        using HttpRequestMessage request = new(HttpMethod.Post, "http://localhost/routeros.interop.v1.Echo/Unary")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        if (encoding is not null)
        {
            request.Headers.Add("grpc-encoding", encoding);
        }

        return await http.SendAsync(request, CancellationToken.None);
    }

    private sealed class Life
    {
        public int Made { get; set; }

        public int Disposed { get; set; }
    }

    private sealed class PerCallService : Surface.SurfaceBase, IDisposable
    {
        private readonly Life _life;

        public PerCallService(Life life)
        {
            _life = life;
            _life.Made++;
        }

        public override Task<string> Method(string request, ServerCallContext context) => Task.FromResult($"{_life.Made}");

        public void Dispose() => _life.Disposed++;
    }

    private sealed class Marking(string name) : Interceptor
    {
        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
            TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
        {
            context.ResponseTrailers.Add("mark", name);
            return continuation(request, context);
        }

        public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
            IAsyncStreamReader<TRequest> requestStream,
            IServerStreamWriter<TResponse> responseStream,
            ServerCallContext context,
            DuplexStreamingServerMethod<TRequest, TResponse> continuation)
        {
            context.ResponseTrailers.Add("mark", name);
            return continuation(requestStream, responseStream, context);
        }
    }
}
