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
        foreach (IGrouping<(string, string), Policy> set in policies.GroupBy(policy => (policy.FromZone, policy.ToZone)))
        {
            (Policy Policy, PrefixRow[] Sources, PrefixRow[] Destinations)[] list =
                [.. set.Take(LongestCompared).Select(policy => (policy, Read(policy.SourcePrefixes), Read(policy.DestinationPrefixes)))];
            for (int later = 1; later < list.Length; later++)
            {
                for (int earlier = 0; earlier < later; earlier++)
                {
                    if (Covers(list[earlier].Sources, list[later].Sources)
                        && Covers(list[earlier].Destinations, list[later].Destinations)
                        && Covers(list[earlier].Policy, list[later].Policy))
                    {
                        yield return (list[later].Policy, list[earlier].Policy);
                        break;
                    }
                }
            }
        }
    }

    private static PrefixRow[] Read(IEnumerable<string> prefixes) => [.. prefixes.Select(FlowPrefix.Parse).OfType<PrefixRow>()];

    private static bool Covers(PrefixRow[] outer, PrefixRow[] inner) =>
        outer.Length == 0 || (inner.Length > 0 && Array.TrueForAll(inner, i => Array.Exists(outer, o => FlowPrefix.Contains(o, i))));

    private static bool Covers(Policy outer, Policy inner) =>
        outer.Applications.Count == 0
        || (inner.Applications.Count > 0 && inner.Applications.All(i => outer.Applications.Any(o => Covers(o, i))));

    private static bool Covers(Application outer, Application inner) =>
        (outer.Protocol == 0 || outer.Protocol == inner.Protocol)
        && Covers(outer.FirstSourcePort, outer.LastSourcePort, inner.FirstSourcePort, inner.LastSourcePort)
        && Covers(outer.FirstDestinationPort, outer.LastDestinationPort, inner.FirstDestinationPort, inner.LastDestinationPort);

    // 0 to 0 means any port.
    private static bool Covers(uint first, uint last, uint innerFirst, uint innerLast) =>
        (first, last) == (0u, 0u) || ((innerFirst, innerLast) != (0u, 0u) && first <= innerFirst && innerLast <= last);
}
