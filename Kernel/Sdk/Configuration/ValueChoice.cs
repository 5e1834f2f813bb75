namespace RouterOS.Sdk.Configuration;

/// <summary>One word that a value may be.</summary>
/// <param name="Text">The word.</param>
/// <param name="Help">Its help.</param>
/// <param name="Verdict">What the router does with a statement that has it; null: as the statement says.</param>
public sealed record ValueChoice(string Text, string Help, Verdict? Verdict = null);
