using Microsoft.Extensions.Logging;

namespace RouterOS.Flow.Control;

/// <summary>Log lines of flow; event ids 3000 to 3099.</summary>
internal static partial class FlowLog
{
    [LoggerMessage(3000, LogLevel.Information, "Flow: {Zones} zones, {Policies} policies")]
    public static partial void Applied(ILogger log, int zones, int policies);

    [LoggerMessage(3001, LogLevel.Information, "Flow: {Count} sessions cleared by command")]
    public static partial void SessionsCleared(ILogger log, int count);

    [LoggerMessage(3002, LogLevel.Warning, "Flow: the session table is full, new sessions are dropped (seen {Times} times)")]
    public static partial void TableFull(ILogger log, uint times);
}
