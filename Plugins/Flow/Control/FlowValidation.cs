using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Flow.V1;
using RouterOS.Proto.Kernel.V1;

namespace RouterOS.Flow.Control;

/// <summary>Checks zones and policies of a candidate. Pure.</summary>
internal static class FlowValidation
{
    /// <summary>All findings of a candidate.</summary>
    public static IReadOnlyList<Finding> Check(FlowIntent flow, SystemIntent system)
    {
        List<Finding> findings = [];
        HashSet<string> zones = new(StringComparer.Ordinal);
        Dictionary<string, string> zoneOf = new(StringComparer.Ordinal);
        HashSet<string> known = [.. system.Interfaces.SelectMany(physical => physical.Units).Select(unit => unit.Name)];
        foreach (Zone zone in flow.Zones)
        {
            if (!zones.Add(zone.Name))
            {
                findings.Add(Error(zone.Source, $"zone '{zone.Name}' is defined twice"));
            }

            foreach (ZoneInterface member in zone.Interfaces)
            {
                if (!zoneOf.TryAdd(member.Name, zone.Name))
                {
                    findings.Add(Error(
                        member.Source, $"interface {member.Name} is in zone '{zoneOf[member.Name]}' already; an interface belongs to one zone"));
                }
                else if (!known.Contains(member.Name))
                {
                    findings.Add(Warning(member.Source, $"interface {member.Name} is not configured under [edit interfaces]"));
                }
            }
        }

        HashSet<(string, string, string)> names = [];
        foreach (Policy policy in flow.Policies)
        {
            foreach (string zone in new[] { policy.FromZone, policy.ToZone }.Distinct())
            {
                if (!zones.Contains(zone))
                {
                    findings.Add(Error(policy.Source, $"zone '{zone}' of policy '{policy.Name}' is not defined"));
                }
            }

            if (!names.Add((policy.FromZone, policy.ToZone, policy.Name)))
            {
                findings.Add(Error(policy.Source, $"policy '{policy.Name}' is defined twice between these zones"));
            }

            foreach (string prefix in policy.SourcePrefixes.Concat(policy.DestinationPrefixes))
            {
                if (FlowCommit.ParsePrefix(prefix) is null)
                {
                    findings.Add(Error(policy.Source, $"'{prefix}' of policy '{policy.Name}' is not an IPv4 prefix"));
                }
            }
        }

        return findings;
    }

    private static Finding Error(Source source, string message) =>
        new() { Severity = Finding.Types.Severity.Error, Source = source, Message = message };

    private static Finding Warning(Source source, string message) =>
        new() { Severity = Finding.Types.Severity.Warning, Source = source, Message = message };
}
