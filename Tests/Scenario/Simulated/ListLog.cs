using Microsoft.Extensions.Logging;
using RouterOS.Sdk.Cli;

namespace RouterOS.Scenario.Simulated;

/// <summary>A log kept as lines, with virtual time in front.</summary>
internal sealed class ListLog(TimeProvider time) : ILoggerFactory, ILogReader
{
    private readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines => _lines;

    /// <summary>What escaped where nothing may escape.</summary>
    public void Fail(Exception exception) => _lines.Add($"{time.GetUtcNow():HH:mm:ss.fff} ESCAPED {exception}");

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public IReadOnlyList<LogEntry> Entries() => [.. _lines.Select(line => new LogEntry(time.GetUtcNow(), LogLevel.Information, "all", line))];

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("This log goes nowhere else.");

    public void Dispose()
    {
    }

    private sealed class Logger(ListLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log._lines.Add($"{log.Time:HH:mm:ss.fff} {logLevel} {category}: {formatter(state, exception)}{(exception is null ? "" : Environment.NewLine + exception)}");
    }

    private DateTimeOffset Time => time.GetUtcNow();
}
