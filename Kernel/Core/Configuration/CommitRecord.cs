namespace RouterOS.Core.Configuration;

/// <summary>One committed configuration of the history.</summary>
/// <param name="Sequence">Number of the commit since the history began.</param>
/// <param name="Id">Unique name of the commit.</param>
/// <param name="Time">When it was made.</param>
/// <param name="User">Who made it.</param>
/// <param name="Client">By what: <c>cli</c>, <c>file</c>, <c>other</c>.</param>
/// <param name="Comment">What the operator said about it; empty for nothing.</param>
public sealed record CommitRecord(long Sequence, Guid Id, DateTimeOffset Time, string User, string Client, string Comment);
