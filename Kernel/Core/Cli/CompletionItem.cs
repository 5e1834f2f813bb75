using RouterOS.Sdk.Configuration;

namespace RouterOS.Core.Cli;

/// <summary>Something that may stand next.</summary>
/// <param name="Text">The word, or a placeholder.</param>
/// <param name="Help">Its help.</param>
/// <param name="Literal">False for a placeholder.</param>
/// <param name="Mark"><c>&gt;</c> before statements, <c>+</c> before lists.</param>
internal sealed record CompletionItem(string Text, string Help, bool Literal = true, string Mark = "")
{
    /// <summary>What a value may be: its choices, names that exist, and its placeholder.</summary>
    public static IEnumerable<CompletionItem> OfValue(ValueSyntax syntax, string help, IEnumerable<string> suggestions, string partial)
    {
        if (syntax.Read is not null && partial.Length == 0)
        {
            yield return new CompletionItem(
                $"<{syntax.Placeholder}>", syntax.HelpSuffix.Length == 0 ? help : $"{help} ({syntax.HelpSuffix})", Literal: false);
        }

        foreach (ValueChoice choice in syntax.Choices.Where(c => c.Text.StartsWith(partial, StringComparison.Ordinal)))
        {
            yield return new CompletionItem(choice.Text, choice.Help);
        }

        HashSet<string> seen = [.. syntax.Choices.Select(c => c.Text)];
        foreach (string suggestion in suggestions.Where(s => s.StartsWith(partial, StringComparison.Ordinal) && seen.Add(s)))
        {
            yield return new CompletionItem(suggestion, string.Empty);
        }
    }
}
