using System.Net;
using Grpc.HealthCheck;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace RouterOS.Interop.Peer;

/// <summary>Serves echo, health and reflection.</summary>
internal static class Server
{
    public static async Task RunAsync(string address)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, address));
        builder.Services.AddGrpc();
        builder.Services.AddGrpcReflection();
        builder.Services.AddSingleton(new EchoService(TimeProvider.System));
        HealthServiceImpl health = new();
        health.SetStatus("", ServingStatus.Serving);
        health.SetStatus("routeros.interop.v1.Echo", ServingStatus.Serving);
        builder.Services.AddSingleton(health);

        await using WebApplication app = builder.Build();
        app.MapGrpcService<EchoService>();
        app.MapGrpcService<HealthServiceImpl>();
        app.MapGrpcReflectionService();
        await app.StartAsync();
        string bound = address.StartsWith("unix:", StringComparison.Ordinal) ? address : $"tcp:{new Uri(app.Urls.Single()).Authority}";
        Console.WriteLine($"ready {bound}");
        await app.WaitForShutdownAsync();
    }

    private static void Listen(KestrelServerOptions kestrel, string address)
    {
        static void Http2(ListenOptions listen) => listen.Protocols = HttpProtocols.Http2;

        if (address.StartsWith("unix:", StringComparison.Ordinal))
        {
            kestrel.ListenUnixSocket(address["unix:".Length..], Http2);
        }
        else
        {
            kestrel.Listen(IPEndPoint.Parse(address["tcp:".Length..]), Http2);
        }
    }
}
