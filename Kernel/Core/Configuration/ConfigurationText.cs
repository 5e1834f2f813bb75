using RouterOS.Core.Configuration.Junos;
using RouterOS.Core.Configuration.Junose;
using RouterOS.Sdk.Configuration;
using RouterOS.Sdk.Configuration.Scripts;

namespace RouterOS.Core.Configuration;

/// <summary>Reads a whole configuration: hierarchical text or a script of <c>set</c> commands, told apart by the first word.</summary>
public static class ConfigurationText
{
    private static readonly HashSet<string> s_commands =
        new(StringComparer.Ordinal) { "set", "delete", "activate", "copy", "deactivate", "rename", "insert", "annotate" };

    /// <summary>Reads a text of a language into a tree that fits its schema; never throws, whatever the text is.</summary>
    public static ReadResult Read(string text, IConfigurationLanguage language)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(language);
        return language is IScriptLanguage script ? Read(text, script, out _) : Read(text, language.Root);
    }

    /// <summary>Writes a tree as a text of its language.</summary>
    public static string Write(Statement tree, IConfigurationLanguage language)
    {
        ArgumentNullException.ThrowIfNull(language);
        return language is IScriptLanguage script ? JunoseRenderer.Text(tree, script) : Write(tree, language.Root);
    }

    /// <summary>Reads a script, with what became of its lines.</summary>
    internal static ReadResult Read(string text, IScriptLanguage language, out IReadOnlyList<ScriptLine> lines)
    {
        DiagnosticList diagnostics = new();
        StatementNode root = StatementNode.Root(language.Root);
        lines = JunoseScript.Run(text, language, root, diagnostics);
        return new ReadResult(root.ToStatement(), diagnostics.Errors, diagnostics.Warnings);
    }

    /// <summary>Reads a Junos text into a tree that fits the schema; never throws, whatever the text is.</summary>
    public static ReadResult Read(string text, StatementSchema schema)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(schema);
        DiagnosticList diagnostics = new();
        Statement tree;
        if (IsScript(text))
        {
            Candidate candidate = new(schema);
            RunScript(text, candidate, diagnostics);
            tree = candidate.Tree;
        }
        else
        {
            tree = JunosReader.Read(text, schema, diagnostics);
        }

        return new ReadResult(tree, diagnostics.Errors, diagnostics.Warnings);
    }

    /// <summary>Writes the statements of a tree as hierarchical text.</summary>
    public static string Write(Statement tree, StatementSchema schema) => JunosRenderer.Text(tree, schema);

    /// <summary>True when the first word is a command of configuration mode and no block follows it.</summary>
    internal static bool IsScript(string text)
    {
        JunosLexer lexer = new(text, (_, _) => { });
        JunosToken token = lexer.Next();
        while (token.Kind == JunosTokenKind.Comment)
        {
            token = lexer.Next();
        }

        return token.Kind == JunosTokenKind.Word && s_commands.Contains(token.Text)
            && lexer.Next().Kind is not (JunosTokenKind.Open or JunosTokenKind.Semicolon);
    }

    /// <summary>Runs a script of commands on a candidate, each line whole or not at all; errors carry their line.</summary>
    internal static void RunScript(string text, Candidate candidate, DiagnosticList diagnostics)
    {
        if (text.Length > JunosParser.MaximumLength)
        {
            diagnostics.Add(new SourcePosition(1, 1), string.Empty, $"the text is longer than {JunosParser.MaximumLength} characters");
            return;
        }

        int number = 0;
        foreach (string line in text.Split('\n'))
        {
            number++;
            if (diagnostics.Full)
            {
                return;
            }

            int before = diagnostics.Errors.Count;
            List<JunosToken> words = JunosLexer.Words(
                line, (position, message) => diagnostics.Add(position, string.Empty, message), number);
            if (words.Count > 0 && diagnostics.Errors.Count == before)
            {
                RunCommand(words, candidate, diagnostics);
            }
        }
    }

    private static void RunCommand(List<JunosToken> words, Candidate candidate, DiagnosticList diagnostics)
    {
        List<JunosToken> rest = words.GetRange(1, words.Count - 1);
        ConfigurationDiagnostic? error = words[0].Text switch
        {
            "set" => candidate.Set(rest, abbreviations: false),
            "delete" => candidate.Delete(rest, abbreviations: false),
            "activate" => candidate.SetInactive(rest, inactive: false, abbreviations: false),
            "deactivate" => candidate.SetInactive(rest, inactive: true, abbreviations: false),
            "rename" => candidate.Rename(rest),
            "copy" => candidate.Copy(rest),
            "insert" => candidate.Insert(rest),
            "annotate" when rest.Count > 1 => candidate.Annotate(rest.GetRange(0, rest.Count - 1), rest[^1].Text),
            _ => new ConfigurationDiagnostic(words[0].Position, string.Empty, $"unknown command '{words[0].Text}'", [.. s_commands]),
        };

        if (error is not null)
        {
            diagnostics.Add(error.Position, error.Statement, error.Message, error.Allowed);
        }
    }
}
