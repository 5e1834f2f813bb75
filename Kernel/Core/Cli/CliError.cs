namespace RouterOS.Core.Cli;

/// <summary>A line that was not understood.</summary>
/// <param name="Column">Column of the line, from 1, that the caret points at.</param>
/// <param name="Message">What the operator reads, without the final stop.</param>
internal sealed record CliError(int Column, string Message)
{
    /// <summary>What is wrong.</summary>
    public CliErrorKind Kind { get; init; }

    /// <summary>The error in the words of JUNOSe.</summary>
    public static CliError Junose(int column, CliErrorKind kind) => new(column, kind switch
    {
        CliErrorKind.Ambiguous => "% ambiguous command",
        CliErrorKind.Incomplete => "% incomplete command",
        _ => "% invalid input detected at '^' marker.",
    })
    {
        Kind = kind,
    };
}
