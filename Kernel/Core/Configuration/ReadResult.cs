using RouterOS.Sdk.Configuration;

namespace RouterOS.Core.Configuration;

/// <summary>What became of a text.</summary>
/// <param name="Tree">What was understood.</param>
/// <param name="Errors">What was not; with an error the tree is incomplete.</param>
/// <param name="Warnings">What an operator should know.</param>
public sealed record ReadResult(
    Statement Tree, IReadOnlyList<ConfigurationDiagnostic> Errors, IReadOnlyList<ConfigurationDiagnostic> Warnings);
