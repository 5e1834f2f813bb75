using System.Text;
using RouterOS.Core.Configuration.Junos;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Core.Configuration.Junose;

/// <summary>Cuts a JUNOSe line into words. Quotes keep spaces together; a line that begins with <c>!</c> is a comment.</summary>
internal static class JunoseLexer
{
    /// <summary>The words of a line, none for a comment; null with the column of a quote that does not end.</summary>
    /// <param name="line">The line.</param>
    /// <param name="number">Its number in a file; 0 when it was typed.</param>
    /// <param name="broken">Column of what is wrong.</param>
    public static List<JunosToken>? Words(string line, int number, out int broken)
    {
        broken = 0;
        List<JunosToken> words = [];
        int at = 0;
        while (true)
        {
            while (at < line.Length && IsBlank(line[at]))
            {
                at++;
            }

            if (at == line.Length || (words.Count == 0 && line[at] == '!'))
            {
                return words;
            }

            SourcePosition position = new(number, at + 1);
            if (line[at] == '"')
            {
                if (Quoted(line, ref at) is not { } text)
                {
                    broken = position.Column;
                    return null;
                }

                words.Add(new JunosToken(JunosTokenKind.Quoted, text, position));
                continue;
            }

            int start = at;
            while (at < line.Length && !IsBlank(line[at]) && line[at] != '"')
            {
                at++;
            }

            words.Add(new JunosToken(JunosTokenKind.Word, line[start..at], position));
        }
    }

    /// <summary>A value as a word that is read back: in quotes where it must be.</summary>
    public static string Quote(string value)
    {
        if (value.Length > 0 && value[0] != '!' && !value.Any(c => IsBlank(c) || c is '"' or '|' or '?'))
        {
            return value;
        }

        StringBuilder text = new("\"");
        foreach (char c in value)
        {
            _ = c is '"' or '\\' ? text.Append('\\').Append(c) : text.Append(c);
        }

        return text.Append('"').ToString();
    }

    // Control characters cannot be part of a word: what is written from the tree must not move a terminal's cursor.
    private static bool IsBlank(char c) => char.IsWhiteSpace(c) || char.IsControl(c) || c == '\ufeff';

    private static string? Quoted(string line, ref int at)
    {
        StringBuilder text = new();
        for (at++; at < line.Length; at++)
        {
            char c = line[at];
            if (c == '"')
            {
                at++;
                return text.ToString();
            }

            if (c == '\\' && at + 1 < line.Length && (line[at + 1] is '"' or '\\'))
            {
                c = line[++at];
            }

            _ = char.IsControl(c) ? text : text.Append(c);
        }

        return null;
    }
}
