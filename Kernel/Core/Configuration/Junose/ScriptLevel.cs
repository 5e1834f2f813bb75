using RouterOS.Sdk.Configuration.Scripts;

namespace RouterOS.Core.Configuration.Junose;

/// <summary>A mode that was entered, and the statement that its commands change.</summary>
/// <param name="Mode">The mode.</param>
/// <param name="Prompt">What the prompt has in parentheses.</param>
/// <param name="Path">Names and keys from the root to the statement; empty for global mode.</param>
internal sealed record ScriptLevel(ScriptMode Mode, string Prompt, IReadOnlyList<(string Name, IReadOnlyList<string> Keys)> Path);
