namespace RouterOS.Aaa.Control;

/// <summary>A session of a user that was let in.</summary>
internal sealed record AaaUser(
    ulong Session, string Name, uint Address, string Pool, string VirtualRouter, string CallingStation, DateTimeOffset Since);
