namespace RouterOS.Sdk.Configuration.Scripts;

/// <summary>A mode of the command line, with the commands that can be typed in it.</summary>
/// <param name="Prompt">What the prompt has in parentheses: <c>config-if</c>.</param>
/// <param name="Commands">The commands, in the order in which a script has them.</param>
public sealed record ScriptMode(string Prompt, IReadOnlyList<ScriptCommand> Commands);
