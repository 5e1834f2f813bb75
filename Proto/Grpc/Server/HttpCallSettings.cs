using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Grpc.AspNetCore.Server;

/// <summary>What the calls of one service share.</summary>
internal sealed class HttpCallSettings(GrpcServiceOptions options, IServiceProvider services)
{
    public int? MaxSendMessageSize { get; } = options.MaxSendMessageSize;

    public int? MaxReceiveMessageSize { get; } = options.MaxReceiveMessageSize;

    public bool DetailedErrors { get; } = options.EnableDetailedErrors ?? false;

    public TimeProvider Time { get; } = services.GetService<TimeProvider>() ?? TimeProvider.System;

    public ILogger Log { get; } =
        (services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance).CreateLogger("Grpc.AspNetCore.Server");
}
