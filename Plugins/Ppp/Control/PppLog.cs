using Microsoft.Extensions.Logging;

namespace RouterOS.Ppp.Control;

/// <summary>Every message of the plugin; event ids 4000 to 4999.</summary>
internal static partial class PppLog
{
    [LoggerMessage(4000, LogLevel.Information, "PPP link {Link} of user {User} is up with {Address} ({Profile})")]
    public static partial void Up(ILogger log, uint link, string user, string address, string profile);

    [LoggerMessage(4001, LogLevel.Information, "PPP link {Link} of user {User} ended: {Reason} (cause {Cause})")]
    public static partial void Ended(ILogger log, uint link, string user, string reason, uint cause);

    [LoggerMessage(4002, LogLevel.Warning, "PPP link {Link} was refused: {Reason}")]
    public static partial void Refused(ILogger log, uint link, string reason);

    [LoggerMessage(4003, LogLevel.Warning, "PPP session {Session}: AAA was not told of it: {Status}")]
    public static partial void NotAccounted(ILogger log, ulong session, string status);
}
