using Google.Protobuf.Collections;
using RouterOS.Proto.Flow.V1;

namespace RouterOS.Flow.Control;

/// <summary>Finds policies that can never decide, because one before them matches all that they match.</summary>
internal static class PolicyOrder
{
    // Comparing each policy with all before it: lists longer than this are not compared, so that a commit stays quick.
    private const int LongestCompared = 1000;

    /// <summary>Each policy that is never reached, with the first one that keeps it from being reached.</summary>
    public static IEnumerable<(Policy Policy, Policy By)> FindUnreached(IEnumerable<Policy> policies)
    {
        ILookup<(string From, string To), Read> sets = policies.ToLookup(policy => (policy.FromZone, policy.ToZone), policy => new Read(policy));
        foreach (IGrouping<(string From, string To), Read> set in sets)
        {
            Read[] list = [.. set.Take(LongestCompared)];
            for (int later = 0; later < list.Length; later++)
            {
                // One of all zones that is about a single pair of them comes after that pair's own.
                Policy policy = list[later].Policy;
                IEnumerable<Read> before = set.Key.From.Length == 0 && policy is { FromZones.Count: 1, ToZones.Count: 1 }
                    ? sets[(policy.FromZones[0], policy.ToZones[0])].Take(LongestCompared).Concat(list.Take(later))
                    : list.Take(later);
                if (before.FirstOrDefault(earlier => Covers(earlier, list[later])) is { } by)
                {
                    yield return (policy, by.Policy);
                }
            }
        }
    }

    private static bool Covers(Read outer, Read inner) =>
        (outer.Policy.Scheduler.Length == 0 || outer.Policy.Scheduler == inner.Policy.Scheduler)
        && (outer.Policy.FromZone.Length > 0
            || (Covers(outer.Policy.FromZones, inner.Policy.FromZones) && Covers(outer.Policy.ToZones, inner.Policy.ToZones)))
        && Covers(outer.Sources, outer.Policy.SourceExcluded, inner.Sources, inner.Policy.SourceExcluded)
        && Covers(outer.Destinations, outer.Policy.DestinationExcluded, inner.Destinations, inner.Policy.DestinationExcluded)
        && Covers(outer.Policy, inner.Policy);

    // None means any.
    private static bool Covers(RepeatedField<string> outer, RepeatedField<string> inner) =>
        outer.Count == 0 || (inner.Count > 0 && inner.All(outer.Contains));

    // All but some cover all but more; that all but some cover others is not looked for.
    private static bool Covers(PrefixRow[] outer, bool outerExcluded, PrefixRow[] inner, bool innerExcluded) => (outerExcluded, innerExcluded) switch
    {
        (false, false) => Covers(outer, inner),
        (false, true) => outer.Length == 0,
        (true, true) => Covers(inner, outer),
        (true, false) => false,
    };

    private static bool Covers(PrefixRow[] outer, PrefixRow[] inner) =>
        outer.Length == 0 || (inner.Length > 0 && Array.TrueForAll(inner, i => Array.Exists(outer, o => FlowPrefix.Contains(o, i))));

    private static bool Covers(Policy outer, Policy inner) =>
        outer.Applications.Count == 0
        || (inner.Applications.Count > 0 && inner.Applications.All(i => outer.Applications.Any(o => Covers(o, i))));

    private static bool Covers(Application outer, Application inner) =>
        (outer.Protocol == 0 || outer.Protocol == inner.Protocol)
        && (!outer.HasIcmpCode || (inner.HasIcmpCode && outer.IcmpCode == inner.IcmpCode))
        && Covers(outer.FirstSourcePort, outer.LastSourcePort, inner.FirstSourcePort, inner.LastSourcePort)
        && Covers(outer.FirstDestinationPort, outer.LastDestinationPort, inner.FirstDestinationPort, inner.LastDestinationPort);

    // 0 to 0 means any port.
    private static bool Covers(uint first, uint last, uint innerFirst, uint innerLast) =>
        (first, last) == (0u, 0u) || ((innerFirst, innerLast) != (0u, 0u) && first <= innerFirst && innerLast <= last);

    private sealed record Read(Policy Policy)
    {
        public PrefixRow[] Sources { get; } = Parse(Policy.SourcePrefixes);

        public PrefixRow[] Destinations { get; } = Parse(Policy.DestinationPrefixes);

        private static PrefixRow[] Parse(IEnumerable<string> prefixes) => [.. prefixes.Select(FlowPrefix.Parse).OfType<PrefixRow>()];
    }
}
