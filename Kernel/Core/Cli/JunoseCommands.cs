using RouterOS.Core.Configuration;
using RouterOS.Core.Configuration.Junose;
using RouterOS.Sdk.Cli;
using RouterOS.Sdk.Configuration;
using RouterOS.Sdk.Configuration.Scripts;

namespace RouterOS.Core.Cli;

/// <summary>Exec commands that every platform with a script language has.</summary>
internal static class JunoseCommands
{
    /// <summary>Words of the commands that the session itself runs.</summary>
    public const string Configure = "configure";

    /// <inheritdoc cref="Configure"/>
    public const string Context = "virtual-router";

    /// <inheritdoc cref="Configure"/>
    public const string Enable = "enable";

    /// <inheritdoc cref="Configure"/>
    public const string Disable = "disable";

    /// <inheritdoc cref="Configure"/>
    public const string ConfigureFile = "configure file";

    private static readonly string[] s_leaving = ["exit", "quit", "logout"];
    private static readonly string[] s_privileged = [Configure, Disable, "clear", "copy", "ipsec", "write"];

    /// <summary>The commands.</summary>
    public static IReadOnlyList<OperationalCommand> Create(ConfigurationStore store, IScriptLanguage language)
    {
        ValueSyntax context = Values.Text("name", 32).Suggesting(
            _ => StatementView.Of(store.Active).List(language.ContextList).Select(entry => entry.Key).Prepend(language.DefaultContext).Distinct());
        OperationalCommand Show(string words, string help) => new OperationalCommand(words, help, c => ShowConfiguration(c, store, language)).With(
            CommandOption.Named(Context, "Configuration of one virtual router", context));
        return
        [
            new("clear", "Clear information in the system"),
            new("show", "Show information about the system"),
            Session(Enable, "Enter Privileged Exec mode").With(CommandOption.Argument("level", "Privilege level", Values.Integer(0, 15))),
            Session(Disable, "Leave Privileged Exec mode"),
            Session(Configure, "Enter Global Configuration mode"),
            Session($"{Configure} terminal", "Configure from the terminal"),
            Session(ConfigureFile, "Run a script of commands as one change").With(
                CommandOption.Argument("name", "File on the router's host", Values.Text("file", 4096), required: true)),
            Session(Context, "Work in the context of a virtual router").With(
                CommandOption.Argument("name", "Name of the virtual router", context, required: true)),
            .. s_leaving.Select(word => Session(word, "End the session")),
            new("help", "Describe the help system", Help),
            Show("show configuration", "Commands that make the present configuration"),
            Show("show running-configuration", "Commands that make the present configuration"),
            new("show configuration history", "Changes that were made, newest first", c => ShowHistory(c, store)),
            new("copy", "Copy the configuration"),
            new("copy running-configuration", "Copy the present configuration"),
            new("copy running-configuration startup-configuration", "Keep the present configuration over a restart", Keep),
            new("write", "Keep the configuration"),
            new("write memory", "Keep the present configuration over a restart", Keep),
        ];
    }

    /// <summary>True for words that end the session.</summary>
    public static bool Leaves(string words) => s_leaving.Contains(words);

    /// <summary>True for commands that need Privileged Exec mode.</summary>
    public static bool IsPrivileged(string words) =>
        s_privileged.Contains(words.Split(' ')[0]) || words.StartsWith("show configuration", StringComparison.Ordinal)
        || words.StartsWith("show running-configuration", StringComparison.Ordinal);

    // Declared for help and completion; the session runs it.
    private static OperationalCommand Session(string words, string help) => new(words, help, _ => Task.FromResult(0));

    private static Task<int> Help(CommandContext context)
    {
        context.Output.WriteLine("Type ? after any word to see what may follow it, Tab to complete it. Words may be shortened.");
        context.Output.WriteLine("Commands take effect at once. '| include TEXT', '| exclude TEXT' and '| begin TEXT' select from output.");
        return Task.FromResult(0);
    }

    private static Task<int> ShowConfiguration(CommandContext context, ConfigurationStore store, IScriptLanguage language)
    {
        foreach (string line in language.Banner)
        {
            context.Output.WriteLine(line);
        }

        JunoseRenderer.Write(store.Active, language, context.Arguments.Text(Context), context.Output.WriteLine);
        context.Output.WriteLine("!");
        context.Output.WriteLine("! End of generated configuration script.");
        return Task.FromResult(0);
    }

    private static Task<int> ShowHistory(CommandContext context, ConfigurationStore store)
    {
        foreach (CommitRecord record in store.History)
        {
            context.Output.WriteLine($"{StandardCommands.Stamp(record.Time)} {record.User} via {record.Client}: {record.Comment}");
        }

        return Task.FromResult(0);
    }

    // Every command is on disk before it takes effect.
    private static Task<int> Keep(CommandContext context) => Task.FromResult(0);
}
