using RouterOS.Sdk.Configuration;
using RouterOS.Sdk.Configuration.Scripts;

namespace RouterOS.Core.Configuration.Junose;

/// <summary>A line of a script that was carried out.</summary>
/// <param name="Position">Where it stands.</param>
/// <param name="Text">Its words, secrets left out.</param>
/// <param name="Command">The command.</param>
/// <param name="Path">Path of the statement that it is about.</param>
internal sealed record ScriptLine(SourcePosition Position, string Text, ScriptCommand Command, string Path);
