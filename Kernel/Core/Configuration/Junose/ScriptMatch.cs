using RouterOS.Core.Cli;
using RouterOS.Sdk.Configuration.Scripts;

namespace RouterOS.Core.Configuration.Junose;

/// <summary>What the words of a line mean in a mode.</summary>
internal sealed class ScriptMatch
{
    /// <summary>The command; null when there is none.</summary>
    public ScriptCommand? Command { get; set; }

    /// <summary>The <c>no</c> form.</summary>
    public bool IsNo { get; set; }

    /// <summary>The <c>default</c> form.</summary>
    public bool IsDefault { get; set; }

    /// <summary>Values by parameter, in canonical form; a flag has none.</summary>
    public Dictionary<string, List<string>> Values { get; } = new(StringComparer.Ordinal);

    /// <summary>Why the words are no command; null when they are one.</summary>
    public CliError? Error { get; set; }

    /// <summary>What would be right in place of the error.</summary>
    public string Expected { get; set; } = string.Empty;

    /// <summary>Number of words that were understood.</summary>
    public int Understood { get; set; }

    /// <summary>Indexes of words that nobody may see.</summary>
    public HashSet<int> Secrets { get; } = [];

    /// <summary>What may follow the words.</summary>
    public List<CompletionItem> Next { get; } = [];

    /// <summary>The first value of a parameter, or null.</summary>
    public string? Value(string name) => Values.TryGetValue(name, out List<string>? values) && values.Count > 0 ? values[0] : null;
}
