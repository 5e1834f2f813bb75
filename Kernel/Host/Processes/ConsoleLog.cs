using System.Globalization;
using Microsoft.Extensions.Logging;

namespace RouterOS.Host.Processes;

/// <summary>Writes log lines to standard error, for processes that have no log file: one line each, for a terminal or the journal.</summary>
internal sealed class ConsoleLog(TimeProvider time) : ILoggerProvider
{
    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Category(categoryName, time);

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private sealed class Category(string name, TimeProvider time) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                string stamp = time.GetLocalNow().ToString("MMM dd HH:mm:ss", CultureInfo.InvariantCulture);
                Console.Error.WriteLine($"{stamp} {name}: {formatter(state, exception)}{(exception is null ? "" : $" ({exception.GetType().Name}: {exception.Message})")}");
            }
        }
    }
}
