namespace RouterOS.Sdk.Plugins;

/// <summary>What came of a replay.</summary>
/// <param name="Lines">It in words.</param>
/// <param name="IsSame">It went through the same states and did the same as what was recorded.</param>
public sealed record ReplayResult(IReadOnlyList<string> Lines, bool IsSame);
