using Microsoft.Extensions.Logging;

namespace RouterOS.Core.Cli;

/// <summary>What the command line logs.</summary>
internal static partial class CliLog
{
    [LoggerMessage(1201, LogLevel.Error, "The command '{Command}' failed unexpectedly")]
    public static partial void CommandFailed(this ILogger log, Exception exception, string command);

    [LoggerMessage(1202, LogLevel.Information, "Session of {User} opened")]
    public static partial void SessionOpened(this ILogger log, string user);
}
