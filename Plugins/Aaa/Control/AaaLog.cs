using Microsoft.Extensions.Logging;

namespace RouterOS.Aaa.Control;

/// <summary>Every message of the plugin; event ids 5000 to 5999.</summary>
internal static partial class AaaLog
{
    [LoggerMessage(5000, LogLevel.Warning, "AAA: user {User} was not let in: {Reason}")]
    public static partial void NotLetIn(ILogger log, string user, string reason);
}
