namespace RouterOS.Core.Cli;

/// <summary>What is wrong with a line.</summary>
internal enum CliErrorKind
{
    /// <summary>A word has no place where it stands.</summary>
    Invalid,

    /// <summary>A word could be several.</summary>
    Ambiguous,

    /// <summary>Something is missing at the end.</summary>
    Incomplete,
}
