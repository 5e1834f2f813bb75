using RouterOS.Packets;
using RouterOS.Proto.Flow.V1;

namespace RouterOS.Flow.Nodes;

/// <summary>One policy, ready to be matched.</summary>
internal sealed class PolicyRule
{
    private readonly (uint Prefix, uint Mask)[] _sources;
    private readonly (uint Prefix, uint Mask)[] _destinations;
    private readonly Application[] _applications;

    public PolicyRule(PolicyRuleRow row)
    {
        Id = row.Id;
        Action = row.Action;
        _sources = [.. row.Sources.Select(Compile)];
        _destinations = [.. row.Destinations.Select(Compile)];
        _applications = [.. row.Applications];
    }

    public uint Id { get; }

    public Policy.Types.Action Action { get; }

    /// <summary>True when the policy is about this flow; <paramref name="timeout"/> is its application's, 0 for the protocol's own.</summary>
    public bool Matches(in FlowKey key, out uint timeout)
    {
        timeout = 0;
        return Contains(_sources, key.Source) && Contains(_destinations, key.Destination) && MatchesApplication(key, out timeout);
    }

    private static (uint Prefix, uint Mask) Compile(PrefixRow row)
    {
        uint mask = Ipv4Address.Mask((int)row.PrefixLength);
        return (row.Prefix & mask, mask);
    }

    private static bool Contains((uint Prefix, uint Mask)[] prefixes, uint address)
    {
        foreach ((uint prefix, uint mask) in prefixes)
        {
            if ((address & mask) == prefix)
            {
                return true;
            }
        }

        return prefixes.Length == 0;
    }

    private bool MatchesApplication(in FlowKey key, out uint timeout)
    {
        foreach (Application application in _applications)
        {
            if ((application.Protocol == 0 || application.Protocol == key.Protocol)
                && InRange(application.FirstSourcePort, application.LastSourcePort, key.SourcePort)
                && InRange(application.FirstDestinationPort, application.LastDestinationPort, key.DestinationPort))
            {
                timeout = application.TimeoutSeconds;
                return true;
            }
        }

        timeout = 0;
        return _applications.Length == 0;
    }

    // 0 to 0 is how an application says that it does not care.
    private static bool InRange(uint first, uint last, uint port) => (first == 0 && last == 0) || (first <= port && port <= last);
}
