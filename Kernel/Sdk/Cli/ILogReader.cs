namespace RouterOS.Sdk.Cli;

/// <summary>The router's log, as far back as it is kept.</summary>
public interface ILogReader
{
    /// <summary>All entries that are kept, oldest first.</summary>
    IReadOnlyList<LogEntry> Entries();
}
