namespace RouterOS.Sdk.Configuration;

/// <summary>Where a statement stands in the text it was read from; line 0 when it was typed.</summary>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column, from 1.</param>
public readonly record struct SourcePosition(int Line, int Column);
