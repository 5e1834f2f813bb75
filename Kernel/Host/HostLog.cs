using Microsoft.Extensions.Logging;

namespace RouterOS.Host;

/// <summary>Log lines of the host; event ids 150 to 199.</summary>
internal static partial class HostLog
{
    [LoggerMessage(150, LogLevel.Information, "Crypto engine {Engine}")]
    public static partial void CryptoEngine(ILogger log, string engine);

    [LoggerMessage(151, LogLevel.Warning, "{Alarm}")]
    public static partial void ModuleAlarm(ILogger log, string alarm);

    [LoggerMessage(155, LogLevel.Information, "{Notice}")]
    public static partial void PortNotice(ILogger log, string notice);

    [LoggerMessage(152, LogLevel.Information, "{Process} serves {Socket}")]
    public static partial void Serving(ILogger log, string process, string socket);

    [LoggerMessage(153, LogLevel.Information, "{Platform} is up, process {ProcessId}")]
    public static partial void ChassisUp(ILogger log, string platform, int processId);

    [LoggerMessage(154, LogLevel.Warning, "The data process does not answer and is killed, process {ProcessId}")]
    public static partial void DataProcessHung(ILogger log, int processId);
}
