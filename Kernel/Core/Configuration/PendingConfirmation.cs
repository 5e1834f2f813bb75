namespace RouterOS.Core.Configuration;

/// <summary>A commit that is undone unless it is confirmed.</summary>
/// <param name="Commit">The commit.</param>
/// <param name="Deadline">When it is undone.</param>
/// <param name="RollbackSequence">The commit whose configuration comes back then; 0 for the empty configuration.</param>
public sealed record PendingConfirmation(Guid Commit, DateTimeOffset Deadline, long RollbackSequence);
