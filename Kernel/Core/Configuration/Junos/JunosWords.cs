using System.Text;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Core.Configuration.Junos;

/// <summary>Writes words so that the lexer reads them back.</summary>
internal static class JunosWords
{
    // What a word may consist of without quotes. '#' and '/*' begin comments, '|' a pipe, the rest are marks.
    private const string Plain = "-_./:@+%,=*~^<>!";

    private static readonly HashSet<string> s_tags =
        new(StringComparer.Ordinal) { "inactive:", "active:", "replace:", "protect:", "delete:" };

    /// <summary>A value, in quotes where it must be.</summary>
    public static string Quote(string value)
    {
        if (value.Length > 0 && value.All(c => char.IsAsciiLetterOrDigit(c) || Plain.Contains(c, StringComparison.Ordinal))
            && !value.StartsWith("/*", StringComparison.Ordinal) && !s_tags.Contains(value))
        {
            return value;
        }

        return Quoted(value);
    }

    /// <summary>A value in quotes.</summary>
    public static string Quoted(string value)
    {
        StringBuilder text = new(value.Length + 2);
        text.Append('"');
        foreach (char c in value)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                _ => text.Append(c),
            };
        }

        return text.Append('"').ToString();
    }

    /// <summary>The words of a statement's head: keyword, keys, values.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="schema">Its schema.</param>
    /// <param name="secret">Writes secrets; null writes them as they are kept.</param>
    public static List<string> Head(Statement statement, StatementSchema schema, Func<string, string>? secret = null)
    {
        List<string> words = [];
        if (schema.Kind == StatementKind.Opaque)
        {
            words.Add(Opaque(statement.Name, secret));
            words.AddRange(statement.Values.Select(v => Opaque(v, secret)));
            return words;
        }

        if (statement.Name.Length > 0)
        {
            words.Add(statement.Name);
        }

        switch (schema.Kind)
        {
            case StatementKind.List:
                for (int i = 0; i < statement.Values.Count; i++)
                {
                    if (schema.Keys[i].Keyword.Length > 0)
                    {
                        words.Add(schema.Keys[i].Keyword);
                    }

                    words.Add(Quote(statement.Values[i]));
                }

                break;
            case StatementKind.Leaf:
                words.Add(Value(statement.Values[0], schema, secret));
                break;
            case StatementKind.LeafList when statement.Values.Count == 1:
                words.Add(Value(statement.Values[0], schema, secret));
                break;
            case StatementKind.LeafList:
                words.Add("[");
                words.AddRange(statement.Values.Select(v => Value(v, schema, secret)));
                words.Add("]");
                break;
            default:
                break;
        }

        return words;
    }

    /// <summary>True when the statement's own values are secret.</summary>
    public static bool IsSecret(Statement statement, StatementSchema schema) =>
        schema.Value?.Secret == true
        || (schema.Kind == StatementKind.Opaque && statement.Values.Any(ObfuscatedSecret.IsObfuscated));

    private static string Value(string value, StatementSchema schema, Func<string, string>? secret) =>
        schema.Value!.Secret ? Quoted(secret?.Invoke(value) ?? value) : Quote(value);

    private static string Opaque(string word, Func<string, string>? secret) =>
        word is "[" or "]" ? word
        : ObfuscatedSecret.IsObfuscated(word) ? Quoted(secret?.Invoke(word) ?? word)
        : Quote(word);
}
