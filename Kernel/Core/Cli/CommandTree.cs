using RouterOS.Core.Configuration.Junos;
using RouterOS.Sdk.Cli;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Core.Cli;

/// <summary>Operational commands by their words: resolves abbreviated lines and completes them.</summary>
internal sealed class CommandTree
{
    private readonly Node _root = new(string.Empty);

    /// <summary>Declares commands; a later declaration of the same words replaces an earlier one that does not run.</summary>
    public CommandTree(IEnumerable<OperationalCommand> commands)
    {
        foreach (OperationalCommand command in commands)
        {
            Node node = _root;
            foreach (string word in command.Words.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                if (!node.Children.TryGetValue(word, out Node? child))
                {
                    child = new Node(word);
                    node.Children.Add(word, child);
                }

                node = child;
            }

            if (command.Run is not null && node.Command is not null)
            {
                throw new InvalidOperationException($"The command '{command.Words}' is declared twice.");
            }

            node.Help = node.Help.Length == 0 ? command.Help : node.Help;
            node.Command = command.Run is null ? node.Command : command;
        }
    }

    /// <summary>Finds the command of a line's words.</summary>
    /// <param name="words">The words.</param>
    /// <param name="end">Column behind the last word, where a missing one would stand.</param>
    public CommandMatch Find(IReadOnlyList<JunosToken> words, int end)
    {
        CommandMatch match = Walk(words);
        if (match.Error is not null)
        {
            return match;
        }

        CommandOption? missing = match.Pending ?? match.Node.Command?.Options.FirstOrDefault(
            o => o.Required && !match.Arguments.ContainsKey(o.Name));
        if (match.Node.Command is null)
        {
            match.Error = new CliError(end, "syntax error, expecting <command>") { Kind = CliErrorKind.Incomplete };
        }
        else if (missing is not null)
        {
            match.Error = new CliError(end, $"missing argument: <{missing.Value!.Placeholder}>, {missing.Value.Expected}")
            {
                Kind = CliErrorKind.Incomplete,
            };
        }
        else
        {
            match.Command = match.Node.Command;
        }

        return match;
    }

    /// <summary>Number of leading words that mean a command's words, shortened or not; 0 when they do not.</summary>
    public int Prefix(List<JunosToken> words, string command)
    {
        string[] wanted = command.Split(' ');
        Node node = _root;
        for (int i = 0; i < wanted.Length; i++)
        {
            string word = i < words.Count ? words[i].Text : string.Empty;
            bool meant = word == wanted[i] || (word.Length > 0 && !node.Children.ContainsKey(word)
                && node.Children.Keys.Count(k => k.StartsWith(word, StringComparison.Ordinal)) == 1
                && wanted[i].StartsWith(word, StringComparison.Ordinal));
            if (!meant)
            {
                return 0;
            }

            node = node.Children[wanted[i]];
        }

        return wanted.Length;
    }

    /// <summary>What may follow the words; <paramref name="partial"/> is the beginning of the next one.</summary>
    public IEnumerable<CompletionItem> Complete(IReadOnlyList<JunosToken> words, string partial)
    {
        CommandMatch match = Walk(words);
        if (match.Error is not null)
        {
            yield break;
        }

        if (match.Pending is { } pending)
        {
            foreach (CompletionItem item in OfValue(pending, partial))
            {
                yield return item;
            }

            yield break;
        }

        bool whole = match.Node.Command is { } command
            && !command.Options.Any(o => o.Required && !match.Arguments.ContainsKey(o.Name));
        if (whole && partial.Length == 0)
        {
            yield return new CompletionItem("<[Enter]>", "Execute this command", Literal: false);
        }

        if (!match.InOptions)
        {
            foreach (Node child in match.Node.Children.Values.Where(c => c.Word.StartsWith(partial, StringComparison.Ordinal)))
            {
                yield return new CompletionItem(child.Word, child.Help);
            }
        }

        foreach (CommandOption option in Open(match))
        {
            if (option.Positional)
            {
                foreach (CompletionItem item in OfValue(option, partial))
                {
                    yield return item;
                }
            }
            else if (option.Name.StartsWith(partial, StringComparison.Ordinal))
            {
                yield return new CompletionItem(option.Name, option.Help);
            }
        }

        if (whole && partial.Length == 0)
        {
            yield return new CompletionItem("|", "Pipe through a command");
        }
    }

