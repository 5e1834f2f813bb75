using System.Globalization;
using RouterOS.Erx.Layouts;
using RouterOS.Erx.Profiles;
using RouterOS.Erx.Statements;
using RouterOS.Sdk.Cli;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Erx.Commands;

/// <summary>What the chassis is: <c>show version</c>, <c>show hardware</c>, <c>show virtual-router</c>, the log.</summary>
internal static class ChassisCommands
{
    /// <summary>The commands.</summary>
    public static IReadOnlyList<OperationalCommand> Of(ErxModel model) =>
    [
        new("show version", "Show the software and what is in each slot", context => Write(context, ChassisLayout.Version(model, context.Time.GetUtcNow() - context.Services.Started))),
        new("show hardware", "Show the modules", context => Write(context, ChassisLayout.Hardware(model))),
        new OperationalCommand("show virtual-router", "Show virtual routers", ShowRouters).With(
            CommandOption.Argument("name", "Name of a virtual router", ErxValues.VirtualRouter), CommandOption.Flag("detail", "More about each")),
        new("show log", "Show the log"),
        new("show log configuration", "Show what 'show log data' shows", ShowLogConfiguration),
        new OperationalCommand("show log data", "Show what was logged", ShowLog).With(
            CommandOption.Named("category", "Only of a category", Values.Text("category")),
            CommandOption.Named("severity", "Only so bad, or worse", Values.OneOf([.. LogLayout.Severities.Select(s => Values.Choice(s, "Severity"))]))),
    ];

    private static Task<int> Write(CommandContext context, string text)
    {
        context.Output.Write(text);
        return Task.FromResult(0);
    }

    private static Task<int> ShowRouters(CommandContext context)
    {
        string[] names =
        [
            .. context.Configuration.List(ErxStatements.VirtualRouters).Select(v => v.Key).Append(ErxStatements.DefaultRouter).Distinct()
                .OrderBy(n => n == ErxStatements.DefaultRouter ? 0 : 1).ThenBy(n => n, StringComparer.Ordinal),
        ];
        if (context.Arguments.Text("name") is { } name)
        {
            names = [.. names.Where(n => n == name)];
        }

        if (names.Length == 0)
        {
            context.Output.WriteLine($"% virtual router {context.Arguments.Text("name")} does not exist");
            return Task.FromResult(1);
        }

        foreach (string each in names)
        {
            context.Output.WriteLine($"Virtual Router : {each}");
            if (context.Arguments.Has("detail"))
            {
                StatementView view = context.Configuration.Entry(ErxStatements.VirtualRouters, each);
                context.Output.WriteLine($"  Interfaces      : {view.List("interface").Count()}");
                context.Output.WriteLine($"  Static routes   : {view["ip"].List("route").Count()}");
            }
        }

        if (context.Arguments.Text("name") is null)
        {
            context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{names.Length} Virtual Router{(names.Length == 1 ? string.Empty : "s")} found"));
        }

        return Task.FromResult(0);
    }

    private static Task<int> ShowLogConfiguration(CommandContext context)
    {
        StatementView[] severities = [.. context.Configuration["log"].List("severity")];
        if (!severities.Any(s => s.Key == LogLayout.All))
        {
            context.Output.WriteLine($"{LogLayout.All,-16} debug");
        }

        foreach (StatementView each in severities)
        {
            context.Output.WriteLine($"{each.Key,-16} {each.Text("severity")}");
        }

        return Task.FromResult(0);
    }

    private static Task<int> ShowLog(CommandContext context)
    {
        string? category = context.Arguments.Text("category");
        int least = context.Arguments.Text("severity") is { } word ? LogLayout.Severities.ToList().IndexOf(word) : int.MaxValue;
        foreach (LogEntry entry in context.Log.Entries())
        {
            context.Cancellation.ThrowIfCancellationRequested();
            string own = LogLayout.CategoryOf(entry);
            int severity = LogLayout.SeverityOf(entry);
            if ((category is null || category == own) && severity <= least && severity <= LogLayout.LeastOf(context.Configuration["log"], own))
            {
                context.Output.WriteLine(LogLayout.Line(entry));
            }
        }

        return Task.FromResult(0);
    }
}
