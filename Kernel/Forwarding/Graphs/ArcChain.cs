namespace RouterOS.Forwarding.Graphs;

/// <summary>One arc while the graph is being built: its end and its features with their constraints.</summary>
internal sealed class ArcChain(string name, string end)
{
    private readonly List<Feature> _features = [];

    public string Name { get; } = name;

    public string End { get; } = end;

    public void Add(string node, IReadOnlyList<string>? after, IReadOnlyList<string>? before)
    {
        Feature? feature = _features.Find(known => known.Node == node);
        if (feature is null)
        {
            feature = new Feature(node);
            _features.Add(feature);
        }

        feature.After.AddRange(after ?? []);
        feature.Before.AddRange(before ?? []);
    }

    /// <summary>The features in an order that meets every constraint; among free choices, <paramref name="profile"/>'s order, then registration's.</summary>
    public List<string> Sort(IReadOnlyList<string> profile)
    {
        foreach (Feature feature in _features)
        {
            foreach (string other in feature.After.Concat(feature.Before))
            {
                if (!_features.Exists(known => known.Node == other))
                {
                    throw new GraphException(
                        $"On arc '{Name}', feature '{feature.Node}' wants a place relative to '{other}', which no package attaches there.");
                }
            }
        }

        var sorted = new List<string>();
        List<Feature> rest = [.. _features.OrderBy(feature => Rank(profile, feature.Node))];
        while (rest.Count > 0)
        {
            Feature next = rest.Find(candidate => !rest.Exists(other => other != candidate && MustPrecede(other, candidate)))
                ?? throw Cycle(rest);
            rest.Remove(next);
            sorted.Add(next.Node);
        }

        return sorted;
    }

    private static int Rank(IReadOnlyList<string> profile, string node)
    {
        for (int i = 0; i < profile.Count; i++)
        {
            if (profile[i] == node)
            {
                return i;
            }
        }

        return int.MaxValue;
    }

    private static bool MustPrecede(Feature first, Feature second) =>
        first.Before.Contains(second.Node) || second.After.Contains(first.Node);

    private GraphException Cycle(List<Feature> rest)
    {
        Feature stuck = rest[0];
        Feature blocker = rest.Find(other => other != stuck && MustPrecede(other, stuck))!;
        return new GraphException(
            $"On arc '{Name}', features '{stuck.Node}' and '{blocker.Node}' each want to come before the other, directly or by way of others.");
    }

    private sealed class Feature(string node)
    {
        public string Node { get; } = node;

        public List<string> After { get; } = [];

        public List<string> Before { get; } = [];
    }
}
