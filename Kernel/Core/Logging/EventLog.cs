using System.Text;
using Microsoft.Extensions.Logging;
using RouterOS.Sdk.Cli;

namespace RouterOS.Core.Logging;

/// <summary>The router's log: the last entries in memory for <c>show log</c>, all of them in a file that is rotated, so that both are bounded.</summary>
/// <remarks>Safe from any thread. A file that cannot be written is given up on silently: the log must never stop the router.</remarks>
public sealed class EventLog : ILoggerProvider, ILogReader
{
    /// <summary>Entries kept in memory.</summary>
    public const int Kept = 5000;

    private const string FileName = "messages";
    private const int OldFiles = 3;

    // One entry must not fill the log.
    private const int LongestMessage = 2000;

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly LogLevel _least;
    private readonly Queue<LogEntry> _entries = new();
    private readonly RotatingFile? _file;

    /// <summary>Opens the log.</summary>
    /// <param name="time">The clock of the entries.</param>
    /// <param name="folder">Folder of the files; null for none.</param>
    /// <param name="least">Least level that is kept.</param>
    /// <param name="fileBytes">Size at which the file is rotated.</param>
    public EventLog(TimeProvider time, string? folder, LogLevel least = LogLevel.Information, long fileBytes = 1024 * 1024)
    {
        (_time, _least) = (time, least);
        if (folder is not null)
        {
            string path = Path.Combine(folder, FileName);
            Recall(path);
            _file = new RotatingFile(path) { Limit = fileBytes, OldFiles = OldFiles };
        }
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName)
    {
        ArgumentNullException.ThrowIfNull(categoryName);
        return new EventLogger(this, categoryName[(categoryName.LastIndexOf('.') + 1)..]);
    }

    /// <inheritdoc/>
    public IReadOnlyList<LogEntry> Entries()
    {
        lock (_lock)
        {
            return [.. _entries];
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _file?.Dispose();
        }
    }

    private void Add(LogLevel level, string category, string message, Exception? exception)
    {
        string text = exception is null ? message : $"{message} ({exception.GetType().Name}: {exception.Message})";
        LogEntry entry = new(_time.GetUtcNow(), level, category, Clean(text));
        lock (_lock)
        {
            Keep(entry);
            _file?.WriteLine(Line(entry));
        }
    }

    private void Keep(LogEntry entry)
    {
        _entries.Enqueue(entry);
        if (_entries.Count > Kept)
        {
            _entries.Dequeue();
        }
    }

    /// <summary>A text as one line of bounded length: nothing that a peer sent can forge another.</summary>
    internal static string Clean(string text)
    {
        string cut = text.Length > LongestMessage ? text[..LongestMessage] + "…" : text;
        return cut.Any(char.IsControl) ? new([.. cut.Select(c => char.IsControl(c) ? ' ' : c)]) : cut;
    }

    private static string Line(LogEntry entry) => $"{entry.Time:O}\t{entry.Level}\t{entry.Category}\t{entry.Message}";

    private static LogEntry? Read(string line)
    {
        string[] parts = line.Split('\t', 4);
        return parts.Length == 4 && DateTimeOffset.TryParse(parts[0], out DateTimeOffset time) && Enum.TryParse(parts[1], out LogLevel level)
            ? new LogEntry(time, level, parts[2], parts[3]) : null;
    }

    // What the process before this one has logged.
    private void Recall(string path)
    {
        try
        {
            foreach (string line in File.Exists(path) ? File.ReadLines(path, Encoding.UTF8) : [])
            {
                if (Read(line) is { } entry)
                {
                    Keep(entry);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The log begins anew.
        }
    }

    private sealed class EventLogger(EventLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= log._least && logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                log.Add(logLevel, category, formatter(state, exception), exception);
            }
        }
    }
}
