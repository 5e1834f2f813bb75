using System.Globalization;
using System.Text.RegularExpressions;

namespace RouterOS.Core.Cli;

/// <summary>What stands behind the first <c>|</c> of a line.</summary>
internal sealed class CommandPipes
{
    private const int MaximumPipes = 16;
    private const int DefaultLast = 24;
    private const int MaximumLast = 100_000;

    /// <summary>Pipes with their help.</summary>
    public static readonly IReadOnlyList<(string Name, string Help)> All =
    [
        ("compare", "Compare configuration changes with prior version"),
        ("count", "Count occurrences"),
        ("display", "Show additional kinds of information"),
        ("except", "Show only text that does not match a pattern"),
        ("find", "Search for first occurrence of pattern"),
        ("last", "Display end of output only"),
        ("match", "Show only text that matches a pattern"),
        ("no-more", "Don't paginate output"),
    ];

    /// <summary>Filters in order.</summary>
    public List<LineFilter> Filters { get; } = [];

    /// <summary>True for <c>display set</c>.</summary>
    public bool DisplaySet { get; private set; }

    /// <summary>True for <c>display json</c>.</summary>
    public bool DisplayJson { get; private set; }

    /// <summary>True for <c>display inheritance</c>: with all that statements inherit.</summary>
    public bool DisplayInheritance { get; private set; }

    /// <summary>True where each inherited statement says where it comes from.</summary>
    public bool InheritanceComments { get; private set; }

    /// <summary>Number of the configuration to compare with; null without <c>compare</c>.</summary>
    public int? Compare { get; private set; }

    /// <summary>Column of the first pipe that only a configuration can go through; 0 for none.</summary>
    public int ConfigurationOnly { get; private set; }

    /// <summary>Index of the first <c>|</c> outside quotes; -1 for none.</summary>
    public static int IndexOf(string line, int from = 0)
    {
        bool quoted = false;
        for (int i = from; i < line.Length; i++)
        {
            if (line[i] == '\\' && quoted)
            {
                i++;
            }
            else if (line[i] == '"')
            {
                quoted = !quoted;
            }
            else if (line[i] == '|' && !quoted)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Reads the pipes of a line from its first <c>|</c>.</summary>
    public static CommandPipes? Parse(string line, int first, out CliError? error)
    {
        CommandPipes pipes = new();
        error = null;
        int at = first;
        while (at >= 0 && error is null)
        {
            int end = IndexOf(line, at + 1);
            string part = line[(at + 1)..(end < 0 ? line.Length : end)];
            int column = at + 2 + (part.Length - part.TrimStart().Length);
            error = pipes.Filters.Count >= MaximumPipes ? new CliError(column, "too many pipes") : pipes.Add(part.Trim(), column);
            at = end;
        }

        return error is null ? pipes : null;
    }

    private CliError? Add(string text, int column)
    {
        int space = text.IndexOf(' ', StringComparison.Ordinal);
        string word = space < 0 ? text : text[..space];
        string rest = space < 0 ? string.Empty : text[space..].Trim();
        List<string> found = word.Length == 0 ? [] : [.. All.Select(p => p.Name).Where(n => n.StartsWith(word, StringComparison.Ordinal))];
        string name = found.Contains(word) ? word : found.Count == 1 ? found[0] : string.Empty;
        if (found.Count > 1 && name.Length == 0)
        {
            return new CliError(column, $"'{word}' is ambiguous: {string.Join(", ", found)}");
        }

        int restColumn = column + text.Length - rest.Length;
        switch (name)
        {
            case "match" or "except" or "find":
                if (Pattern(rest) is not { } pattern)
                {
                    return new CliError(restColumn, rest.Length == 0 ? "missing pattern" : "invalid regular expression");
                }

                Filters.Add(name == "find" ? new FindFilter(pattern) : new MatchFilter(pattern, keep: name == "match"));
                return null;
            case "count" when rest.Length == 0:
                Filters.Add(new CountFilter());
                return null;
            case "no-more" when rest.Length == 0:
                return null;
            case "last":
                int lines = DefaultLast;
                if (rest.Length > 0 && !(int.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out lines)
                    && lines is > 0 and <= MaximumLast))
                {
                    return new CliError(restColumn, $"expecting a number of lines from 1 to {MaximumLast}");
                }

                Filters.Add(new LastFilter(lines));
                return null;
            case "display" when rest is "set" or "json":
                DisplaySet |= rest == "set";
                DisplayJson |= rest == "json";
                return OnlyConfiguration(column);
            case "display" when rest is "inheritance" or "inheritance no-comments":
                DisplayInheritance = true;
                InheritanceComments = rest == "inheritance";
                return OnlyConfiguration(column);
            case "display":
                return new CliError(restColumn, "expecting set, json or inheritance");
            case "compare":
                return Comparison(rest, column, restColumn);
            default:
                return new CliError(name.Length == 0 ? column : restColumn, name.Length == 0
                    ? "expecting one of " + string.Join(", ", All.Select(p => p.Name)) : $"nothing may follow '{name}'");
        }
    }

    private CliError? Comparison(string rest, int column, int restColumn)
    {
        int number = 0;
        if (rest.Length > 0)
        {
            string[] words = rest.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length != 2 || !"rollback".StartsWith(words[0], StringComparison.Ordinal)
                || !int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out number) || number > 49)
            {
                return new CliError(restColumn, "expecting rollback <0..49>");
            }
        }

        Compare = number;
        return OnlyConfiguration(column);
    }

    private CliError? OnlyConfiguration(int column)
    {
        if (Filters.Count > 0)
        {
            return new CliError(column, "'display' and 'compare' must stand before other pipes");
        }

        ConfigurationOnly = ConfigurationOnly == 0 ? column : ConfigurationOnly;
        return null;
    }

    private static Regex? Pattern(string text)
    {
        string pattern = text.Length >= 2 && text[0] == '"' && text[^1] == '"' ? text[1..^1] : text;
        try
        {
            // An engine without backtracking: no pattern of an operator can hang a session.
            return pattern.Length == 0 ? null
                : new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}
