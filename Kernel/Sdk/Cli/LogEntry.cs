using Microsoft.Extensions.Logging;

namespace RouterOS.Sdk.Cli;

/// <summary>One line of the router's log.</summary>
/// <param name="Time">When.</param>
/// <param name="Level">How bad.</param>
/// <param name="Category">Who: a plugin's name or a type.</param>
/// <param name="Message">What.</param>
public sealed record LogEntry(DateTimeOffset Time, LogLevel Level, string Category, string Message);
