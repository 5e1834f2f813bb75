namespace RouterOS.Core.Cli;

/// <summary>How a line ended.</summary>
/// <param name="Status">0 done, 1 failed, 2 not understood.</param>
internal sealed record CliOutcome(int Status)
{
    public static readonly CliOutcome Done = new(0);

    public static readonly CliOutcome Failed = new(1);

    /// <summary>Why the line was not understood; null when it was.</summary>
    public CliError? Error { get; init; }

    /// <summary>The session has ended.</summary>
    public bool Closed { get; init; }

    /// <summary>The line must come again with what the operator types until Ctrl-D.</summary>
    public bool WantsInput { get; init; }

    /// <summary>Configuration mode has ended.</summary>
    public bool LeavesMode { get; init; }

    public static CliOutcome Misunderstood(int column, string message) => new(2) { Error = new CliError(column, message) };
}
