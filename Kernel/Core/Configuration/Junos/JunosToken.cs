using RouterOS.Sdk.Configuration;

namespace RouterOS.Core.Configuration.Junos;

/// <summary>One token of Junos text.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Text">The word, the text without quotes, or the mark itself.</param>
/// <param name="Position">Where it begins.</param>
internal readonly record struct JunosToken(JunosTokenKind Kind, string Text, SourcePosition Position)
{
    /// <summary>True for what may be a keyword or a value.</summary>
    public bool IsWord => Kind is JunosTokenKind.Word or JunosTokenKind.Quoted;
}
