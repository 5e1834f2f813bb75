using RouterOS.Sdk.Configuration;

namespace RouterOS.Core.Configuration;

/// <summary>What becomes of one statement of a file.</summary>
/// <param name="Position">Where it stands.</param>
/// <param name="Statement">Its whole text as words from the root, secrets left out.</param>
/// <param name="Verdict">What the router does with it, and why.</param>
public sealed record CheckRow(SourcePosition Position, string Statement, Verdict Verdict);
