using System.Globalization;
using Microsoft.Extensions.Logging;
using RouterOS.Sdk.Cli;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Erx.Layouts;

/// <summary>Lines of the log as the series writes them.</summary>
internal static class LogLayout
{
    private const int Critical = 2;
    private const int Error = 3;
    private const int Warning = 4;
    private const int Info = 6;
    private const int Debug = 7;
    private const string Off = "off";

    /// <summary>Severities, the worst first.</summary>
    public static IReadOnlyList<string> Severities { get; } = ["emergency", "alert", "critical", "error", "warning", "notice", "info", "debug"];

    /// <summary>Category of <c>log severity</c> that stands for all.</summary>
    public const string All = "all";

    /// <summary>Words of <c>log severity</c>.</summary>
    public static IEnumerable<(string Word, string Help)> Words =>
        Severities.Select(s => (s, "Events so bad, or worse")).Concat(Severities.Select((s, i) => (i.ToString(CultureInfo.InvariantCulture), s))).Append((Off, "No events"));

    /// <summary>The largest number of a severity that is shown of a category; -1 for none.</summary>
    public static int LeastOf(StatementView log, string category)
    {
        string? word = log.Entry("severity", category).Text("severity") ?? log.Entry("severity", All).Text("severity");
        return word switch
        {
            null => Debug,
            Off => -1,
            _ when int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int number) => number,
            _ => Severities.ToList().IndexOf(word),
        };
    }

    /// <summary>Number of an entry's severity; lower is worse.</summary>
    public static int SeverityOf(LogEntry entry) => entry.Level switch
    {
        LogLevel.Critical => Critical,
        LogLevel.Error => Error,
        LogLevel.Warning => Warning,
        LogLevel.Information => Info,
        _ => Debug,
    };

    /// <summary>Category of an entry: IPsec transport mode is <c>itm</c>.</summary>
    public static string CategoryOf(LogEntry entry) => entry.Category.ToLowerInvariant() switch
    {
        "ike" or "esp" => "itm",
        string other => other,
    };

    /// <summary>One line.</summary>
    public static string Line(LogEntry entry) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Severities[SeverityOf(entry)].ToUpperInvariant()} {entry.Time.UtcDateTime:MM/dd/yyyy HH:mm:ss} UTC {CategoryOf(entry)}: {entry.Message}");
}
