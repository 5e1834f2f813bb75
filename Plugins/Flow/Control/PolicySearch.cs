using Google.Protobuf.Collections;
using RouterOS.Proto.Flow.V1;

namespace RouterOS.Flow.Control;

/// <summary>Which policy would decide about a packet that opens a session: the answer of the nodes, from the intent. Pure.</summary>
internal static class PolicySearch
{
    /// <summary>The first policy of the pair of zones that matches, else the first of all zones; null when the default decides.</summary>
    public static Policy? Find(IReadOnlyCollection<Policy> policies, FindPolicyRequest packet, PrefixRow source, PrefixRow destination)
    {
        bool isAnyPair = packet.FromZone.Length == 0 && packet.ToZone.Length == 0;
        return (isAnyPair ? null : policies.FirstOrDefault(policy => policy.FromZone == packet.FromZone && policy.ToZone == packet.ToZone && Matches(policy)))
            ?? policies.FirstOrDefault(policy => policy.FromZone.Length == 0
                && (isAnyPair || (Names(policy.FromZones, packet.FromZone) && Names(policy.ToZones, packet.ToZone))) && Matches(policy));

        bool Matches(Policy policy) =>
            Contains(policy.SourcePrefixes, source) != policy.SourceExcluded
            && Contains(policy.DestinationPrefixes, destination) != policy.DestinationExcluded
            && (policy.Applications.Count == 0 || policy.Applications.Any(application => IsOf(application, packet)));
    }

    // None means any, here and below.
    private static bool Names(RepeatedField<string> zones, string zone) => zones.Count == 0 || zones.Contains(zone);

    private static bool Contains(RepeatedField<string> prefixes, PrefixRow address) =>
        prefixes.Count == 0
        || prefixes.Any(text => FlowPrefix.Parse(text) is { } prefix && FlowPrefix.Contains(prefix, address.Prefix, address.Prefix6));

    private static bool IsOf(Application application, FindPolicyRequest packet) =>
        (application.Protocol == 0 || application.Protocol == packet.Protocol)
        && IsIn(application.FirstSourcePort, application.LastSourcePort, packet.SourcePort)
        && IsIn(application.FirstDestinationPort, application.LastDestinationPort, packet.DestinationPort)
        && (!application.HasIcmpCode || application.IcmpCode == packet.IcmpCode);

    private static bool IsIn(uint first, uint last, uint port) => (first, last) == (0u, 0u) || (first <= port && port <= last);
}
