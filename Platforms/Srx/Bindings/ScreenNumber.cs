namespace RouterOS.Srx.Bindings;

/// <summary>A word for a number of a header or option.</summary>
internal sealed record ScreenNumber(string Word, uint Number);
