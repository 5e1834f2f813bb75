namespace RouterOS.Sdk.Configuration;

/// <summary>A statement whose statements another may inherit.</summary>
/// <param name="Name">Name of what it is part of, for exceptions.</param>
/// <param name="Label">What is said of what is taken from it: <c>inherited from group 'g'</c>.</param>
/// <param name="Statement">The statement.</param>
public sealed record InheritanceSource(string Name, string Label, Statement Statement);
