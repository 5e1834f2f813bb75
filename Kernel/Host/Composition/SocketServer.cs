using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RouterOS.Abstractions.Ports;

namespace RouterOS.Host.Composition;

/// <summary>Serves gRPC on one Unix domain socket, with health and reflection beside the given services.</summary>
internal sealed class SocketServer : IAsyncDisposable
{
    private const UnixFileMode OwnerAndGroup =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    private readonly WebApplication _application;
    private readonly string _path;

    private SocketServer(WebApplication application, string path) => (_application, _path) = (application, path);

    /// <summary>Starts to serve.</summary>
    /// <param name="path">The socket; a stale one is replaced.</param>
    /// <param name="register">Adds the implementations as singletons.</param>
    /// <param name="map">Maps them.</param>
    /// <param name="log">Provider of the process's log, which the caller keeps.</param>
    /// <exception cref="PortException">Somebody serves that socket already, or it cannot be made.</exception>
    public static async Task<SocketServer> Start(
        string path, Action<IServiceCollection> register, Action<WebApplication> map, ILoggerProvider log)
    {
        RemoveStale(path);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        builder.Logging.AddProvider(new Shared(log));
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(options => options.ListenUnixSocket(path, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddGrpcReflection();
        register(builder.Services);
        // Signals are the command's business.
        builder.Services.AddSingleton<Microsoft.Extensions.Hosting.IHostLifetime, NoLifetime>();
        WebApplication application = builder.Build();
        map(application);
        application.MapGrpcReflectionService();
        try
        {
            await application.StartAsync();
        }
        catch (IOException e)
        {
            await application.DisposeAsync();
            throw new PortException($"the socket {path} cannot be made: {e.Message}; choose another with --socket", e);
        }

        File.SetUnixFileMode(path, OwnerAndGroup);
        return new SocketServer(application, path);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(1));
        await _application.StopAsync(patience.Token);
        await _application.DisposeAsync();
        File.Delete(_path);
    }

    private static void RemoveStale(string path)
    {
        if (!File.Exists(path))
        {
            return;
        }

        using Socket probe = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException)
        {
            File.Delete(path);
            return;
        }

        throw new PortException($"the socket {path} is in use by another routeros; stop that one, or choose another with --socket and --state");
    }

    private sealed class Shared(ILoggerProvider log) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => log.CreateLogger(categoryName);

        public void Dispose()
        {
        }
    }

    private sealed class NoLifetime : Microsoft.Extensions.Hosting.IHostLifetime
    {
        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
