using System.Globalization;
using RouterOS.Sdk.Cli;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Core.Logging;

/// <summary><c>show log</c> and <c>clear log</c>: the messages of all processes, and trace files.</summary>
internal static class LogCommands
{
    private const string Messages = "messages";

    /// <summary>The commands.</summary>
    public static IReadOnlyList<OperationalCommand> Create(TraceFiles traces, Func<string> hostName)
    {
        // The names of traces come and go with the configuration.
        ValueSyntax name = Values.Text("filename").Or(Values.Choice(Messages, "Messages of all processes")).Suggesting(_ => traces.Names);
        return
        [
            new OperationalCommand("show log", "Show log messages", context => Show(context, traces, hostName)).With(
                CommandOption.Argument("log", "Name of log file", name)),
            new OperationalCommand("clear log", "Clear contents of log file", context => Clear(context, traces)).With(
                CommandOption.Argument("log", "Name of log file", name, required: true)),
        ];
    }

    private static Task<int> Show(CommandContext context, TraceFiles traces, Func<string> hostName)
    {
        if (context.Arguments.Text("log") is { } name && name != Messages)
        {
            if (traces.Lines(name) is not { } lines)
            {
                return Missing(context, name);
            }

            foreach (string line in lines)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                context.Output.WriteLine(line);
            }

            return Task.FromResult(0);
        }

        string host = hostName();
        foreach (LogEntry entry in context.Log.Entries())
        {
            context.Cancellation.ThrowIfCancellationRequested();
            string day = entry.Time.ToString("MMM", CultureInfo.InvariantCulture) + entry.Time.Day.ToString().PadLeft(3);
            context.Output.WriteLine($"{day} {entry.Time:HH:mm:ss}  {host} {entry.Category}: {entry.Message}");
        }

        return Task.FromResult(0);
    }

    private static Task<int> Clear(CommandContext context, TraceFiles traces)
    {
        string name = context.Arguments.Text("log")!;
        if (name == Messages)
        {
            context.Output.WriteLine("error: the log of messages is kept: it is rotated by itself");
            return Task.FromResult(1);
        }

        return traces.Clear(name) ? Task.FromResult(0) : Missing(context, name);
    }

    private static Task<int> Missing(CommandContext context, string name)
    {
        context.Output.WriteLine($"error: no trace writes a file '{name}'; 'traceoptions file' names one");
        return Task.FromResult(1);
    }
}
