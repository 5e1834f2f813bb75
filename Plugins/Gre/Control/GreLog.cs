using Microsoft.Extensions.Logging;

namespace RouterOS.Gre.Control;

/// <summary>Every message of the plugin; event ids 7000 to 7999.</summary>
internal static partial class GreLog
{
    [LoggerMessage(7000, LogLevel.Information, "Tunnel {Kind}:{Tunnel} to {Remote} is up")]
    public static partial void Up(ILogger log, string kind, string tunnel, string remote);

    [LoggerMessage(7001, LogLevel.Warning, "Tunnel {Kind}:{Tunnel} to {Remote} is down: {Reason}")]
    public static partial void Down(ILogger log, string kind, string tunnel, string remote, string reason);

    [LoggerMessage(7002, LogLevel.Error, "Tunnel {Kind}:{Tunnel}: {Reason}; nothing is sent into it until the routes are others")]
    public static partial void Recursion(ILogger log, string kind, string tunnel, string reason);

    [LoggerMessage(7003, LogLevel.Error, "Tunnel {Kind}:{Tunnel} could not be programmed: {Reason}")]
    public static partial void Refused(ILogger log, string kind, string tunnel, string reason);
}
