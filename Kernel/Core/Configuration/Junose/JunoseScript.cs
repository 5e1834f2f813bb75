using RouterOS.Core.Cli;
using RouterOS.Core.Configuration.Junos;
using RouterOS.Sdk.Configuration;
using RouterOS.Sdk.Configuration.Scripts;

namespace RouterOS.Core.Configuration.Junose;

/// <summary>Reads and runs scripts of JUNOSe commands. Never throws on a text.</summary>
internal static class JunoseScript
{
    /// <summary>Runs a script on a tree; a line that is wrong is reported, and the others are carried out.</summary>
    /// <param name="text">The script.</param>
    /// <param name="language">The language.</param>
    /// <param name="root">The tree.</param>
    /// <param name="diagnostics">Takes what is wrong.</param>
    public static List<ScriptLine> Run(string text, IScriptLanguage language, StatementNode root, DiagnosticList diagnostics)
    {
        List<ScriptLine> lines = [];
        if (text.Length > JunosParser.MaximumLength)
        {
            diagnostics.Add(new SourcePosition(1, 1), string.Empty, $"the text is longer than {JunosParser.MaximumLength} characters");
            return lines;
        }

        ScriptCursor cursor = ScriptCursor.Top(language, language.DefaultContext);
        ScriptEditor editor = new(language, root);
        int number = 0;
        foreach (string line in text.Split('\n'))
        {
            number++;
            if (diagnostics.Full)
            {
                break;
            }

            if (JunoseLexer.Words(line, number, out int broken) is not { } words)
            {
                diagnostics.Add(new SourcePosition(number, broken), string.Empty, "the text in quotes does not end on its line");
            }
            else if (words.Count > 0 && !TryMove(ref cursor, words))
            {
                Command(ref cursor, words, editor, lines, diagnostics);
            }
        }

        return lines;
    }

    /// <summary>Finds the command of a line: in the mode where the cursor is, else in one around it, as a script that never says
    /// <c>exit</c> needs it.</summary>
    public static ScriptMatch Resolve(ref ScriptCursor cursor, IReadOnlyList<JunosToken> words, int end)
    {
        ScriptMatch? best = null;
        for (ScriptCursor at = cursor; ; at = at.Out(1))
        {
            ScriptMatch match = ScriptMatcher.Run(at.Level.Mode, words, end);
            if (match.Error is null)
            {
                cursor = at;
                return match;
            }

            best = best is null || match.Understood > best.Understood ? match : best;
            if (at.Levels.Count == 1)
            {
                return best;
            }
        }
    }

    /// <summary>The words of a line, secrets left out.</summary>
    public static string Said(IReadOnlyList<JunosToken> words, ScriptMatch match) =>
        string.Join(' ', words.Select((w, i) => match.Secrets.Contains(i) ? "<secret>" : JunoseLexer.Quote(w.Text)));

    // Words of a script that only move: they configure nothing.
    private static bool TryMove(ref ScriptCursor cursor, List<JunosToken> words)
    {
        switch (words[0].Text, words.Count)
        {
            case ("exit", 1):
                cursor = cursor.Out(1);
                return true;
            case ("end", 1):
                cursor = cursor.Out(cursor.Levels.Count);
                return true;
            case ("enable", 1) or ("configure", 1):
            case ("configure", 2) when ScriptMatcher.Begins("terminal", words[1].Text):
                cursor = cursor.Out(cursor.Levels.Count);
                return true;
            default:
                return false;
        }
    }

    private static void Command(
        ref ScriptCursor cursor, List<JunosToken> words, ScriptEditor editor, List<ScriptLine> lines,
        DiagnosticList diagnostics)
    {
        ScriptCursor at = cursor;
        JunosToken last = words[^1];
        ScriptMatch match = Resolve(ref at, words, last.Position.Column + last.Text.Length);
        string said = Said(words, match);
        if (match.Error is { } error)
        {
            string what = error.Kind switch
            {
                CliErrorKind.Ambiguous => "ambiguous",
                CliErrorKind.Incomplete => "incomplete",
                _ => $"'{Wrong(words, match, error.Column)}' is not allowed here",
            };
            diagnostics.Add(words[0].Position with { Column = error.Column }, Understood(words, match), what,
                match.Expected.Length == 0 ? [] : match.Expected.Split(", "));
            return;
        }

        ScriptEdit edit = editor.Run(at, match, words[0].Position);
        if (edit.Refusal is { } refusal)
        {
            diagnostics.Add(words[0].Position, said, refusal);
            return;
        }

        cursor = edit.Cursor;
        lines.Add(new ScriptLine(words[0].Position, said, match.Command!, edit.Path));
    }

    private static string Wrong(List<JunosToken> words, ScriptMatch match, int column)
    {
        int index = words.FindIndex(w => w.Position.Column >= column);
        return index < 0 ? words[^1].Text : match.Secrets.Contains(index) ? "<secret>" : words[index].Text;
    }

    private static string Understood(List<JunosToken> words, ScriptMatch match) =>
        string.Join(' ', words.Take(match.Understood).Select((w, i) => match.Secrets.Contains(i) ? "<secret>" : w.Text));
}
