using RouterOS.Packets;
using RouterOS.Proto.Flow.V1;

namespace RouterOS.Flow.Nodes;

/// <summary>One policy, ready to be matched.</summary>
internal sealed class PolicyRule
{
    private readonly (uint Prefix, uint Mask)[] _sources;
    private readonly (uint Prefix, uint Mask)[] _destinations;
    private readonly PolicyApplication[] _applications;

    public PolicyRule(PolicyRuleRow row)
    {
        Id = row.Id;
        Action = row.Action;
        ProtectionName = row.Protection;
        Inbound = row.Inbound;
        _sources = [.. row.Sources.Select(Compile)];
        _destinations = [.. row.Destinations.Select(Compile)];
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
        : row.Sources.Concat(row.Destinations).Any(prefix => prefix.PrefixLength > 32) ? $"Policy {row.Name} has a prefix longer than 32 bits."
        : null;

    /// <summary>True when the policy is about this flow; <paramref name="timeout"/> is its application's, 0 for the protocol's own.</summary>
    public bool Matches(in FlowKey key, out ushort timeout)
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
