using RouterOS.Sdk.Configuration;

namespace RouterOS.Core.Configuration;

/// <summary>One thing that is wrong in the text of a configuration or a command.</summary>
/// <param name="Position">Where.</param>
/// <param name="Statement">The statement's words as far as they were understood; empty when none were.</param>
/// <param name="Message">One sentence: what is wrong.</param>
/// <param name="Allowed">What could stand there instead; empty when that is no list.</param>
public sealed record ConfigurationDiagnostic(
    SourcePosition Position, string Statement, string Message, IReadOnlyList<string> Allowed)
{
    // A schema level may have hundreds of words: the first ones show the kind of thing.
    private const int ShownWords = 12;

    /// <summary>The message with what is allowed, on one line and without the position.</summary>
    public string Explanation
    {
        get
        {
            string allowed = Allowed.Count == 0 ? string.Empty
                : "; allowed: " + string.Join(", ", Allowed.Take(ShownWords)) + (Allowed.Count > ShownWords ? ", …" : string.Empty);
            return Message + allowed;
        }
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"line {Position.Line}, column {Position.Column}: {(Statement.Length == 0 ? string.Empty : $"'{Statement}': ")}{Explanation}";
}
