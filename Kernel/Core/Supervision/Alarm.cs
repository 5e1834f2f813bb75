namespace RouterOS.Core.Supervision;

/// <summary>Something that is not as it should be, now.</summary>
/// <param name="Id">Names the cause: a second alarm of the same id replaces the first.</param>
/// <param name="Since">When it was raised first.</param>
/// <param name="Major">True when traffic or a whole protocol suffers.</param>
/// <param name="Text">One sentence.</param>
public sealed record Alarm(string Id, DateTimeOffset Since, bool Major, string Text);
