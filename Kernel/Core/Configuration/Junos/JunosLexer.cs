using System.Text;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Core.Configuration.Junos;

/// <summary>Cuts Junos text into tokens. Whatever the text is, it ends with <see cref="JunosTokenKind.End"/> and never throws.</summary>
internal sealed class JunosLexer(string text, Action<SourcePosition, string> report, int firstLine = 1)
{
    private int _at;
    private int _line = firstLine;
    private int _lineStart;

    private SourcePosition Here => new(_line, _at - _lineStart + 1);

    /// <summary>The words of one command line: no comments, and braces and semicolons are errors.</summary>
    /// <param name="line">The command.</param>
    /// <param name="report">Takes what is wrong.</param>
    /// <param name="lineNumber">Its line in a file; 0 when it was typed.</param>
    public static List<JunosToken> Words(string line, Action<SourcePosition, string> report, int lineNumber = 0)
    {
        JunosLexer lexer = new(line, report, lineNumber);
        List<JunosToken> words = [];
        for (JunosToken token = lexer.Next(); token.Kind != JunosTokenKind.End; token = lexer.Next())
        {
            if (token.Kind is JunosTokenKind.Open or JunosTokenKind.Close or JunosTokenKind.Semicolon)
            {
                report(token.Position, $"'{token.Text}' has no place in a command");
            }
            else if (token.Kind != JunosTokenKind.Comment)
            {
                words.Add(token);
            }
        }

        return words;
    }

    /// <summary>The next token.</summary>
    public JunosToken Next()
    {
        while (_at < text.Length)
        {
            char c = text[_at];
            if (c == '\n')
            {
                NewLine();
            }
            else if (char.IsWhiteSpace(c) || c == '\ufeff')
            {
                _at++;
            }
            else if (c == '#')
            {
                SkipLine();
            }
            else if (c == '/' && _at + 1 < text.Length && text[_at + 1] == '*')
            {
                return Comment();
            }
            else if (Mark(c) is { } kind)
            {
                SourcePosition position = Here;
                _at++;
                return new JunosToken(kind, c.ToString(), position);
            }
            else if (c == '"')
            {
                return Quoted();
            }
            else if (char.IsControl(c))
            {
                report(Here, $"control character 0x{(int)c:x2}");
                _at++;
            }
            else
            {
                return Word();
            }
        }

        return new JunosToken(JunosTokenKind.End, string.Empty, Here);
    }

    private static JunosTokenKind? Mark(char c) => c switch
    {
        '{' => JunosTokenKind.Open,
        '}' => JunosTokenKind.Close,
        ';' => JunosTokenKind.Semicolon,
        '[' => JunosTokenKind.ListOpen,
        ']' => JunosTokenKind.ListClose,
        _ => null,
    };

    private void NewLine()
    {
        _at++;
        _line++;
        _lineStart = _at;
    }

    private void SkipLine()
    {
        int end = text.IndexOf('\n', _at);
        _at = end < 0 ? text.Length : end;
    }

    private JunosToken Word()
    {
        SourcePosition position = Here;
        int start = _at;
        while (_at < text.Length && !char.IsWhiteSpace(text[_at]) && !char.IsControl(text[_at])
            && text[_at] != '"' && Mark(text[_at]) is null)
        {
            _at++;
        }

        return new JunosToken(JunosTokenKind.Word, text[start.._at], position);
    }

    private JunosToken Quoted()
    {
        SourcePosition position = Here;
        StringBuilder value = new();
        for (_at++; _at < text.Length && text[_at] is not ('\n' or '"'); _at++)
        {
            bool escaped = text[_at] == '\\' && _at + 1 < text.Length && text[_at + 1] != '\n';
            _at += escaped ? 1 : 0;
            char c = text[_at];
            if (char.IsControl(c) && c is not ('\t' or '\r'))
            {
                report(Here, $"control character 0x{(int)c:x2}");
            }
            else if (escaped)
            {
                value.Append(c switch
                {
                    'n' => "\n",
                    'r' => "\r",
                    't' => "\t",
                    '"' => "\"",
                    '\\' => "\\",
                    // Not an escape: a regular expression keeps its backslash.
                    char other => "\\" + other,
                });
            }
            else
            {
                value.Append(c);
            }
        }

        if (_at < text.Length && text[_at] == '"')
        {
            _at++;
        }
        else
        {
            report(position, "the text in quotes does not end on its line");
        }

        return new JunosToken(JunosTokenKind.Quoted, value.ToString(), position);
    }

    private JunosToken Comment()
    {
        SourcePosition position = Here;
        int end = text.IndexOf("*/", _at + 2, StringComparison.Ordinal);
        if (end < 0)
        {
            report(position, "the comment does not end");
            end = text.Length;
        }

        string comment = text[(_at + 2)..end];
        int stop = Math.Min(end + 2, text.Length);
        for (; _at < stop; _at++)
        {
            if (text[_at] == '\n')
            {
                _line++;
                _lineStart = _at + 1;
            }
        }

        return new JunosToken(JunosTokenKind.Comment, Tidy(comment), position);
    }

    /// <summary>A comment without margins: lines trimmed, the star that begins each further line removed.</summary>
    public static string Tidy(string comment)
    {
        string clean = new([.. comment.Where(c => c == '\n' || !char.IsControl(c))]);
        IEnumerable<string> lines = clean.Split('\n').Select(l => l.Trim());
        return string.Join('\n', lines.Select((l, i) => i > 0 && l.StartsWith('*') ? l[1..].Trim() : l)).Trim();
    }
}
