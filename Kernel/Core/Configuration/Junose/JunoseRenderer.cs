using RouterOS.Sdk.Configuration;
using RouterOS.Sdk.Configuration.Scripts;

namespace RouterOS.Core.Configuration.Junose;

/// <summary>Writes a tree as the script that makes it: the chassis first, then each virtual router, <c>default</c> first.</summary>
internal sealed class JunoseRenderer
{
    private readonly IScriptLanguage _language;
    private readonly Action<string> _line;

    // Modes that the lines written so far have entered, outermost first; global mode is not among them.
    private readonly List<ScriptMode> _open = [];

    private JunoseRenderer(IScriptLanguage language, Action<string> line) => (_language, _line) = (language, line);

    /// <summary>The whole script as text.</summary>
    public static string Text(Statement tree, IScriptLanguage language)
    {
        using StringWriter writer = new() { NewLine = "\n" };
        Write(tree, language, null, writer.WriteLine);
        return writer.ToString();
    }

    /// <summary>Writes a script.</summary>
    /// <param name="tree">The configuration.</param>
    /// <param name="language">Its language.</param>
    /// <param name="context">The one context to write; null for the chassis and all contexts.</param>
    /// <param name="line">Takes the lines.</param>
    public static void Write(Statement tree, IScriptLanguage language, string? context, Action<string> line)
    {
        JunoseRenderer renderer = new(language, line);
        if (context is null)
        {
            renderer.Commands(tree, language.Global.Commands.Where(c => !c.IsOfContext && !c.EntersContext), string.Empty, 0);
        }

        ScriptCommand enter = language.Global.Commands.Single(c => c.EntersContext);
        foreach (Statement entry in tree.Children.Where(c => c.Name == language.ContextList && (context is null || c.Values[0] == context))
            .OrderBy(c => c.Values[0] == language.DefaultContext ? 0 : 1))
        {
            line("!");
            renderer.Emit(0, $"{enter.Words} {JunoseLexer.Quote(entry.Values[0])}");
            renderer.Commands(entry, language.Global.Commands.Where(c => c.IsOfContext), entry.Values[0], 0);
        }
    }

    private void Commands(Statement parent, IEnumerable<ScriptCommand> commands, string context, int depth)
    {
        foreach (ScriptCommand command in commands.Where(c => c.IsShown))
        {
            foreach (Statement statement in Below(parent, command.PathWords))
            {
                Emit(depth, Line(statement, command, context));
                if (command.Mode is { } mode)
                {
                    _open.Add(mode);
                    Commands(statement, mode.Commands, context, depth + 1);
                    if (depth == 0)
                    {
                        _line("!");
                    }
                }
            }
        }
    }

    // A mode is left by a line that it does not know. One that it knows, but that is meant for a mode around it, comes behind 'exit'.
    private void Emit(int depth, string line)
    {
        List<Junos.JunosToken> words = JunoseLexer.Words(line, 0, out _) ?? [];
        if (_open.Skip(depth).Any(mode => ScriptMatcher.Run(mode, words, 0).Error is null))
        {
            for (int level = _open.Count - 1; level >= depth; level--)
            {
                _line(new string(' ', level) + "exit");
            }
        }

        _open.RemoveRange(Math.Min(depth, _open.Count), Math.Max(0, _open.Count - depth));
        _line(new string(' ', depth) + line);
    }

    private static IEnumerable<Statement> Below(Statement parent, IReadOnlyList<string> path)
    {
        IEnumerable<Statement> at = [parent];
        foreach (string word in path)
        {
            at = at.SelectMany(s => s.Children.Where(c => c.Name == word));
        }

        return at;
    }

    private static string Line(Statement statement, ScriptCommand command, string context)
    {
        List<string> words = command.No == ScriptNo.Kept ? [ScriptMatcher.No, command.Words] : [command.Words];
        int key = 0;
        foreach (ScriptParameter parameter in command.Parameters)
        {
            IReadOnlyList<string>? values = parameter.IsContext ? [context]
                : parameter.IsKey ? [statement.Values[key++]]
                : command.No == ScriptNo.Kept ? null
                : command.Kind is StatementKind.Leaf or StatementKind.LeafList ? statement.Values
                : statement.Children.FirstOrDefault(c => c.Name == parameter.Name)?.Values;
            if (values is null || (parameter.IsKey && parameter.Absent.Length > 0 && values[0] == parameter.Absent))
            {
                continue;
            }

            if (parameter.Keyword.Length > 0)
            {
                words.Add(parameter.Keyword);
            }

            words.AddRange(values.Select(v => parameter.Show?.Invoke(v) ?? v).Select(v => parameter.Span != 1 ? v : JunoseLexer.Quote(v)));
        }

        return string.Join(' ', words);
    }
}
