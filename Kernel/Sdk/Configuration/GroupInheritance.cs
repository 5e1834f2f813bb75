using RouterOS.Proto.Config.V1;

namespace RouterOS.Sdk.Configuration;

/// <summary>Gives statements what they inherit: from the groups that <c>apply-groups</c> names, or from any other source.</summary>
/// <remarks>
/// What is written wins over what is inherited, a group that is applied closer to the statement over one farther up, the first of a list
/// over the next. Lists of values take those of all. Names in angles add nothing by themselves: they are about statements that are there.
/// </remarks>
public sealed class GroupInheritance
{
    /// <summary>Keyword of the container of groups.</summary>
    public const string Groups = "groups";

    /// <summary>Keyword that names groups to inherit from.</summary>
    public const string Apply = "apply-groups";

    /// <summary>Keyword that names groups not to inherit from.</summary>
    public const string Except = "apply-groups-except";

    // A chassis that is no cluster is its first node.
    private const string NodeVariable = "${node}";
    private const string FirstNode = "node0";

    private readonly Dictionary<string, Statement> _groups = new(StringComparer.Ordinal);
    private readonly ICollection<Finding> _findings;
    private readonly HashSet<string> _conditional = new(StringComparer.Ordinal);

    private GroupInheritance(Statement? groups, ICollection<Finding> findings)
    {
        _findings = findings;
        foreach (Statement group in groups?.Children.Where(child => !child.Inactive) ?? [])
        {
            _groups[group.Values[0]] = group;
        }
    }

    /// <summary>A tree with all that its groups give it, and without them.</summary>
    public static Statement Expand(Statement tree, StatementSchema schema, ICollection<Finding> findings)
    {
        ArgumentNullException.ThrowIfNull(tree);
        return Mentions(tree) || tree.Children.Any(child => child.Name == Groups)
            ? new GroupInheritance(tree.Find(Groups), findings).Below(tree, schema, [], null)
            : tree;
    }

    /// <summary>A statement with what it lacks and the sources have.</summary>
    public static Statement Merge(Statement statement, StatementSchema schema, IReadOnlyList<InheritanceSource> sources)
    {
        ArgumentNullException.ThrowIfNull(statement);
        return new GroupInheritance(null, []).Below(statement, schema, sources, null);
    }

    private static bool Mentions(Statement statement) => statement.Children.Any(child => IsMention(child) || Mentions(child));

    private static bool IsMention(Statement statement) => statement.Name is Apply or Except && statement.Kind == StatementKind.LeafList;

    private Statement Below(Statement statement, StatementSchema schema, IReadOnlyList<InheritanceSource> inherited, Place? place)
    {
        if (schema.Kind == StatementKind.Opaque)
        {
            return statement;
        }

        IReadOnlyList<InheritanceSource> sources = Sources(statement, inherited, place);
        List<Statement> children = [];
        foreach (Statement child in statement.Children.Where(child => !IsMention(child) && !(place is null && child.Name == Groups)))
        {
            children.Add(child.Inactive ? child : Whole(child, schema.Child(child.Name), sources, place));
        }

        foreach (InheritanceSource source in sources)
        {
            foreach (Statement other in source.Statement.Children.Where(other => !other.Inactive && !other.Values.Any(NamePattern.IsPattern)))
            {
                if (schema.Child(other.Name) is { } below && !children.Exists(child => !child.Inactive && (IsSame(child, other) || IsRival(child, below, schema))))
                {
                    Statement taken = (below.Kind is StatementKind.Container or StatementKind.List ? other.WithChildren([]) : other).WithInheritance(source.Label);
                    children.RemoveAll(child => IsSame(child, other));
                    children.Add(Whole(taken, below, sources, place));
                }
            }
        }

        return statement.WithChildren(Ordered(children, schema));
    }

