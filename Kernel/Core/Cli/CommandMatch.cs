using RouterOS.Sdk.Cli;

namespace RouterOS.Core.Cli;

/// <summary>What words of an operational command led to.</summary>
internal sealed class CommandMatch
{
    /// <summary>The command; null when the words name none.</summary>
    public OperationalCommand? Command { get; set; }

    /// <summary>Options that were given.</summary>
    public Dictionary<string, string> Arguments { get; } = new(StringComparer.Ordinal);

    /// <summary>Why the words are no command; null when they are one.</summary>
    public CliError? Error { get; set; }

    /// <summary>Where the words led, for completion.</summary>
    public required CommandTree.Node Node { get; set; }

    /// <summary>Option whose value is the next word; null for none.</summary>
    public CommandOption? Pending { get; set; }

    /// <summary>True when options were given, so that no further keyword of the command's name may follow.</summary>
    public bool InOptions { get; set; }
}
