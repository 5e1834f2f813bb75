namespace RouterOS.Sdk.Configuration;

/// <summary>One key of a list entry.</summary>
/// <param name="Keyword">Word that stands before the key (<c>to-zone</c>); empty for none. The first key has none: the list's name stands there.</param>
/// <param name="Value">What the key may be.</param>
public sealed record KeySyntax(string Keyword, ValueSyntax Value);
