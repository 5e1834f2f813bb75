namespace RouterOS.Core.Cli;

/// <summary>A line that was not understood.</summary>
/// <param name="Column">Column of the line, from 1, that the caret points at.</param>
/// <param name="Message">What the operator reads, without the final stop.</param>
internal sealed record CliError(int Column, string Message);
