using System.Globalization;
using RouterOS.Core.Configuration;
using RouterOS.Core.Configuration.Junos;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Core.Cli;

/// <summary>Commands of configuration mode, at an edit level of one session. The candidate is the store's, shared by all sessions.</summary>
internal sealed partial class ConfigurationMode(ConfigurationStore store, string user)
{
    /// <summary>Commands with their help.</summary>
    public static readonly IReadOnlyList<(string Name, string Help)> Commands =
    [
        ("activate", "Remove the inactive tag from a statement"),
        ("annotate", "Annotate the statement with a comment"),
        ("commit", "Commit current set of changes"),
        ("copy", "Copy a statement"),
        ("deactivate", "Add the inactive tag to a statement"),
        ("delete", "Delete a data element"),
        ("edit", "Edit a sub-element"),
        ("exit", "Exit from this level"),
        ("help", "Provide help information"),
        ("insert", "Insert a new ordered data element"),
        ("load", "Load configuration from a file or the terminal"),
        ("quit", "Quit from this level"),
        ("rename", "Rename a statement"),
        ("rollback", "Roll back to previous committed configuration"),
        ("run", "Run an operational-mode command"),
        ("save", "Save configuration to a file of the router's host"),
        ("set", "Set a parameter"),
        ("show", "Show a parameter"),
        ("top", "Exit to top level of configuration"),
        ("up", "Exit one level of configuration"),
    ];

    private static readonly string[] s_loads = ["merge", "override", "replace", "set"];

    // Levels as the operator entered them: 'exit' goes back one entry, 'up' one statement.
    private readonly Stack<List<JunosToken>> _levels = new([[]]);

    private List<JunosToken> Level => _levels.Peek();

    /// <summary>Line above the prompt.</summary>
    public string Banner => Level.Count == 0 ? "[edit]" : $"[edit {string.Join(' ', Level.Select(w => JunosWords.Quote(w.Text)))}]";

    /// <summary>True when the candidate differs from the configuration in force.</summary>
    public bool HasChanges => !store.CandidateTree.SameAs(store.Active);

    /// <summary>The command that a word means; null with the reason when there is none.</summary>
    public static string? Resolve(string word, out string error)
    {
        List<string> found = [.. Commands.Select(c => c.Name).Where(n => word.Length > 0 && n.StartsWith(word, StringComparison.Ordinal))];
        error = found.Count > 1 ? $"'{word}' is ambiguous: {string.Join(", ", found)}" : "unknown command";
        return found.Contains(word) ? word : found.Count == 1 ? found[0] : null;
    }

    /// <summary>Runs a command other than <c>run</c>.</summary>
    public CliOutcome Execute(CommandLine line, string terminalInput, TextWriter output)
    {
        JunosToken first = line.Words[0];
        if (Resolve(first.Text, out string error) is not { } command)
        {
            return CliOutcome.Misunderstood(first.Position.Column, error);
        }

        if (line.Pipes.ConfigurationOnly > 0 && command != "show")
        {
            return CliOutcome.Misunderstood(line.Pipes.ConfigurationOnly, "only 'show' has this pipe");
        }

        List<JunosToken> rest = line.Words.GetRange(1, line.Words.Count - 1);
        List<JunosToken> full = [.. Level.Select(w => w with { Position = new SourcePosition(0, line.End) }), .. rest];
        return command switch
        {
            "set" => Edited(store.Edit(c => c.Set(full), e => e is null), line, output),
            "delete" when rest.Count == 0 => CliOutcome.Misunderstood(
                line.End, "missing statement: everything under this level is deleted by its name from the level above"),
            "delete" => Edited(store.Edit(c => c.Delete(full), e => e is null), line, output),
            "activate" => Edited(store.Edit(c => c.SetInactive(full, inactive: false), e => e is null), line, output),
            "deactivate" => Edited(store.Edit(c => c.SetInactive(full, inactive: true), e => e is null), line, output),
            "rename" => Edited(store.Edit(c => c.Rename(full), e => e is null), line, output),
            "copy" => Edited(store.Edit(c => c.Copy(full), e => e is null), line, output),
            "insert" => Edited(store.Edit(c => c.Insert(full), e => e is null), line, output),
            "annotate" when rest.Count < 2 => CliOutcome.Misunderstood(line.End, "missing statement or comment"),
            "annotate" => Edited(
                store.Edit(c => c.Annotate(full.GetRange(0, full.Count - 1), full[^1].Text), e => e is null), line, output),
            "show" => Show(full, line, output),
            "edit" => Edit(full, line),
            "up" => Up(rest, line),
            "top" => Top(rest, line, terminalInput, output),
            "exit" or "quit" => Exit(rest, line, output),
            "load" => Load(rest, line, terminalInput, output),
            "commit" => Commit(rest, line, output),
            "rollback" => Rollback(rest, line, output),
            "save" => Save(rest, line, output),
            _ => Help(output),
        };
    }

