using RouterOS.Sdk.Configuration;

namespace RouterOS.Core.Configuration.Junos;

/// <summary>Reads the braces and semicolons of Junos text. Bounded in depth and size; reports and goes on after an error, never throws.</summary>
internal sealed class JunosParser
{
    /// <summary>Deepest nesting of blocks.</summary>
    public const int MaximumDepth = 64;

    /// <summary>Longest text in characters.</summary>
    public const int MaximumLength = 32 * 1024 * 1024;

    private readonly DiagnosticList _diagnostics;
    private readonly JunosLexer _lexer;
    private readonly List<string> _comments = [];
    private JunosToken _token;

    private JunosParser(string text, DiagnosticList diagnostics)
    {
        _diagnostics = diagnostics;
        _lexer = new JunosLexer(text, (position, message) => diagnostics.Add(position, string.Empty, message));
    }

    /// <summary>Reads a whole text.</summary>
    public static List<JunosStatement> Parse(string text, DiagnosticList diagnostics)
    {
        if (text.Length > MaximumLength)
        {
            diagnostics.Add(new SourcePosition(1, 1), string.Empty, $"the text is longer than {MaximumLength} characters");
            return [];
        }

        JunosParser parser = new(text, diagnostics);
        parser.Advance();
        return parser.Statements(0, default);
    }

    private void Advance()
    {
        _token = _lexer.Next();
        while (_token.Kind == JunosTokenKind.Comment)
        {
            if (_token.Text.Length > 0)
            {
                _comments.Add(_token.Text);
            }

            _token = _lexer.Next();
        }
    }

    private List<JunosStatement> Statements(int depth, SourcePosition opened)
    {
        List<JunosStatement> statements = [];
        while (!_diagnostics.Full)
        {
            switch (_token.Kind)
            {
                case JunosTokenKind.End:
                    if (depth > 0)
                    {
                        Report($"missing '}}' of the block that begins in line {opened.Line}");
                    }

                    return statements;
                case JunosTokenKind.Close when depth > 0:
                    _comments.Clear();
                    Advance();
                    return statements;
                case JunosTokenKind.Close:
                    Report("'}' without a block");
                    Advance();
                    break;
                case JunosTokenKind.Semicolon:
                    Report("';' without a statement");
                    Advance();
                    break;
                default:
                    if (Statement(depth) is { } statement)
                    {
                        statements.Add(statement);
                    }

                    break;
            }
        }

        return statements;
    }

    private JunosStatement? Statement(int depth)
    {
        JunosStatement statement = new();
        statement.Comments.AddRange(_comments);
        _comments.Clear();
        SourcePosition start = _token.Position;
        Tags(statement);
        while (_token.IsWord || _token.Kind is JunosTokenKind.ListOpen or JunosTokenKind.ListClose)
        {
            statement.Words.Add(_token);
            Advance();
        }

        // A comment between words belongs to nothing.
        if (statement.Words.Count > 0)
        {
            _comments.Clear();
        }

        switch (_token.Kind)
        {
            case JunosTokenKind.Semicolon:
                Advance();
                break;
            case JunosTokenKind.Open when depth >= MaximumDepth:
                Report($"blocks are nested deeper than {MaximumDepth}");
                SkipBlock();
                return null;
            case JunosTokenKind.Open:
                SourcePosition opened = _token.Position;
                Advance();
                statement.Block = Statements(depth + 1, opened);
                break;
            default:
                _diagnostics.Add(
                    statement.Words.Count > 0 ? statement.Words[^1].Position : start, Said(statement), "missing ';' after the statement");
                break;
        }

        if (statement.Words.Count == 0)
        {
            _diagnostics.Add(start, string.Empty, "a block without a statement before it");
            return null;
        }

        return statement;
    }

    private void Tags(JunosStatement statement)
    {
        while (_token.Kind == JunosTokenKind.Word)
        {
            switch (_token.Text)
            {
                case "inactive:":
                    statement.Inactive = true;
                    break;
                case "active:":
                    break;
                case "replace:":
                    statement.Replace = true;
                    break;
                case "protect:":
                    _diagnostics.Warn(_token.Position, "protect:", "protection of statements is not supported: the statement is read, the mark is not");
                    break;
                case "delete:":
                    Report("'delete:' marks are not supported: use 'delete' commands");
                    break;
                default:
                    return;
            }

            Advance();
        }
    }

    private void SkipBlock()
    {
        int depth = 0;
        do
        {
            depth += _token.Kind == JunosTokenKind.Open ? 1 : _token.Kind == JunosTokenKind.Close ? -1 : 0;
            Advance();
        }
        while (depth > 0 && _token.Kind != JunosTokenKind.End);
    }

    private void Report(string message) => _diagnostics.Add(_token.Position, string.Empty, message);

    private static string Said(JunosStatement statement) => string.Join(' ', statement.Words.Select(w => w.Text));
}
