using Microsoft.Extensions.Logging;

namespace RouterOS.Host.Processes;

/// <summary>Log lines of the supervisor; event ids 100 to 149.</summary>
internal static partial class ProcessLog
{
    [LoggerMessage(100, LogLevel.Information, "{Name} started, process {ProcessId}")]
    public static partial void ChildStarted(ILogger log, string name, int processId);

    [LoggerMessage(101, LogLevel.Warning, "{Name} ended with status {Status}; it is started again")]
    public static partial void ChildEnded(ILogger log, string name, int status);

    [LoggerMessage(102, LogLevel.Warning, "{Name} did not stop in time and was killed")]
    public static partial void ChildKilled(ILogger log, string name);
}
