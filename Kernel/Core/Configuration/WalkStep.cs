using RouterOS.Sdk.Configuration;

namespace RouterOS.Core.Configuration;

/// <summary>One statement that words led through.</summary>
/// <param name="Schema">Its schema.</param>
/// <param name="Name">Its keyword.</param>
/// <param name="Values">Its keys or values.</param>
/// <param name="Parent">Index of the step it stands below; -1 for where the walk began.</param>
/// <param name="Position">Where its first word stands.</param>
internal sealed record WalkStep(StatementSchema Schema, string Name, List<string> Values, int Parent, SourcePosition Position);