    /// <summary>What may follow whole words; <paramref name="partial"/> is the beginning of the next one.</summary>
    public IEnumerable<CompletionItem> Complete(List<JunosToken> words, string partial) => Complete(Level, words, partial);

    private IEnumerable<CompletionItem> Complete(List<JunosToken> level, List<JunosToken> words, string partial)
    {
        if (words.Count == 0)
        {
            return Commands.Where(c => c.Name.StartsWith(partial, StringComparison.Ordinal)).Select(c => new CompletionItem(c.Name, c.Help));
        }

        string? command = Resolve(words[0].Text, out _);
        List<JunosToken> rest = words.GetRange(1, words.Count - 1);
        switch (command)
        {
            case "set" or "delete" or "show" or "edit" or "activate" or "deactivate" or "copy" or "rename" or "insert" or "annotate":
                return StatementCompletion.Complete(
                    store.Schema, [.. level, .. rest], partial, store.CandidateTree, containersOnly: command == "edit");
            case "top":
                return Complete([], rest, partial);
            default:
                return Words(command, rest.Count).Where(i => !i.Literal || i.Text.StartsWith(partial, StringComparison.Ordinal));
        }
    }

    private static IEnumerable<CompletionItem> Words(string? command, int given) => (command, given) switch
    {
        ("commit", _) =>
        [
            new("<[Enter]>", "Execute this command", Literal: false),
            new("and-quit", "Quit configuration mode if commit succeeds"),
            new("check", "Check correctness of syntax; do not apply changes"),
            new("comment", "Message to write to commit log"),
            new("confirmed", "Automatically rollback if not confirmed"),
        ],
        ("load", 0) =>
        [
            new("merge", "Merge contents with existing configuration"),
            new("override", "Override existing configuration"),
            new("replace", "Replace configuration data"),
            new("set", "Execute set of commands on existing configuration"),
        ],
        ("load", 1) => [new("<filename>", "Filename on the router's host", Literal: false), new("terminal", "Use login terminal")],
        ("rollback", 0) =>
        [
            new("<number>", "Configuration to return to (0..49)", Literal: false), new("rescue", "The rescue configuration"),
        ],
        ("save", 0) => [new("<filename>", "Filename on the router's host", Literal: false), new("terminal", "Use login terminal")],
        ("exit", 0) => [new("configuration-mode", "Exit from configuration mode")],
        _ => [],
    };

    private static CliOutcome Edited(ConfigurationDiagnostic? error, CommandLine line, TextWriter output)
    {
        if (error is null)
        {
            return CliOutcome.Done;
        }

        if (error.Message == Candidate.StatementNotFound)
        {
            output.WriteLine("warning: " + Candidate.StatementNotFound);
            return CliOutcome.Failed;
        }

        return Misunderstood(error, line);
    }

    private static CliOutcome Misunderstood(ConfigurationDiagnostic error, CommandLine line) => CliOutcome.Misunderstood(
        Math.Clamp(error.Position.Column, 1, line.End), "syntax error: " + error.Explanation);

    private static CliOutcome Help(TextWriter output)
    {
        output.WriteLine("Type ? after any word to see what may follow it, Tab to complete it.");
        output.WriteLine("'set' and 'delete' change the candidate, 'show | compare' shows what changed, 'commit' puts it in force.");
        return CliOutcome.Done;
    }

    private CliOutcome Show(List<JunosToken> full, CommandLine line, TextWriter output)
    {
        Statement tree = store.CandidateTree;
        return Print(store, tree, full, line, output);
    }

    /// <summary>Prints part of a tree through a line's configuration pipes.</summary>
    public static CliOutcome Print(ConfigurationStore store, Statement tree, List<JunosToken> words, CommandLine line, TextWriter output)
    {
        WalkResult walk = StatementWalker.Walk(store.Schema, words, abbreviations: true);
        if (walk.Error is not null)
        {
            return Misunderstood(walk.Error, line);
        }

        Statement? other = null;
        if (line.Pipes.Compare is { } number)
        {
            try
            {
                other = store.Earlier(number);
            }
            catch (InvalidDataException e)
            {
                output.WriteLine("error: " + e.Message);
                return CliOutcome.Failed;
            }

            if (other is null)
            {
                output.WriteLine($"error: rollback {number} does not exist");
                return CliOutcome.Failed;
            }
        }

        if (line.Pipes.DisplayInheritance)
        {
            tree = store.Expand(tree);
            tree = line.Pipes.InheritanceComments ? tree : Unlabelled(tree);
        }

        ConfigurationPrinter.Print(tree, store.Schema, walk, line.Pipes, other, output);
        return CliOutcome.Done;
    }

