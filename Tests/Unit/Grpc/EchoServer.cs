using Grpc.HealthCheck;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RouterOS.Interop.Peer;

namespace RouterOS.Unit.Grpc;

/// <summary>A server on a Unix domain socket in a folder of its own.</summary>
internal sealed class EchoServer : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly WebApplication _app;

    private EchoServer(DirectoryInfo folder, WebApplication app)
    {
        _folder = folder;
        _app = app;
    }

    public string Path => SocketPath(_folder);

    public static async Task<EchoServer> StartAsync(
        Action<IServiceCollection>? configure = null, Action<WebApplication>? map = null)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("grpc-");
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(
            SocketPath(folder), listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddGrpcReflection();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<EchoService>();
        builder.Services.AddSingleton<HealthServiceImpl>();
        configure?.Invoke(builder.Services);
        WebApplication app = builder.Build();
        app.MapGrpcService<EchoService>();
        app.MapGrpcService<HealthServiceImpl>();
        app.MapGrpcReflectionService();
        map?.Invoke(app);
        await app.StartAsync();
        return new(folder, app);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static string SocketPath(DirectoryInfo folder) => System.IO.Path.Combine(folder.FullName, "echo.sock");
}
