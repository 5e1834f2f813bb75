namespace RouterOS.Radius.Control;

/// <summary>Servers that are asked for the same: in which order, and what waits for room at them.</summary>
internal sealed class ServerSet(IReadOnlyList<RadiusServer> servers, bool roundRobin)
{
    /// <summary>Requests that may wait for room.</summary>
    public const int MaximumQueued = 8192;

    private int _turn;

    public IReadOnlyList<RadiusServer> Servers { get; } = servers;

    /// <summary>Requests that wait for room, the oldest first.</summary>
    public Queue<RadiusRequest> Queue { get; } = new();

    /// <summary>Whom to ask, one after the other: those that are not known to be silent, or else all, for somebody has to be asked.</summary>
    public IReadOnlyList<RadiusServer> Candidates(DateTimeOffset now)
    {
        int first = roundRobin && Servers.Count > 0 ? _turn++ % Servers.Count : 0;
        List<RadiusServer> order = [.. Servers.Skip(first), .. Servers.Take(first)];
        List<RadiusServer> alive = order.FindAll(s => s.DeadUntil <= now);
        return alive.Count > 0 ? alive : order;
    }
}