    private static IEnumerable<CompletionItem> OfValue(CommandOption option, string partial) => CompletionItem.OfValue(
        option.Value!, option.Help, [.. option.Value!.Suggest?.Invoke(StatementView.Of(Statement.EmptyRoot)) ?? []], partial);

    private CommandMatch Walk(IReadOnlyList<JunosToken> words)
    {
        CommandMatch match = new() { Node = _root };
        for (int i = 0; i < words.Count && match.Error is null; i++)
        {
            JunosToken word = words[i];
            if (match.Pending is { } pending)
            {
                Take(match, pending, word);
            }
            else if (!match.InOptions && match.Node.Children.TryGetValue(word.Text, out Node? child))
            {
                match.Node = child;
            }
            else
            {
                Resolve(match, word);
            }
        }

        return match;
    }

    private void Resolve(CommandMatch match, JunosToken word)
    {
        List<CommandOption> open = Open(match);
        CommandOption? exact = open.Find(o => !o.Positional && o.Name == word.Text);
        if (exact is not null)
        {
            Enter(match, exact);
            return;
        }

        List<Node> children = match.InOptions || word.Text.Length == 0 ? []
            : [.. match.Node.Children.Values.Where(c => c.Word.StartsWith(word.Text, StringComparison.Ordinal))];
        List<CommandOption> options = word.Text.Length == 0 ? []
            : open.FindAll(o => !o.Positional && o.Name.StartsWith(word.Text, StringComparison.Ordinal));
        CommandOption? positional = open.Find(o => o.Positional && o.Value!.TryAccept(word.Text, out _));
        if (positional is not null)
        {
            Take(match, positional, word);
        }
        else if (children.Count + options.Count > 1)
        {
            IEnumerable<string> all = children.Select(c => c.Word).Concat(options.Select(o => o.Name));
            match.Error = new CliError(word.Position.Column, $"'{word.Text}' is ambiguous: {string.Join(", ", all)}") { Kind = CliErrorKind.Ambiguous };
        }
        else if (children.Count == 1)
        {
            match.Node = children[0];
        }
        else if (options.Count == 1)
        {
            Enter(match, options[0]);
        }
        else
        {
            string expected = open.Find(o => o.Positional) is { } wanted ? $"syntax error, expecting {wanted.Value!.Expected}"
                : match.Node.Command is null ? "syntax error, expecting <command>" : "syntax error";
            match.Error = new CliError(word.Position.Column, ReferenceEquals(match.Node, _root) ? "unknown command" : expected);
        }
    }

    private static void Enter(CommandMatch match, CommandOption option)
    {
        match.InOptions = true;
        if (option.Value is null)
        {
            match.Arguments[option.Name] = string.Empty;
        }
        else
        {
            match.Pending = option;
        }
    }

    private static void Take(CommandMatch match, CommandOption option, JunosToken word)
    {
        match.InOptions = true;
        match.Pending = null;
        if (option.Value!.TryAccept(word.Text, out string? value))
        {
            match.Arguments[option.Name] = value;
        }
        else
        {
            match.Error = new CliError(word.Position.Column, $"invalid value '{word.Text}': expecting {option.Value.Expected}");
        }
    }

    // Options that may still be given: each once, one of a group.
    private static List<CommandOption> Open(CommandMatch match) =>
        match.Node.Command is not { } command ? []
        : [.. command.Options.Where(o => !match.Arguments.ContainsKey(o.Name)
            && !(o.Group.Length > 0 && command.Options.Any(r => r.Group == o.Group && match.Arguments.ContainsKey(r.Name))))];

    /// <summary>One word of commands.</summary>
    internal sealed class Node(string word)
    {
        public string Word => word;

        public string Help { get; set; } = string.Empty;

        public SortedDictionary<string, Node> Children { get; } = new(StringComparer.Ordinal);

        public OperationalCommand? Command { get; set; }
    }
}
