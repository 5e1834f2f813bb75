using RouterOS.Proto.Flow.V1;

namespace RouterOS.Flow.Nodes;

/// <summary>Policies by pair of zones, in order, with their hit counts.</summary>
internal sealed class PolicyTable
{
    /// <summary>Number that stands for the default policy.</summary>
    public const uint DefaultPolicy = 0;

    /// <summary>Largest number of a policy.</summary>
    public const uint MaximumPolicy = 65535;

    /// <summary>Stands for a protection that no row has: nothing comes or leaves by it.</summary>
    public const uint UnknownProtection = uint.MaxValue;

    /// <summary>Stands in place of both zones for the policies of all zones.</summary>
    public const uint AllZones = 0;

    private readonly Func<string, uint> _findProtection;
    private readonly Dictionary<ulong, PolicyRule[]> _sets = [];
    private readonly Dictionary<string, ulong> _keys = new(StringComparer.Ordinal);
    private PolicyRule[] _ofAllZones = [];
    private PolicyHitCount[] _hits = new PolicyHitCount[64];

    /// <summary>An empty table.</summary>
    /// <param name="findProtection">Number of a protection by its name, 0 for none.</param>
    public PolicyTable(Func<string, uint>? findProtection = null)
    {
        _findProtection = findProtection ?? (_ => 0);
        _hits[DefaultPolicy].IsKnown = true;
    }

    /// <summary>Changes with every change of zones or policies, so that sessions are judged again.</summary>
    public uint Generation { get; private set; } = 1;

    /// <summary>What happens to flows that no policy matches.</summary>
    public bool DefaultPermit { get; private set; }

    /// <summary>Hit counts by policy number.</summary>
    public ReadOnlySpan<PolicyHitCount> Hits => _hits;

    /// <summary>Zones or policies have changed.</summary>
    public void Changed() => Generation++;

    public void SetDefault(bool permit)
    {
        DefaultPermit = permit;
        Changed();
    }

    /// <summary>Takes the policies of a pair of zones, all without a <see cref="PolicyRule.Fault"/>.</summary>
    public void Set(string key, PolicySetRow row)
    {
        Remove(key);
        ulong pair = Pair(row.FromZone, row.ToZone);
        _keys[key] = pair;
        _sets[pair] = [.. row.Rules.Select(rule => new PolicyRule(rule))];
        Array.ForEach(_sets[pair], Resolve);
        _ofAllZones = _sets.GetValueOrDefault(Pair(AllZones, AllZones)) ?? [];
        foreach (PolicyRuleRow rule in row.Rules)
        {
            if (rule.Id >= (uint)_hits.Length)
            {
                Array.Resize(ref _hits, (int)Math.Max(rule.Id + 1, (uint)_hits.Length * 2));
            }

            _hits[rule.Id].IsKnown = true;
            (_hits[rule.Id].LogsBegin, _hits[rule.Id].LogsEnd) = (rule.LogBegin, rule.LogEnd);
        }

        Changed();
    }

    /// <summary>Names of protections have changed.</summary>
    public void ResolveProtections()
    {
        bool isConcerned = false;
        foreach (PolicyRule rule in _sets.Values.SelectMany(rules => rules).Where(rule => rule.ProtectionName.Length > 0))
        {
            Resolve(rule);
            isConcerned = true;
        }

        if (isConcerned)
        {
            Changed();
        }
    }

    public void Remove(string key)
    {
        if (_keys.Remove(key, out ulong pair))
        {
            _sets.Remove(pair);
            _ofAllZones = _sets.GetValueOrDefault(Pair(AllZones, AllZones)) ?? [];
            Changed();
        }
    }

    /// <summary>Judges the first packet of a flow.</summary>
    public PolicyVerdict Judge(
        uint fromZone, uint toZone, in FlowKey key, UInt128 source6 = default, UInt128 destination6 = default, byte icmpCode = 0)
    {
        if (_sets.TryGetValue(Pair(fromZone, toZone), out PolicyRule[]? rules))
        {
            foreach (PolicyRule rule in rules)
            {
                if (rule.Matches(key, icmpCode, source6, destination6, out ushort timeout))
                {
                    return new PolicyVerdict(rule.Id, rule.Action, timeout, rule.Protection, rule.Inbound);
                }
            }
        }

        foreach (PolicyRule rule in _ofAllZones)
        {
            if (rule.IsBetween(fromZone, toZone) && rule.Matches(key, icmpCode, source6, destination6, out ushort timeout))
            {
                return new PolicyVerdict(rule.Id, rule.Action, timeout, rule.Protection, rule.Inbound);
            }
        }

        return new PolicyVerdict(DefaultPolicy, DefaultPermit ? Policy.Types.Action.Permit : Policy.Types.Action.Deny, 0);
    }

    /// <summary>Counts a packet that a policy judged; <paramref name="session"/> when it opened a session.</summary>
    public void Hit(uint policy, bool session)
    {
        ref PolicyHitCount count = ref _hits[policy];
        count.Packets++;
        count.Sessions += session ? 1u : 0;
    }

    /// <summary>Counts packets of a policy's sessions.</summary>
    public void Hit(uint policy, uint packets) => _hits[policy].Packets += packets;

    private void Resolve(PolicyRule rule) => rule.Protection = rule.ProtectionName.Length == 0 ? 0
        : _findProtection(rule.ProtectionName) is not 0 and uint found ? found
        : UnknownProtection;

    private static ulong Pair(uint fromZone, uint toZone) => ((ulong)fromZone << 32) | toZone;
}
