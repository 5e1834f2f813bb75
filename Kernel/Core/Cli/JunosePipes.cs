using System.Text.RegularExpressions;

namespace RouterOS.Core.Cli;

/// <summary>What stands behind the first <c>|</c> of a JUNOSe line.</summary>
internal static class JunosePipes
{
    private const int MaximumPipes = 8;

    /// <summary>Filters with their help.</summary>
    public static readonly IReadOnlyList<(string Name, string Help)> All =
    [
        ("begin", "Begin with the first line that matches"),
        ("exclude", "Leave out lines that match"),
        ("include", "Only lines that match"),
    ];

    /// <summary>Reads the filters of a line from its first <c>|</c>.</summary>
    public static List<LineFilter>? Parse(string line, int first, out CliError? error)
    {
        List<LineFilter> filters = [];
        error = null;
        for (int at = first; at >= 0 && error is null;)
        {
            int end = CommandPipes.IndexOf(line, at + 1);
            string part = line[(at + 1)..(end < 0 ? line.Length : end)];
            string text = part.Trim();
            int column = at + 2 + (part.Length - part.TrimStart().Length);
            int space = text.IndexOf(' ', StringComparison.Ordinal);
            string word = space < 0 ? text : text[..space];
            string rest = space < 0 ? string.Empty : text[space..].Trim();
            string[] found = [.. All.Select(p => p.Name).Where(n => word.Length > 0 && n.StartsWith(word, StringComparison.OrdinalIgnoreCase))];
            if (found.Length != 1 || filters.Count == MaximumPipes)
            {
                error = CliError.Junose(column, word.Length == 0 ? CliErrorKind.Incomplete : CliErrorKind.Invalid);
            }
            else if (rest.Length == 0)
            {
                error = CliError.Junose(column + text.Length, CliErrorKind.Incomplete);
            }
            else if (Pattern(rest) is not { } pattern)
            {
                error = CliError.Junose(column + text.Length - rest.Length, CliErrorKind.Invalid);
            }
            else
            {
                filters.Add(found[0] == "begin" ? new FindFilter(pattern) : new MatchFilter(pattern, keep: found[0] == "include"));
            }

            at = end;
        }

        return error is null ? filters : null;
    }

    private static Regex? Pattern(string text)
    {
        string pattern = text.Length >= 2 && text[0] == '"' && text[^1] == '"' ? text[1..^1] : text;
        try
        {
            // An engine without backtracking: no pattern of an operator can hang a session.
            return pattern.Length == 0 ? null : new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}
