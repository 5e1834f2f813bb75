using RouterOS.Sdk.Configuration;

namespace RouterOS.Core.Configuration;

/// <summary>Where words led in a schema.</summary>
internal sealed class WalkResult
{
    /// <summary>Statements on the way; leaves on one line stand beside each other below their container.</summary>
    public List<WalkStep> Steps { get; } = [];

    /// <summary>Step below which the next word would stand; -1 for where the walk began.</summary>
    public int Context { get; set; } = -1;

    /// <summary>Schema of <see cref="Context"/>.</summary>
    public required StatementSchema ContextSchema { get; set; }

    /// <summary>The statement that misses keys or a value; null when the words are whole.</summary>
    public StatementSchema? Pending { get; set; }

    /// <summary>Keys of <see cref="Pending"/> that were given.</summary>
    public List<string> PendingValues { get; } = [];

    /// <summary>True when a key's keyword (<c>to-zone</c>) is what misses.</summary>
    public bool PendingKeyword { get; set; }

    /// <summary>True inside brackets that are not closed.</summary>
    public bool InBrackets { get; set; }

    /// <summary>Why the walk stopped; null when it did not.</summary>
    public ConfigurationDiagnostic? Error { get; set; }

    /// <summary>Index of the word that stopped it.</summary>
    public int ErrorWord { get; set; } = -1;

    /// <summary>Number of leaves, leaf-lists and flags that stand beside each other at the end.</summary>
    public int Terminals { get; set; }
}
