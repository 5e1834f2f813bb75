using Microsoft.Extensions.Logging;

namespace RouterOS.Radius.Control;

/// <summary>Every message of the plugin; event ids 6000 to 6999. Never a secret, never a password.</summary>
internal static partial class RadiusLog
{
    [LoggerMessage(6000, LogLevel.Warning, "RADIUS server {Server} does not answer [{Path} line {Line}]")]
    public static partial void Silent(ILogger log, string server, string path, uint line);

    [LoggerMessage(6001, LogLevel.Information, "RADIUS server {Server} answers again")]
    public static partial void Back(ILogger log, string server);

    [LoggerMessage(6002, LogLevel.Warning, "RADIUS server {Server}: the answer's authenticator is wrong: the secret differs [{Path} line {Line}]")]
    public static partial void WrongAuthenticator(ILogger log, string server, string path, uint line);

    [LoggerMessage(6003, LogLevel.Warning,
        "RADIUS server {Server}: the answer has no Message-Authenticator, which the configuration requires [{Path} line {Line}]")]
    public static partial void NoMessageAuthenticator(ILogger log, string server, string path, uint line);

    [LoggerMessage(6004, LogLevel.Warning, "RADIUS: no server has taken {What} of session {Session}")]
    public static partial void AccountingLost(ILogger log, string what, string session);

    [LoggerMessage(6005, LogLevel.Warning, "RADIUS: a request to {What} from {Client} was refused: {Reason}")]
    public static partial void ChangeRefused(ILogger log, string what, string client, string reason);

    [LoggerMessage(6006, LogLevel.Information, "RADIUS: {Client} has asked to {What} (session '{Session}', user '{User}')")]
    public static partial void ChangeAsked(ILogger log, string client, string what, string session, string user);
}
