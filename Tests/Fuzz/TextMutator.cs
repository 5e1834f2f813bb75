using System.Text;
using System.Text.RegularExpressions;

namespace RouterOS.Fuzz;

/// <summary>Makes hostile text out of sound text: words and lines lost, doubled, swapped and borrowed, marks and characters put in.</summary>
internal sealed partial class TextMutator
{
    private const int MaximumChanges = 5;
    private const int MaximumCharacters = 20_000;

    private static readonly string[] s_marks =
    [
        "{", "}", ";", "[", "]", "\"", "\\", "/*", "*/", "#", "##", "\\\"", "\"a\\\"b\\\\c\"", "\\n", "\n", "\r\n", "\t", "\0", "\u001b", "\ufeff", "\ud83d\ude00", "é", "…", "|", "<",
        "=", "inactive:", "replace:", "protect:", "delete:", "active:", "set ", "delete ", "to", "before", "after", "apply-groups", "-", ".", "/", ":",
        "-1", "0", "00", "256", "4294967295", "4294967296", "18446744073709551616", "99999999999999999999", "0.0.0.0/0", "255.255.255.255/33",
        "0.0.0.0", "224.0.0.1", "::/0", "1.2.3.4.5", "$9$", "$9$Q", "\"\"", "st0", "st0.0", "ge-0/0/0", "ge-0/0/0.0", "lo0", "any", "unit", "%", "{0}",
    ];

    private readonly IReadOnlyList<string> _corpus;
    private readonly string[] _words;

    public TextMutator(IReadOnlyList<string> corpus)
    {
        _corpus = corpus;
        _words = [.. corpus.SelectMany(Tokens).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The next input: an entry of the corpus, changed.</summary>
    public string Next(FuzzRandom random) => Mutate(random.Pick(_corpus), random);

    /// <summary>Changes a text.</summary>
    public string Mutate(string text, FuzzRandom random)
    {
        List<string> tokens = [.. Tokens(text)];
        for (int left = random.Next(MaximumChanges); left >= 0; left--)
        {
            Change(tokens, random);
        }

        string changed = string.Concat(tokens);
        changed = random.Next(12) switch
        {
            0 => changed[..random.Next(changed.Length)],
            1 => Splice(changed, random),
            _ => changed,
        };
        // Files and calls bring UTF-8: half of a surrogate pair never gets in.
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(changed.Length > MaximumCharacters ? changed[..MaximumCharacters] : changed));
    }

    // Words, marks and white space, each one token: joined they are the text again.
    private static IEnumerable<string> Tokens(string text) => Token().Matches(text).Select(m => m.Value);

    private void Change(List<string> tokens, FuzzRandom random)
    {
        if (tokens.Count == 0)
        {
            tokens.Add(random.Pick(s_marks));
            return;
        }

        int at = random.Next(tokens.Count);
        int other = random.Next(tokens.Count);
        int size = Math.Min(1 + random.Next(12), tokens.Count - at);
        switch (random.Next(9))
        {
            case 0:
                tokens.RemoveAt(at);
                break;
            case 1:
                tokens.RemoveRange(at, size);
                break;
            case 2:
                tokens.Insert(at, tokens[at]);
                break;
            case 3:
                tokens.InsertRange(other, tokens.GetRange(at, size));
                break;
            case 4:
                (tokens[at], tokens[other]) = (tokens[other], tokens[at]);
                break;
            case 5:
                tokens[at] = random.Pick(_words);
                break;
            case 6:
                tokens.Insert(at, random.Pick(s_marks));
                break;
            case 7:
                tokens[at] = random.Pick(s_marks);
                break;
            default:
                char[] characters = tokens[at].ToCharArray();
                characters[random.Next(characters.Length)] = random.OneIn(4) ? (char)random.Next(65536) : (char)random.Next(128);
                tokens[at] = new string(characters);
                break;
        }
    }

    private string Splice(string text, FuzzRandom random)
    {
        string other = random.Pick(_corpus);
        return string.Concat(text.AsSpan(0, random.Next(text.Length + 1)), other.AsSpan(random.Next(other.Length + 1)));
    }

    [GeneratedRegex(@"[^\S\n]+|\n|[{};\[\]""]|[^\s{};\[\]""]+", RegexOptions.CultureInvariant)]
    private static partial Regex Token();
}
