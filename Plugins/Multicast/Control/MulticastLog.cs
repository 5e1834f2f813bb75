using Microsoft.Extensions.Logging;

namespace RouterOS.Multicast.Control;

/// <summary>Every message of the plugin; event ids 9000 to 9099.</summary>
internal static partial class MulticastLog
{
    [LoggerMessage(9000, LogLevel.Information, "IGMP: this router is the querier on {Interface}")]
    public static partial void Querier(ILogger log, string @interface);

    [LoggerMessage(9001, LogLevel.Information, "IGMP: {Querier} is the querier on {Interface}")]
    public static partial void OtherQuerier(ILogger log, string querier, string @interface);

    [LoggerMessage(9002, LogLevel.Warning, "IGMP: {Router} on {Interface} asks in version {Version}, which is not the interface's")]
    public static partial void WrongVersion(ILogger log, string router, string @interface, uint version);

    [LoggerMessage(9003, LogLevel.Warning, "IGMP: group {Group} on {Interface} is not taken: there are {Limit} groups, as many as are permitted")]
    public static partial void OverLimit(ILogger log, string group, string @interface, uint limit);

    [LoggerMessage(9004, LogLevel.Warning, "IGMP: a message of {Source} on {Interface} is not from the link and is not believed")]
    public static partial void Spoofed(ILogger log, string source, string @interface);

    [LoggerMessage(9005, LogLevel.Warning, "IGMP: a message of {Source} on {Interface} is malformed ({Reason})")]
    public static partial void Malformed(ILogger log, string source, string @interface, string reason);

    [LoggerMessage(9006, LogLevel.Warning, "IGMP: {Count} messages were not logged")]
    public static partial void Suppressed(ILogger log, int count);
}
