using System.Globalization;
using System.Text;

namespace RouterOS.Scenario.Course;

/// <summary>A document's `show` outputs, line by line, without the columns that its print lost: what a file `*.layout` of
/// `Conformance/seed-003` holds.</summary>
/// <remarks>`> command` begins an output; a word is compared as it is, but `#` is any number, `%` any hexadecimal number and `?` any
/// word; `...` lets any lines follow. Blank lines do not count.</remarks>
internal static class ShowLayout
{
    /// <summary>The commands of a file, each with the lines that the document shows.</summary>
    public static List<(string Command, List<string> Lines)> Read(string path)
    {
        List<(string Command, List<string> Lines)> outputs = [];
        foreach (string line in File.ReadLines(path).Where(line => line.Length > 0))
        {
            if (line.StartsWith("> show ", StringComparison.Ordinal))
            {
                outputs.Add((line[2..], []));
            }
            else
            {
                outputs[^1].Lines.Add(line);
            }
        }

        return outputs;
    }

    /// <summary>The lines of an output that say something.</summary>
    public static List<string> Lines(string output) =>
        [.. output.Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0)];

    /// <summary>Whether the line is laid out as the document's.</summary>
    public static bool Matches(string layout, string line)
    {
        string[] wanted = Words(layout);
        string[] words = Words(line);
        return wanted.Length == words.Length && wanted.Zip(words).All(pair => IsWord(pair.First, pair.Second));
    }

    /// <summary>Both next to each other: the document on the left.</summary>
    public static string SideBySide(IReadOnlyList<string> layout, IReadOnlyList<string> lines)
    {
        int width = layout.Max(line => line.Length);
        StringBuilder text = new();
        for (int i = 0; i < lines.Count; i++)
        {
            string left = i < layout.Count ? layout[i] : string.Empty;
            text.Append(CultureInfo.InvariantCulture, $"{left.PadRight(width)} | {lines[i]}\n");
        }

        return text.ToString();
    }

    private static string[] Words(string line) => (line + ' ').Replace(": ", " : ", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static bool IsWord(string wanted, string word) => wanted switch
    {
        "?" => true,
        "#" => word.Length > 0 && word.All(char.IsAsciiDigit),
        "#/" => word.Length > 1 && word[^1] == '/' && word[..^1].All(char.IsAsciiDigit),
        "%" => word.Length > 0 && word.All(char.IsAsciiHexDigitLower),
        "#)" or "(#" or "#," => wanted.Length <= word.Length
            && word.Trim('(', ')', ',').All(char.IsAsciiDigit)
            && wanted.Replace("#", word.Trim('(', ')', ','), StringComparison.Ordinal) == word,
        _ => wanted == word,
    };
}
