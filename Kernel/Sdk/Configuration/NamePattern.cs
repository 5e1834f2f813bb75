using System.Text;
using System.Text.RegularExpressions;

namespace RouterOS.Sdk.Configuration;

/// <summary>Names that stand for several: <c>&lt;ge-*&gt;</c> in groups, with <c>*</c>, <c>?</c> and <c>[a-f]</c> between the angles.</summary>
public static class NamePattern
{
    /// <summary>True for a name in angles.</summary>
    public static bool IsPattern(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Between(name) is { } glob && TryRead(glob, out _);
    }

    /// <summary>True when a name is the other, or one of those that the other in angles stands for.</summary>
    public static bool Matches(string pattern, string name) =>
        pattern == name || (Between(pattern) is { } glob && TryRead(glob, out Regex? regex) && regex!.IsMatch(name));

    /// <summary>Reads what stands between angles; null when it is no pattern.</summary>
    public static Regex? Read(string glob) => TryRead(glob, out Regex? regex) ? regex : null;

    /// <summary>A syntax that takes such names besides its own.</summary>
    internal static ValueSyntax Allowed(ValueSyntax syntax) => syntax with
    {
        Read = text => IsPattern(text) ? text : syntax.Read?.Invoke(text),
        Reference = string.Empty,
    };

    private static string? Between(string name) => name.Length > 2 && name[0] == '<' && name[^1] == '>' ? name[1..^1] : null;

    private static bool TryRead(string glob, out Regex? regex)
    {
        StringBuilder text = new("^");
        for (int i = 0; i < glob.Length; i++)
        {
            int end = glob[i] == '[' ? glob.IndexOf(']', i) : -1;
            if (end > i + 1)
            {
                string set = glob[(i + 1)..end];
                text.Append('[').Append(set[0] == '!' ? "^" + Quoted(set[1..]) : Quoted(set)).Append(']');
                i = end;
            }
            else
            {
                text.Append(glob[i] switch { '*' => ".*", '?' => ".", _ => Regex.Escape(glob[i].ToString()) });
            }
        }

        try
        {
            // Without going back: no pattern makes a commit slow.
            regex = new Regex(text.Append('$').ToString(), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            regex = null;
            return false;
        }
    }

    private static string Quoted(string set) =>
        set.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("[", "\\[", StringComparison.Ordinal).Replace("^", "\\^", StringComparison.Ordinal);
}
