using RouterOS.Proto.Aaa.V1;
using RouterOS.Proto.Radius.V1;

namespace RouterOS.Aaa.Control;

/// <summary>A session of a user that was let in.</summary>
internal sealed record AaaUser(
    ulong Session, string Name, uint Address, string Pool, string VirtualRouter, string CallingStation, DateTimeOffset Since)
{
    /// <summary>What it came with.</summary>
    public AuthenticateRequest Request { get; init; } = new();

    /// <summary>What a server said of it; null: it was not asked.</summary>
    public AccessReply? ByServer { get; init; }

    /// <summary>Name of the session for servers: unlike any before, also of earlier lives.</summary>
    public string Label { get; init; } = string.Empty;

    /// <summary>Name of the group of servers that are told of it.</summary>
    public string AccountingGroup { get; init; } = string.Empty;

    /// <summary>Servers know that it has begun.</summary>
    public bool IsAnnounced { get; set; }
}
