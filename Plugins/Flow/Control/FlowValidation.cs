using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Flow.V1;
using RouterOS.Proto.Kernel.V1;

namespace RouterOS.Flow.Control;

/// <summary>Checks zones and policies of a candidate. Pure.</summary>
internal static class FlowValidation
{
    private const uint LargestPort = 65535;

    /// <summary>All findings of a candidate.</summary>
    public static IReadOnlyList<Finding> Check(FlowIntent flow, SystemIntent system)
    {
        List<Finding> findings = [];
        SessionOptions options = flow.Sessions ?? new SessionOptions();
        if (new[] { flow.TcpMss, flow.TcpMssTunnel, options.TcpMssGreIn, options.TcpMssGreOut }.Max() > ushort.MaxValue)
        {
            findings.Add(Error(new Source(), $"the limit of TCP segments is at most {ushort.MaxValue}"));
        }

        if (new[] { options.TcpInitialTimeout, options.TimeWaitTimeout, options.RouteChangeTimeout, options.EarlyAgeout }.Max() > ushort.MaxValue)
        {
            findings.Add(Error(new Source(), $"a session's time is at most {ushort.MaxValue} seconds"));
        }

        if (options.HighWatermark > 100 || options.LowWatermark > options.HighWatermark)
        {
            findings.Add(Error(new Source(), $"the low watermark of sessions ({options.LowWatermark} percent) is at most the high one ({options.HighWatermark}), and that 100"));
        }

        HashSet<string> zones = CheckZones(flow, system, findings);
        HashSet<(string, string, string)> names = [];
        foreach (Policy policy in flow.Policies)
        {
            bool ofAllZones = policy.FromZone.Length == 0 && policy.ToZone.Length == 0;
            foreach (string zone in (ofAllZones ? policy.FromZones.Concat(policy.ToZones) : [policy.FromZone, policy.ToZone]).Distinct())
            {
                if (!zones.Contains(zone))
                {
                    findings.Add(Error(policy.Source, $"zone '{zone}' of policy '{policy.Name}' is not defined"));
                }
            }

            if (!names.Add((policy.FromZone, policy.ToZone, policy.Name)))
            {
                findings.Add(Error(policy.Source, $"policy '{policy.Name}' is defined twice {(ofAllZones ? "for all zones" : "between these zones")}"));
            }

            if (policy.Scheduler.Length > 0 && !flow.Schedulers.Any(scheduler => scheduler.Name == policy.Scheduler))
            {
                findings.Add(Error(policy.Source, $"scheduler '{policy.Scheduler}' of policy '{policy.Name}' is not defined"));
            }

            findings.AddRange(Faults(policy).Select(fault => Error(policy.Source, fault)));
        }

        if (names.Count > FlowCommit.MaximumNumber)
        {
            findings.Add(Error(flow.Policies[^1].Source, $"there are {names.Count} policies; at most {FlowCommit.MaximumNumber} are possible"));
        }

        if (findings.TrueForAll(finding => finding.Severity != Finding.Types.Severity.Error))
        {
            findings.AddRange(PolicyOrder.FindUnreached(flow.Policies).Select(pair => Warning(
                pair.Policy.Source,
                $"policy '{pair.Policy.Name}' is never reached: policy '{pair.By.Name}' before it matches the same traffic")));
        }

        return findings;
    }

    private static HashSet<string> CheckZones(FlowIntent flow, SystemIntent system, List<Finding> findings)
    {
        HashSet<string> zones = new(StringComparer.Ordinal);
        Dictionary<string, string> zoneOf = new(StringComparer.Ordinal);
        HashSet<string> known = [.. system.Interfaces.SelectMany(physical => physical.Units).Select(unit => unit.Name)];
        foreach (Zone zone in flow.Zones)
        {
            if (!zones.Add(zone.Name))
            {
                findings.Add(Error(zone.Source, $"zone '{zone.Name}' is defined twice"));
            }

            if (!IsPossible(zone.HostInbound))
            {
                findings.Add(Error(zone.Source, $"zone '{zone.Name}' accepts a protocol over {byte.MaxValue}"));
            }

            foreach (ZoneInterface member in zone.Interfaces)
            {
                if (!IsPossible(member.HostInbound))
                {
                    findings.Add(Error(member.Source, $"interface {member.Name} accepts a protocol over {byte.MaxValue}"));
                }

                if (!zoneOf.TryAdd(member.Name, zone.Name))
                {
                    findings.Add(Error(
                        member.Source, $"interface {member.Name} is in zone '{zoneOf[member.Name]}' already; an interface belongs to one zone"));
                }
                else if (!known.Contains(member.Name))
                {
                    findings.Add(Warning(member.Source, $"interface {member.Name} is not configured"));
                }
            }
        }

        return zones;
    }

    private static IEnumerable<string> Faults(Policy policy)
    {
        if (policy.Action is not (Policy.Types.Action.Permit or Policy.Types.Action.Deny or Policy.Types.Action.Reject))
        {
            yield return $"policy '{policy.Name}' neither permits nor denies nor rejects";
        }

        if (policy.Protection.Length > 0 && policy.Action != Policy.Types.Action.Permit)
        {
            yield return $"policy '{policy.Name}' names a tunnel but does not permit";
        }

        if ((policy.SourceExcluded && policy.SourcePrefixes.Count == 0) || (policy.DestinationExcluded && policy.DestinationPrefixes.Count == 0))
        {
            yield return $"policy '{policy.Name}' excludes every address";
        }

        foreach (string prefix in policy.SourcePrefixes.Concat(policy.DestinationPrefixes))
        {
            if (FlowPrefix.Parse(prefix) is null)
            {
                yield return $"'{prefix}' of policy '{policy.Name}' is not a prefix";
            }
        }

        foreach (Application application in policy.Applications)
        {
            if (!IsRange(application.FirstSourcePort, application.LastSourcePort)
                || !IsRange(application.FirstDestinationPort, application.LastDestinationPort)
                || application.Protocol > byte.MaxValue || application.IcmpCode > byte.MaxValue)
            {
                yield return $"application '{application.Name}' of policy '{policy.Name}' has a protocol or port range that does not exist";
            }
        }
    }

    private static bool IsPossible(HostInbound? host) => host is null || host.Protocols.All(protocol => protocol <= byte.MaxValue);

    private static bool IsRange(uint first, uint last) => first <= last && last <= LargestPort;

    private static Finding Error(Source source, string message) =>
        new() { Severity = Finding.Types.Severity.Error, Source = source, Message = message };

    private static Finding Warning(Source source, string message) =>
        new() { Severity = Finding.Types.Severity.Warning, Source = source, Message = message };
}
