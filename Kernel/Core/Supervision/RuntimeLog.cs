using Microsoft.Extensions.Logging;

namespace RouterOS.Core.Supervision;

/// <summary>What the runtime of the routing engine logs: events 1000 to 1099.</summary>
internal static partial class RuntimeLog
{
    [LoggerMessage(1000, LogLevel.Information, "Module {Module} is attached (epoch {Epoch})")]
    public static partial void ModuleAttached(this ILogger log, string module, ulong epoch);

    [LoggerMessage(1001, LogLevel.Warning, "Module {Module} has restarted; everything is sent again")]
    public static partial void ModuleRestarted(this ILogger log, string module);

    [LoggerMessage(1002, LogLevel.Warning, "Module {Module} is lost: {Reason}")]
    public static partial void ModuleLost(this ILogger log, string module, string reason);

    [LoggerMessage(1003, LogLevel.Debug, "Module {Module} does not answer yet: {Reason}")]
    public static partial void ModuleSilent(this ILogger log, string module, string reason);

    [LoggerMessage(1004, LogLevel.Error, "Row {Key} of table {Table}, written by {Writer}, is refused: {Reason}")]
    public static partial void RowRefused(this ILogger log, string table, string key, string writer, string reason);

    [LoggerMessage(1010, LogLevel.Information, "Plugin {Plugin} is running")]
    public static partial void PluginRunning(this ILogger log, string plugin);

    [LoggerMessage(1011, LogLevel.Error, "Plugin {Plugin} failed and will start again in {Delay}")]
    public static partial void PluginFailed(this ILogger log, Exception exception, string plugin, TimeSpan delay);

    [LoggerMessage(1012, LogLevel.Warning, "Plugin {Plugin} did not stop cleanly")]
    public static partial void PluginStopFailed(this ILogger log, Exception exception, string plugin);

    [LoggerMessage(1013, LogLevel.Warning, "{Problem}")]
    public static partial void PluginNotLoaded(this ILogger log, string problem);

    [LoggerMessage(1020, LogLevel.Critical, "The kernel's own strand {Strand} let an exception escape")]
    public static partial void KernelFailed(this ILogger log, Exception exception, string strand);

    [LoggerMessage(1030, LogLevel.Information, "Interface {Interface} is {State}")]
    public static partial void LinkChanged(this ILogger log, string @interface, string state);
}
