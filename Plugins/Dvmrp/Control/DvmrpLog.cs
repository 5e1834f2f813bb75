using Microsoft.Extensions.Logging;

namespace RouterOS.Dvmrp.Control;

/// <summary>Every message of the plugin; event ids 9100 to 9199.</summary>
internal static partial class DvmrpLog
{
    [LoggerMessage(9100, LogLevel.Information, "DVMRP: neighbor {Neighbor} on {Interface} is up")]
    public static partial void NeighborUp(ILogger log, string neighbor, string @interface);

    [LoggerMessage(9101, LogLevel.Warning, "DVMRP: neighbor {Neighbor} on {Interface} is gone")]
    public static partial void NeighborDown(ILogger log, string neighbor, string @interface);

    [LoggerMessage(9102, LogLevel.Information, "DVMRP: neighbor {Neighbor} on {Interface} has started anew")]
    public static partial void NeighborRestarted(ILogger log, string neighbor, string @interface);

    [LoggerMessage(9103, LogLevel.Warning, "DVMRP: a message of {Source} on {Interface} is not taken ({Reason}); routes stay as they are")]
    public static partial void Malformed(ILogger log, string source, string @interface, string reason);

    [LoggerMessage(9104, LogLevel.Warning, "DVMRP: a message of {Source} on {Interface} is not from the link and is not believed")]
    public static partial void Spoofed(ILogger log, string source, string @interface);

    [LoggerMessage(9105, LogLevel.Warning, "DVMRP: {Count} routes of {Neighbor} on {Interface} cannot be (network or metric) and are left out")]
    public static partial void BadRoutes(ILogger log, int count, string neighbor, string @interface);

    [LoggerMessage(9106, LogLevel.Warning, "DVMRP: {Neighbor} on {Interface} is no neighbor: there are {Limit} already")]
    public static partial void NeighborLimit(ILogger log, string neighbor, string @interface, int limit);

    [LoggerMessage(9107, LogLevel.Warning, "DVMRP: routes of {Neighbor} on {Interface} are not taken: there are {Limit} already")]
    public static partial void RouteLimit(ILogger log, string neighbor, string @interface, int limit);

    [LoggerMessage(9108, LogLevel.Warning, "DVMRP: there are {Count} routes, the last ones of {Neighbor} on {Interface}")]
    public static partial void RouteHog(ILogger log, int count, string neighbor, string @interface);

    [LoggerMessage(9109, LogLevel.Warning, "DVMRP: packets of {Source} are not forwarded: there are {Limit} entries already")]
    public static partial void EntryLimit(ILogger log, string source, int limit);

    [LoggerMessage(9110, LogLevel.Warning, "DVMRP: {Count} messages were not logged")]
    public static partial void Suppressed(ILogger log, int count);
}
