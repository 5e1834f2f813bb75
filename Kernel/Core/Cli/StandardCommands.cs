using System.Globalization;
using RouterOS.Core.Configuration;
using RouterOS.Core.Configuration.Junos;
using RouterOS.Sdk.Cli;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Core.Cli;

/// <summary>Operational commands that every platform has.</summary>
internal static class StandardCommands
{
    /// <summary>Words of the commands that the session itself runs.</summary>
    public const string Configure = "configure";

    /// <inheritdoc cref="Configure"/>
    public const string ShowConfiguration = "show configuration";

    private static readonly ValueSyntax s_rollback = Values.Integer(0, ConfigurationHistory.Kept - 1);

    /// <summary>The commands.</summary>
    public static IReadOnlyList<OperationalCommand> Create(ConfigurationStore store) =>
    [
        new("clear", "Clear information in the system"),
        new("request", "Make system-level requests"),
        new("request system", "Perform system-level functions"),
        new("request system configuration", "Request operation on system configuration"),
        new("request system configuration rescue", "Request operation on system rescue configuration"),
        new("request system configuration rescue save", "Save rescue configuration", context => Rescue(context, store.SaveRescue)),
        new("request system configuration rescue delete", "Delete rescue configuration", context => Rescue(context, store.DeleteRescue)),
        new("show", "Show system information"),
        new("show system", "Show system information"),
        Session(Configure, "Manipulate software configuration information").With(
            CommandOption.Flag("exclusive", "Obtain exclusive lock (not supported)", "lock"),
            CommandOption.Flag("private", "Work in private database (not supported)", "lock")),
        Session("exit", "Exit the management session"),
        Session("quit", "Exit the management session"),
        Session(ShowConfiguration, "Show current configuration"),
        new("help", "Provide help information", Help),
        new("show cli", "Show command-line interface settings", ShowCli),
        new("show system uptime", "Show time since system and processes started", context => ShowUptime(context, store)),
        new("show system commit", "Show pending commit requests and commit history", context => ShowCommits(context, store)),
        new("show system configuration", "Show configuration information"),
        new("show system configuration rescue", "Show rescue configuration", context => ShowRescue(context, store)),
        new OperationalCommand("show system rollback", "Show rolled back configuration", context => ShowRollback(context, store)).With(
            CommandOption.Argument("number", "Rollback number", s_rollback, required: true)),
        new OperationalCommand(
            "show system rollback compare", "Compare two configurations", context => CompareRollbacks(context, store)).With(
            CommandOption.Argument("number", "Rollback number", s_rollback, required: true),
            CommandOption.Argument("other", "Rollback number to compare with", s_rollback, required: true)),
    ];

    // Declared for help and completion; the session runs it before the tree is asked.
    private static OperationalCommand Session(string words, string help) => new(words, help, _ => Task.FromResult(0));

    private static Task<int> Help(CommandContext context)
    {
        context.Output.WriteLine("Type ? after any word to see what may follow it, Tab to complete it. Words may be shortened.");
        context.Output.WriteLine("'configure' enters configuration mode; '| match TEXT' and other pipes select from output.");
        return Task.FromResult(0);
    }

    private static Task<int> ShowCli(CommandContext context)
    {
        context.Output.WriteLine("CLI complete-on-space set to off");
        context.Output.WriteLine("CLI idle-timeout disabled");
        context.Output.WriteLine($"CLI screen-width set to {context.Columns}");
        return Task.FromResult(0);
    }

    private static Task<int> ShowUptime(CommandContext context, ConfigurationStore store)
    {
        DateTimeOffset now = context.Time.GetUtcNow();
        context.Output.WriteLine($"Current time: {Stamp(now)}");
        context.Output.WriteLine($"System booted: {Stamp(context.Services.Started)} ({Ago(now - context.Services.Started)} ago)");
        if (store.History is [CommitRecord last, ..])
        {
            context.Output.WriteLine($"Last configured: {Stamp(last.Time)} ({Ago(now - last.Time)} ago) by {last.User}");
        }

        return Task.FromResult(0);
    }

    private static Task<int> ShowCommits(CommandContext context, ConfigurationStore store)
    {
        IReadOnlyList<CommitRecord> history = store.History;
        for (int i = 0; i < history.Count; i++)
        {
            CommitRecord record = history[i];
            context.Output.WriteLine($"{i,-3} {Stamp(record.Time)} by {record.User} via {record.Client}");
            if (record.Comment.Length > 0)
            {
                context.Output.WriteLine("    " + record.Comment);
            }
        }

        if (store.Pending is { } pending)
        {
            context.Output.WriteLine($"commit confirmed, rollback in {Ago(pending.Deadline - context.Time.GetUtcNow())}");
        }

        return Task.FromResult(0);
    }

    private static Task<int> Rescue(CommandContext context, Action change)
    {
        try
        {
            change();
            return Task.FromResult(0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            context.Output.WriteLine($"error: the rescue configuration is as it was: {e.Message}");
            return Task.FromResult(1);
        }
    }

    private static Task<int> ShowRescue(CommandContext context, ConfigurationStore store)
    {
        try
        {
            if (store.Rescue() is { } tree)
            {
                JunosRenderer.Children(tree, store.Schema, 0, context.Output.WriteLine);
                return Task.FromResult(0);
            }

            context.Output.WriteLine("error: no rescue configuration is saved");
        }
        catch (InvalidDataException e)
        {
            context.Output.WriteLine("error: " + e.Message);
        }

        return Task.FromResult(1);
    }

    private static Task<int> ShowRollback(CommandContext context, ConfigurationStore store)
    {
        if (Earlier(context, store, "number") is not { } tree)
        {
            return Task.FromResult(1);
        }

        JunosRenderer.Children(tree, store.Schema, 0, context.Output.WriteLine);
        return Task.FromResult(0);
    }

    private static Task<int> CompareRollbacks(CommandContext context, ConfigurationStore store)
    {
        if (Earlier(context, store, "number") is not { } from || Earlier(context, store, "other") is not { } to)
        {
            return Task.FromResult(1);
        }

        JunosDifference.Write(from, to, store.Schema, string.Empty, context.Output.WriteLine);
        return Task.FromResult(0);
    }

    private static Statement? Earlier(CommandContext context, ConfigurationStore store, string argument)
    {
        int number = (int)context.Arguments.Number(argument)!.Value;
        Statement? tree = null;
        try
        {
            tree = store.Earlier(number);
        }
        catch (InvalidDataException e)
        {
            context.Output.WriteLine("error: " + e.Message);
            return null;
        }

        if (tree is null)
        {
            context.Output.WriteLine($"error: rollback {number} does not exist");
        }

        return tree;
    }

    /// <summary>A time as Junos writes it.</summary>
    public static string Stamp(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    // 02:03:04, or 3d 02:03 from one day on.
    private static string Ago(TimeSpan span) => span < TimeSpan.Zero ? "00:00:00"
        : span.TotalDays < 1 ? span.ToString("hh\\:mm\\:ss", CultureInfo.InvariantCulture)
        : $"{(int)span.TotalDays}d {span.ToString("hh\\:mm", CultureInfo.InvariantCulture)}";
}
