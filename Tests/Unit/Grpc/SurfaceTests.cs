using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace RouterOS.Unit.Grpc;

public sealed class SurfaceTests
{
    [Fact]
    public async Task Server_maps_each_method_of_its_services()
    {
        await using WebApplication app = Surface.Server();
        string[] methods =
        [
            .. ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints)
                .Select(endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method.FullName).OfType<string>().Order(),
        ];
        Assert.Equal(
            [
                "/grpc.health.v1.Health/Check",
                "/grpc.health.v1.Health/Watch",
                "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
                "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                "/surface.Service/Method",
            ],
            methods);
    }

    [Fact]
    public void Tls_and_compression_are_refused_before_a_call()
    {
        Assert.Throws<NotSupportedException>(() => GrpcChannel.ForAddress("https://localhost"));
        Assert.Throws<NotSupportedException>(() => GrpcChannel.ForAddress(
            "http://localhost", new GrpcChannelOptions { Credentials = ChannelCredentials.SecureSsl }));
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddGrpc(options => options.ResponseCompressionAlgorithm = "gzip");
        WebApplication app = builder.Build();
        Assert.Throws<NotSupportedException>(() => app.MapGrpcService<Surface.SurfaceService>());
    }

    [Fact]
    public void Mapping_without_AddGrpc_says_what_lacks()
    {
        WebApplication app = WebApplication.CreateSlimBuilder().Build();
        InvalidOperationException e = Assert.Throws<InvalidOperationException>(() => app.MapGrpcService<Surface.SurfaceService>());
        Assert.Contains("AddGrpc", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_part_of_the_surface_can_be_made()
    {
        Assert.Equal(8, Surface.Services().Length);
        Assert.NotNull(Surface.Definition(new Surface.SurfaceService()));
        using HttpClientHandler handler = new();
        using GrpcChannel channel = Surface.Channel(handler, CallCredentials.FromInterceptor((_, _) => Task.CompletedTask));
        Assert.Equal("localhost", channel.Target);
        Assert.Equal([1, 2, 3], Surface.Bytes().Deserializer(Surface.Bytes().Serializer([1, 2, 3])));
        Assert.ThrowsAny<Exception>(() => new Surface.SurfaceClient(channel.CreateCallInvoker()).WithHost(""));
    }
}
