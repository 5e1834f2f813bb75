namespace RouterOS.Core.Configuration;

/// <summary>How to commit the candidate.</summary>
/// <param name="User">Who commits.</param>
/// <param name="Client">By what: <c>cli</c>, <c>file</c>.</param>
public sealed record CommitRequest(string User, string Client)
{
    /// <summary>Only judge it, change nothing.</summary>
    public bool CheckOnly { get; init; }

    /// <summary>Minutes after which it is undone unless another commit confirms it; null for a commit that stays.</summary>
    public int? ConfirmWithinMinutes { get; init; }

    /// <summary>What the operator says about it.</summary>
    public string Comment { get; init; } = string.Empty;
}
