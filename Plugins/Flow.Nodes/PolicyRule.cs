using RouterOS.Proto.Flow.V1;

namespace RouterOS.Flow.Nodes;

/// <summary>One policy, ready to be matched.</summary>
internal sealed class PolicyRule
{
    private readonly PolicyPrefixes _sources;
    private readonly PolicyPrefixes _destinations;
    private readonly PolicyApplication[] _applications;
    private readonly uint[] _fromZones;
    private readonly uint[] _toZones;

    public PolicyRule(PolicyRuleRow row)
    {
        Id = row.Id;
        Action = row.Action;
        ProtectionName = row.Protection;
        Inbound = row.Inbound;
        _sources = new PolicyPrefixes(row.Sources, row.SourceExcluded);
        _destinations = new PolicyPrefixes(row.Destinations, row.DestinationExcluded);
        _fromZones = [.. row.FromZones];
        _toZones = [.. row.ToZones];
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

    /// <summary>True when a policy of all zones is about these.</summary>
    public bool IsBetween(uint fromZone, uint toZone) =>
        (_fromZones.Length == 0 || _fromZones.AsSpan().Contains(fromZone)) && (_toZones.Length == 0 || _toZones.AsSpan().Contains(toZone));

    /// <summary>True when the policy is about this flow; <paramref name="timeout"/> is its application's, 0 for the protocol's own.</summary>
    public bool Matches(in FlowKey key, byte icmpCode, UInt128 source6, UInt128 destination6, out ushort timeout)
    {
        timeout = 0;
        bool addresses = key.IsVersion6
            ? _sources.Matches(source6) && _destinations.Matches(destination6)
            : _sources.Matches(key.Source) && _destinations.Matches(key.Destination);
        return addresses && MatchesApplication(key, icmpCode, out timeout);
    }

    private bool MatchesApplication(in FlowKey key, byte icmpCode, out ushort timeout)
    {
        foreach (ref readonly PolicyApplication application in _applications.AsSpan())
        {
            if (application.Matches(key, icmpCode))
            {
                timeout = application.TimeoutSeconds;
                return true;
            }
        }

        timeout = 0;
        return _applications.Length == 0;
    }
}
