using RouterOS.Proto.Config.V1;

namespace RouterOS.Core.Configuration;

/// <summary>What became of a commit.</summary>
/// <param name="Succeeded">True when the candidate is sound and, unless it was only to be judged, in force.</param>
/// <param name="Findings">Errors, which refuse it, and warnings, which do not.</param>
public sealed record CommitResult(bool Succeeded, IReadOnlyList<Finding> Findings);
