using RouterOS.Sdk.Configuration;

namespace RouterOS.Core.Configuration.Junos;

/// <summary>A statement as written: words and a block, before any schema has looked at it.</summary>
internal sealed class JunosStatement
{
    /// <summary>Words, texts and brackets before the block or the semicolon.</summary>
    public List<JunosToken> Words { get; } = [];

    /// <summary>What stands between its braces; null for none.</summary>
    public List<JunosStatement>? Block { get; set; }

    /// <summary>Marked <c>inactive:</c>.</summary>
    public bool Inactive { get; set; }

    /// <summary>Marked <c>replace:</c>.</summary>
    public bool Replace { get; set; }

    /// <summary>Comments before it.</summary>
    public List<string> Comments { get; } = [];

    /// <summary>Where it begins.</summary>
    public SourcePosition Position => Words.Count > 0 ? Words[0].Position : default;
}