    private Statement Whole(Statement child, StatementSchema? schema, IReadOnlyList<InheritanceSource> sources, Place? place)
    {
        if (schema is null)
        {
            return child;
        }

        IReadOnlyList<InheritanceSource> alike =
            [.. sources.SelectMany(source => Like(source.Statement, child).Select(found => source with { Statement = found }))];
        return schema.Kind switch
        {
            StatementKind.Container or StatementKind.List => Below(child, schema, alike, new Place(place, child)),
            StatementKind.LeafList => child.WithValues([.. child.Values.Concat(alike.SelectMany(source => source.Statement.Values)).Distinct(StringComparer.Ordinal)]),
            _ => child,
        };
    }

    private static IEnumerable<Statement> Like(Statement parent, Statement child) => parent.Children.Where(other =>
        !other.Inactive && other.Name == child.Name && other.Kind == child.Kind
        && (child.Kind != StatementKind.List || other.Values.Count == child.Values.Count)
        && (child.Kind != StatementKind.List || other.Values.Zip(child.Values).All(pair => NamePattern.Matches(pair.First, pair.Second))));

    private static bool IsSame(Statement one, Statement other) =>
        one.Name == other.Name && one.Kind == other.Kind
        && (one.Kind != StatementKind.List || one.Values.SequenceEqual(other.Values, StringComparer.Ordinal));

    private static bool IsRival(Statement child, StatementSchema other, StatementSchema parent) =>
        other.ExclusiveGroup.Length > 0 && child.Name != other.Name && parent.Child(child.Name)?.ExclusiveGroup == other.ExclusiveGroup;

    // Groups that are applied here come before those from above.
    private IReadOnlyList<InheritanceSource> Sources(Statement statement, IReadOnlyList<InheritanceSource> inherited, Place? place)
    {
        if (!statement.Children.Any(IsMention))
        {
            return inherited;
        }

        IReadOnlyList<string> except = statement.Find(Except)?.Values ?? [];
        List<InheritanceSource> sources = [];
        Statement? apply = statement.Find(Apply);
        foreach (string word in apply?.Values ?? [])
        {
            string name = word == NodeVariable ? FirstNode : word;
            if (_groups.TryGetValue(name, out Statement? group))
            {
                Refuse(group, name);
                sources.AddRange(Place.Follow(place, group).Select(found => new InheritanceSource(name, $"inherited from group '{name}'", found)));
            }
            else if (word != NodeVariable)
            {
                _findings.Add(Error(apply!, $"{Place.Path(place)} {Apply}".Trim(), $"there is no group '{word}'"));
            }
        }

        sources.AddRange(inherited.Where(source => !except.Contains(source.Name)));
        return sources;
    }

    // A group whose condition might not hold would be inherited for certain.
    private void Refuse(Statement group, string name)
    {
        if (group.Find("when") is { } condition && _conditional.Add(name))
        {
            _findings.Add(Error(condition, $"{Groups} {name} when", "conditions of groups are not judged: delete it, and apply the group where it shall hold"));
        }
    }

    private static Finding Error(Statement statement, string path, string message) => new()
    {
        Severity = Finding.Types.Severity.Error,
        Source = new Source { Path = path, Line = (uint)statement.Position.Line },
        Message = message,
    };

    private static IReadOnlyList<Statement> Ordered(List<Statement> children, StatementSchema schema) =>
        [.. children.OrderBy(child => schema.IndexOf(child.Name)).ThenBy(child => child, Comparer<Statement>.Create((one, other) =>
            one.Name == other.Name && schema.Child(one.Name)?.IsSorted == true ? NaturalOrder.Compare(one.Values, other.Values) : 0))];

    // The way from the top to a statement.
    private sealed record Place(Place? Above, Statement Statement)
    {
        public static IEnumerable<Statement> Follow(Place? place, Statement group) =>
            place is null ? [group] : Follow(place.Above, group).SelectMany(parent => Like(parent, place.Statement));

        public static string Path(Place? place) => place is null
            ? string.Empty
            : string.Join(' ', new[] { Path(place.Above), place.Statement.Name }.Concat(place.Statement.Kind == StatementKind.List ? place.Statement.Values : [])
                .Where(word => word.Length > 0));
    }
}
