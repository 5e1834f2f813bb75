using RouterOS.Proto.Flow.V1;

namespace RouterOS.Flow.Nodes;

/// <summary>Policies by pair of zones, in order, with their hit counts.</summary>
internal sealed class PolicyTable
{
    /// <summary>Number that stands for the default policy.</summary>
    public const uint DefaultPolicy = 0;

    private readonly Dictionary<ulong, PolicyRule[]> _sets = [];
    private readonly Dictionary<string, ulong> _keys = new(StringComparer.Ordinal);
    private readonly Dictionary<uint, PolicyHitCount> _hits = new() { [DefaultPolicy] = new() };

    /// <summary>Changes with every change of zones or policies, so that sessions are judged again.</summary>
    public uint Generation { get; private set; } = 1;

    /// <summary>What happens to flows that no policy matches.</summary>
    public bool DefaultPermit { get; private set; }

    /// <summary>Hit counts by policy number.</summary>
    public IReadOnlyDictionary<uint, PolicyHitCount> Hits => _hits;

    /// <summary>Zones or policies have changed.</summary>
    public void Changed() => Generation++;

    public void SetDefault(bool permit)
    {
        DefaultPermit = permit;
        Changed();
    }

    public void Set(string key, PolicySetRow row)
    {
        ulong pair = Pair(row.FromZone, row.ToZone);
        _keys[key] = pair;
        _sets[pair] = [.. row.Rules.Select(rule => new PolicyRule(rule))];
        foreach (PolicyRuleRow rule in row.Rules)
        {
            _hits.TryAdd(rule.Id, new PolicyHitCount());
        }

        Changed();
    }

    public void Remove(string key)
    {
        if (_keys.Remove(key, out ulong pair))
        {
            _sets.Remove(pair);
            Changed();
        }
    }

    /// <summary>Judges the first packet of a flow.</summary>
    public PolicyVerdict Judge(uint fromZone, uint toZone, in FlowKey key)
    {
        if (_sets.TryGetValue(Pair(fromZone, toZone), out PolicyRule[]? rules))
        {
            foreach (PolicyRule rule in rules)
            {
                if (rule.Matches(key, out uint timeout))
                {
                    return new PolicyVerdict(rule.Id, rule.Action, timeout);
                }
            }
        }

        return new PolicyVerdict(DefaultPolicy, DefaultPermit ? Policy.Types.Action.Permit : Policy.Types.Action.Deny, 0);
    }

    /// <summary>Counts a packet that a policy judged; <paramref name="session"/> when it opened a session.</summary>
    public void Hit(uint policy, bool session)
    {
        if (_hits.TryGetValue(policy, out PolicyHitCount? count))
        {
            count.Packets++;
            count.Sessions += session ? 1u : 0;
        }
    }

    private static ulong Pair(uint fromZone, uint toZone) => ((ulong)fromZone << 32) | toZone;
}
