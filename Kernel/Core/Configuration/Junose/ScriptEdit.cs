namespace RouterOS.Core.Configuration.Junose;

/// <summary>What became of a command.</summary>
/// <param name="Cursor">Where the operator is after it.</param>
/// <param name="Refusal">Why nothing was changed; null when it was.</param>
/// <param name="Path">Path of the statement that it is about, as errors and verdicts name it.</param>
internal sealed record ScriptEdit(ScriptCursor Cursor, string? Refusal, string Path);
