using Google.Protobuf.Collections;
using RouterOS.Ike.Control.Policy;
using RouterOS.Proto.Flow.V1;
using Flow = RouterOS.Proto.Flow.V1;

namespace RouterOS.Ike.Control.Diagnosis;

/// <summary>Policies that keep packets out of a tunnel's zone, or in it: pure.</summary>
internal static class PolicyChecks
{
    /// <summary>A policy that denies before one that would permit, or none that permits; null when there is nothing of it.</summary>
    public static IkeFailure? Find(Zone zone, VpnPolicy vpn, Evidence seen)
    {
        PolicyState[] concerned = [.. seen.Policies.Where(p => Concerns(p.Policy, zone, into: true) || Concerns(p.Policy, zone, into: false))];
        foreach (PolicyState denying in concerned.Where(p => p.Policy.Action != Flow.Policy.Types.Action.Permit && p.Packets > 0))
        {
            PolicyState? hidden = concerned.FirstOrDefault(p =>
                p.Policy.Action == Flow.Policy.Types.Action.Permit && IsBehind(p, denying) && Covers(denying.Policy, p.Policy));
            if (hidden is not null)
            {
                return new(
                    FailureKind.Policy, 2,
                    $"policy {denying.Policy.Name} {Zones(denying.Policy)} denies before {hidden.Policy.Name} can permit: {denying.Packets} packets so far",
                    Source(denying.Policy))
                {
                    Aspect = FailureAspect.Order,
                    Theirs = hidden.Policy.Name,
                    Ours = denying.Policy.Name,
                    Evidence = [$"{denying.Packets} packets denied by {denying.Policy.Name}"],
                };
            }
        }

        if (seen.DefaultPermit)
        {
            return null;
        }

        return Missing(concerned, zone, vpn, seen, into: true) ?? Missing(concerned, zone, vpn, seen, into: false);
    }

    private static IkeFailure? Missing(PolicyState[] concerned, Zone zone, VpnPolicy vpn, Evidence seen, bool into)
    {
        if (concerned.Any(p => p.Policy.Action == Flow.Policy.Types.Action.Permit && Concerns(p.Policy, zone, into)))
        {
            return null;
        }

        // Out of the tunnel the interface has counted what no policy took; into it only the sum over all zones is known.
        ulong denied = into ? seen.DefaultPackets : seen.Interface.PolicyDenied;
        PolicyState? by = concerned.FirstOrDefault(p =>
            p.Policy.Action != Flow.Policy.Types.Action.Permit && p.Packets > 0 && Concerns(p.Policy, zone, into));
        if (by is not null)
        {
            return new(
                FailureKind.Policy, 2,
                $"policy {by.Policy.Name} {Zones(by.Policy)} denies, and none permits: {by.Packets} packets so far",
                Source(by.Policy))
            {
                Aspect = FailureAspect.Missing,
                Ours = by.Policy.Name,
                Evidence = [$"{by.Packets} packets denied by {by.Policy.Name}"],
            };
        }

        return denied == 0 ? null : new(
            FailureKind.Policy, 2,
            into
                ? $"no policy permits anything to zone {zone.Name}, the zone of {vpn.BindInterface}: nothing enters the tunnel"
                : $"no policy permits anything from zone {zone.Name}, the zone of {vpn.BindInterface}: what comes out of the tunnel is dropped",
            Of(zone.Source))
        {
            Aspect = FailureAspect.Missing,
            Ours = zone.Name,
            Theirs = into ? "to" : "from",
            Evidence = [$"{denied} packets denied by the default policy"],
        };
    }

    private static bool IsOfAllZones(Flow.Policy policy) => policy.FromZone.Length == 0;

    private static bool Concerns(Flow.Policy policy, Zone zone, bool into) => IsOfAllZones(policy)
        ? (into ? policy.ToZones : policy.FromZones) is var zones && (zones.Count == 0 || zones.Contains(zone.Name))
        : (into ? policy.ToZone : policy.FromZone) == zone.Name;

    private static bool IsBehind(PolicyState later, PolicyState earlier) =>
        later.Policy.FromZone == earlier.Policy.FromZone && later.Policy.ToZone == earlier.Policy.ToZone && later.Sequence > earlier.Sequence;

    private static string Zones(Flow.Policy policy) =>
        IsOfAllZones(policy) ? "of all zones" : $"from zone {policy.FromZone} to zone {policy.ToZone}";

    private static bool Covers(Flow.Policy earlier, Flow.Policy later) =>
        !earlier.SourceExcluded && !earlier.DestinationExcluded && (earlier.SourcePrefixes.Count == 0 || !later.SourceExcluded)
        && (earlier.DestinationPrefixes.Count == 0 || !later.DestinationExcluded)
        && (!IsOfAllZones(earlier) || (Covers(earlier.FromZones, later.FromZones, (e, l) => e == l) && Covers(earlier.ToZones, later.ToZones, (e, l) => e == l)))
        && Covers(earlier.SourcePrefixes, later.SourcePrefixes) && Covers(earlier.DestinationPrefixes, later.DestinationPrefixes)
        && (earlier.Applications.Count == 0 || (later.Applications.Count > 0 && later.Applications.All(a => earlier.Applications.Any(e => Covers(e, a)))));

    private static bool Covers(RepeatedField<string> earlier, RepeatedField<string> later, Func<string, string, bool>? contains = null) =>
        earlier.Count == 0 || (later.Count > 0 && later.All(l => earlier.Any(e => (contains ?? Contains)(e, l))));

    private static bool Contains(string outer, string inner) =>
        AddressRange.TryParse(outer, out AddressRange large) && AddressRange.TryParse(inner, out AddressRange small)
        && large.Contains(small);

    private static bool Covers(Application earlier, Application later) =>
        earlier.Protocol == 0
        || (earlier.Protocol == later.Protocol && !earlier.HasIcmpCode
            && earlier.FirstDestinationPort <= later.FirstDestinationPort && earlier.LastDestinationPort >= later.LastDestinationPort
            && earlier.FirstSourcePort <= later.FirstSourcePort && earlier.LastSourcePort >= later.LastSourcePort);

    private static ConfigSource Source(Flow.Policy policy) => Of(policy.Source);

    private static ConfigSource Of(Proto.Config.V1.Source? source) => IkeIntentReader.Read(source);
}
