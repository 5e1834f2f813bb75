using Microsoft.Extensions.Logging;

namespace RouterOS.Aaa.Control;

/// <summary>Every message of the plugin; event ids 5000 to 5999.</summary>
internal static partial class AaaLog
{
    [LoggerMessage(5000, LogLevel.Warning, "AAA: user {User} was not let in: {Reason}")]
    public static partial void NotLetIn(ILogger log, string user, string reason);

    [LoggerMessage(5001, LogLevel.Error, "AAA: user {User} was not let in {Count} times within {Seconds} s, the last time because {Reason}; for five minutes no more of it is logged")]
    public static partial void NotLetInAgain(ILogger log, string user, int count, int seconds, string reason);

    [LoggerMessage(5002, LogLevel.Warning, "AAA: user {User} was let in after {Count} refusals")]
    public static partial void LetInAtLast(ILogger log, string user, int count);
}
