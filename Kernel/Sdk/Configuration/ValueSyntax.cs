using System.Diagnostics.CodeAnalysis;

namespace RouterOS.Sdk.Configuration;

/// <summary>What a value may be: reads it, brings it into canonical form, says what is allowed, and completes it.</summary>
/// <param name="Placeholder">Name shown as <c>&lt;placeholder&gt;</c> in help.</param>
/// <param name="Expected">What is allowed, for errors: "a number from 180 to 86400".</param>
public sealed record ValueSyntax(string Placeholder, string Expected)
{
    /// <summary>Appended to the statement's help in parentheses: <c>180..86400 seconds</c>; empty for nothing.</summary>
    public string HelpSuffix { get; init; } = string.Empty;

    /// <summary>The words that a value may be, or may also be when <see cref="Read"/> takes others.</summary>
    public IReadOnlyList<ValueChoice> Choices { get; init; } = [];

    /// <summary>Canonical form of a text that is no choice, or null when it is not allowed. Null: only choices are.</summary>
    public Func<string, string?>? Read { get; init; }

    /// <summary>True for keys and passwords: kept and shown obfuscated, sealed on disk, never logged.</summary>
    public bool Secret { get; init; }

    /// <summary>Path of a list whose entries' names the value must be one of ("security ike proposal"); empty for none.</summary>
    public string Reference { get; init; } = string.Empty;

    /// <summary>Values worth offering for completion, from the candidate's root.</summary>
    public Func<StatementView, IEnumerable<string>>? Suggest { get; init; }

    /// <summary>Brings a text into canonical form; false when it is not allowed.</summary>
    public bool TryAccept(string text, [NotNullWhen(true)] out string? canonical)
    {
        ArgumentNullException.ThrowIfNull(text);
        canonical = Choice(text)?.Text ?? Read?.Invoke(text);
        return canonical is not null;
    }

    /// <summary>The choice of a text, or null.</summary>
    public ValueChoice? Choice(string text)
    {
        foreach (ValueChoice choice in Choices)
        {
            if (string.Equals(choice.Text, text, StringComparison.Ordinal))
            {
                return choice;
            }
        }

        return null;
    }

    /// <summary>The same, with words allowed besides.</summary>
    public ValueSyntax Or(params ValueChoice[] choices) => this with
    {
        Choices = [.. Choices, .. choices],
        Expected = Expected + " or " + string.Join(", ", choices.Select(c => c.Text)),
    };

    /// <summary>The same, with another completion.</summary>
    public ValueSyntax Suggesting(Func<StatementView, IEnumerable<string>> suggest) => this with { Suggest = suggest };
}