    private static Statement Unlabelled(Statement statement) =>
        statement.WithInheritance(string.Empty).WithChildren([.. statement.Children.Select(Unlabelled)]);

    private CliOutcome Edit(List<JunosToken> full, CommandLine line)
    {
        WalkResult? walk = new Candidate(store.Schema).Path(full, out ConfigurationDiagnostic? error);
        if (walk is null)
        {
            return Misunderstood(error!, line);
        }

        _levels.Push(Canonical(walk.Steps));
        return CliOutcome.Done;
    }

    private CliOutcome Up(List<JunosToken> rest, CommandLine line)
    {
        int count = 1;
        if (rest.Count > 1 || (rest.Count == 1 && !int.TryParse(rest[0].Text, NumberStyles.None, CultureInfo.InvariantCulture, out count)))
        {
            return CliOutcome.Misunderstood(rest[^1].Position.Column, "syntax error, expecting a number of levels");
        }

        WalkResult walk = StatementWalker.Walk(store.Schema, Level);
        if (walk.Steps.Count == 0)
        {
            return CliOutcome.Misunderstood(line.Words[0].Position.Column, "already at top of configuration");
        }

        _levels.Push(Canonical(walk.Steps.Take(Math.Max(0, walk.Steps.Count - count))));
        return CliOutcome.Done;
    }

    private CliOutcome Top(List<JunosToken> rest, CommandLine line, string terminalInput, TextWriter output)
    {
        if (rest.Count == 0)
        {
            _levels.Clear();
            _levels.Push([]);
            return CliOutcome.Done;
        }

        // 'top set …': the command runs at the top and the level stays, unless it is an edit.
        int levels = _levels.Count;
        _levels.Push([]);
        CliOutcome outcome = Execute(line.From(1), terminalInput, output);
        if (_levels.Count == levels + 1)
        {
            _levels.Pop();
        }

        return outcome;
    }

    private CliOutcome Exit(List<JunosToken> rest, CommandLine line, TextWriter output)
    {
        bool all = rest.Count == 1 && "configuration-mode".StartsWith(rest[0].Text, StringComparison.Ordinal);
        if (rest.Count > 0 && !all)
        {
            return CliOutcome.Misunderstood(rest[0].Position.Column, "syntax error, expecting configuration-mode");
        }

        if (!all && Level.Count > 0)
        {
            _levels.Pop();
            return CliOutcome.Done;
        }

        if (HasChanges)
        {
            output.WriteLine("The configuration has been changed but not committed");
        }

        output.WriteLine("Exiting configuration mode");
        return CliOutcome.Done with { LeavesMode = true };
    }

    private CliOutcome Load(List<JunosToken> rest, CommandLine line, string terminalInput, TextWriter output)
    {
        string[] found = rest.Count == 0 ? [] : [.. s_loads.Where(l => l.StartsWith(rest[0].Text, StringComparison.Ordinal))];
        if (found.Length != 1 || rest.Count != 2)
        {
            return rest.Count > 2
                ? CliOutcome.Misunderstood(rest[2].Position.Column, "syntax error: nothing may follow here")
                : CliOutcome.Misunderstood(
                    found.Length == 1 || rest.Count == 0 ? line.End : rest[0].Position.Column,
                    "syntax error, expecting " + (found.Length == 1 ? "terminal or a filename" : string.Join(", ", s_loads)));
        }

        string source = rest[1].Text;
        if (source == "terminal")
        {
            if (terminalInput.Length == 0)
            {
                output.WriteLine("[Type ^D at a new line to end input]");
                return CliOutcome.Done with { WantsInput = true };
            }

            return ConfigurationLoad.Run(store, found[0], terminalInput, source, output);
        }

        if (ConfigurationLoad.ReadFile(source, out string error) is not { } text)
        {
            output.WriteLine("error: " + error);
            return CliOutcome.Failed;
        }

        return ConfigurationLoad.Run(store, found[0], text, source, output);
    }

    private static List<JunosToken> Canonical(IEnumerable<WalkStep> steps)
    {
        List<JunosToken> words = [];
        foreach (WalkStep step in steps)
        {
            if (step.Name.Length > 0)
            {
                words.Add(new JunosToken(JunosTokenKind.Word, step.Name, default));
            }

            for (int i = 0; i < step.Values.Count; i++)
            {
                if (i < step.Schema.Keys.Count && step.Schema.Keys[i].Keyword.Length > 0)
                {
                    words.Add(new JunosToken(JunosTokenKind.Word, step.Schema.Keys[i].Keyword, default));
                }

                words.Add(new JunosToken(JunosTokenKind.Word, step.Values[i], default));
            }
        }

        return words;
    }
}
