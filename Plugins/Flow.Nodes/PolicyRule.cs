using RouterOS.Proto.Flow.V1;

namespace RouterOS.Flow.Nodes;

/// <summary>One policy, ready to be matched.</summary>
internal sealed class PolicyRule
{
    private readonly PolicyPrefixes _sources;
    private readonly PolicyPrefixes _destinations;
    private readonly PolicyApplication[] _applications;

    public PolicyRule(PolicyRuleRow row)
    {
        Id = row.Id;
        Action = row.Action;
        ProtectionName = row.Protection;
        Inbound = row.Inbound;
        _sources = new PolicyPrefixes(row.Sources);
        _destinations = new PolicyPrefixes(row.Destinations);
        _applications = [.. row.Applications.Select(application => new PolicyApplication(application))];
    }

    public uint Id { get; }

    public Policy.Types.Action Action { get; }

    /// <summary>Name of the protection that packets of the policy leave by, or (<see cref="Inbound"/>) come by; empty: none.</summary>
    public string ProtectionName { get; }

    public bool Inbound { get; }

    /// <summary>Its number; 0 for none, <see cref="PolicyTable.UnknownProtection"/> while no protection has the name.</summary>
    public uint Protection { get; set; }

    /// <summary>Why a row cannot be compiled, or null.</summary>
    public static string? Fault(PolicyRuleRow row) =>
        row.Id is 0 or > PolicyTable.MaximumPolicy ? $"Policy {row.Name} has number {row.Id}, which is not in 1 to {PolicyTable.MaximumPolicy}."
        : row.Action is not (Policy.Types.Action.Permit or Policy.Types.Action.Deny or Policy.Types.Action.Reject)
            ? $"Policy {row.Name} has no action."
        : row.Protection.Length > 0 && row.Action != Policy.Types.Action.Permit ? $"Policy {row.Name} names a protection but does not permit."
        : row.Sources.Concat(row.Destinations).Any(prefix => !PolicyPrefixes.IsPossible(prefix)) ? $"Policy {row.Name} has a prefix longer than its address."
        : null;

    /// <summary>True when the policy is about this flow; <paramref name="timeout"/> is its application's, 0 for the protocol's own.</summary>
    public bool Matches(in FlowKey key, UInt128 source6, UInt128 destination6, out ushort timeout)
    {
        timeout = 0;
        bool addresses = key.IsVersion6
            ? _sources.Contains(source6) && _destinations.Contains(destination6)
            : _sources.Contains(key.Source) && _destinations.Contains(key.Destination);
        return addresses && MatchesApplication(key, out timeout);
    }

    private bool MatchesApplication(in FlowKey key, out ushort timeout)
    {
        foreach (ref readonly PolicyApplication application in _applications.AsSpan())
        {
            if (application.Matches(key))
            {
                timeout = application.TimeoutSeconds;
                return true;
            }
        }

        timeout = 0;
        return _applications.Length == 0;
    }
}
