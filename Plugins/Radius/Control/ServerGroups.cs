using RouterOS.Proto.Radius.V1;

namespace RouterOS.Radius.Control;

/// <summary>Groups of servers as configured; what a server has counted and how it fares stays over commits.</summary>
internal sealed class ServerGroups
{
    private Dictionary<string, Group> _groups = new(StringComparer.Ordinal);

    public IEnumerable<Group> All => _groups.Values;

    public IEnumerable<RadiusServer> Servers => All.SelectMany(g => g.Authentication.Servers.Concat(g.Accounting.Servers));

    public Group? Find(string name) => _groups.GetValueOrDefault(name);

    /// <summary>Takes a committed intent. Requests on their way go on with the servers that they have.</summary>
    public void Apply(RadiusIntent intent)
    {
        Dictionary<string, Group> wanted = new(StringComparer.Ordinal);
        foreach (ServerGroup group in intent.Groups)
        {
            Group? before = _groups.GetValueOrDefault(group.Name);
            // A message without defaults is equal only to what was configured alike.
            wanted[group.Name] = before is not null && before.Intent.Equals(group) ? before : new Group(
                group,
                Make(group, group.AuthenticationServers, accounting: false, before?.Authentication),
                Make(group, group.AccountingServers, accounting: true, before?.Accounting));
        }

        _groups = wanted;
    }

    private static ServerSet Make(ServerGroup group, IEnumerable<Server> servers, bool accounting, ServerSet? before) => new(
        [.. servers.Select(s =>
        {
            ServerPolicy policy = ServerPolicy.Of(s, group, accounting);
            RadiusServer? known = before?.Servers.FirstOrDefault(k => k.Policy.Address == policy.Address && k.Policy.Port == policy.Port);
            return new RadiusServer(policy, group.Name, accounting, known?.Counters ?? new ServerCounters())
            {
                // A changed configuration may be what brings it back: it is asked.
                IsSilent = known?.IsSilent ?? false,
            };
        })],
        group.Order == Order.RoundRobin);
}

/// <summary>Servers that are asked together.</summary>
internal sealed record Group(ServerGroup Intent, ServerSet Authentication, ServerSet Accounting)
{
    public string Name => Intent.Name;

    /// <summary>The servers know that the router has started.</summary>
    public bool IsAnnounced { get; set; }
}
