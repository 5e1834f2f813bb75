using RouterOS.Abstractions.Chassis;

namespace RouterOS.Sdk.Configuration;

/// <summary>Declares one statement: parsing, completion, help, ranges, rendering, JSON and the verdict of <c>check</c> come from it.</summary>
/// <remarks>Made by <see cref="Schema"/>. Immutable and without parent, so that one subtree can stand in several places.</remarks>
public sealed record StatementSchema
{
    private readonly Dictionary<string, int> _byName = new(StringComparer.Ordinal);
    private IReadOnlyList<StatementSchema> _children = [];

    internal StatementSchema(StatementKind kind, string name, string help) => (Kind, Name, Help) = (kind, name, help);

    /// <summary>What it is made of.</summary>
    public StatementKind Kind { get; }

    /// <summary>Keyword; empty for an unnamed list or leaf.</summary>
    public string Name { get; }

    /// <summary>One line for <c>?</c>.</summary>
    public string Help { get; }

    /// <summary>Statements that may stand below, in the order in which they are shown.</summary>
    public IReadOnlyList<StatementSchema> Children
    {
        get => _children;
        internal init
        {
            _children = value;
            _byName = new(StringComparer.Ordinal);
            for (int i = 0; i < value.Count; i++)
            {
                if (!_byName.TryAdd(value[i].Name, i))
                {
                    throw new ArgumentException($"'{Name}' declares '{value[i].Name}' twice.");
                }
            }
        }
    }

    /// <summary>Keys of a list's entries.</summary>
    public IReadOnlyList<KeySyntax> Keys { get; internal init; } = [];

    /// <summary>Value of a leaf, or of each element of a leaf-list.</summary>
    public ValueSyntax? Value { get; internal init; }

    /// <summary>How it is written in hierarchical text.</summary>
    public StatementLayout Layout { get; private init; }

    /// <summary>True when the container means something without children; one that does not vanishes with its last child.</summary>
    public bool Presence { get; private init; }

    /// <summary>True when its parent must have it at commit.</summary>
    public bool IsMandatory { get; private init; }

    /// <summary>Siblings of one group exclude each other; empty for none.</summary>
    public string ExclusiveGroup { get; private init; } = string.Empty;

    /// <summary>Groups of children of which one must be there at commit.</summary>
    public IReadOnlyList<string> RequiredGroups { get; private init; } = [];

    /// <summary>True when a list's entries stand in the order of their names and not in the order of entry.</summary>
    public bool IsSorted { get; private init; }

    /// <summary>Most elements of a leaf-list, or entries of a list; 0 for no limit.</summary>
    public int Maximum { get; private init; }

    /// <summary>What the router does with it. Everything below a statement that is not applied shares its verdict, or has a worse one.</summary>
    public Verdict Verdict { get; private init; } = Verdict.Applied;

    /// <summary>What the router does with it, when that depends on the value or the chassis; null otherwise.</summary>
    public Func<StatementView, ChassisProfile, Verdict>? Judge { get; private init; }

    /// <summary>It says what a statement inherits: it stands anywhere, means nothing by itself, and is not among what could stand at a place.</summary>
    public bool IsInheritance { get; private init; }

    /// <summary>The child of a keyword, or null; an empty name finds the unnamed one.</summary>
    public StatementSchema? Child(string name) => _byName.TryGetValue(name, out int index) ? _children[index] : null;

    /// <summary>Place of a child in the order of display.</summary>
    public int IndexOf(string name) => _byName.TryGetValue(name, out int index) ? index : int.MaxValue;

    /// <summary>
    /// The same language with groups: <c>groups</c> behind a statement of the top, and <c>apply-groups</c> with <c>apply-groups-except</c>
    /// in everything that holds statements. <see cref="GroupInheritance"/> takes trees of it apart.
    /// </summary>
    /// <param name="behind">Statement of the top that stands before the groups.</param>
    public StatementSchema WithGroups(string behind)
    {
        StatementSchema group = Schema.List(string.Empty, "Group", Values.Name("group-name", 255),
            [Schema.Anything("when", "Condition"), .. Children.Select(child => child.AsPattern())]);
        StatementSchema groups = Schema.Container(GroupInheritance.Groups, "Statements to inherit by name", group) with { IsInheritance = true };
        StatementSchema[] own = [.. Children.Select(child => child.Applying())];
        int place = IndexOf(behind) + 1;
        return this with { Children = [.. own[..place], groups, .. s_applications, .. own[place..]] };
    }

    private static readonly StatementSchema[] s_applications =
    [
        Mention(GroupInheritance.Apply, "Groups to inherit from, the strongest first"),
        Mention(GroupInheritance.Except, "Groups not to inherit from here and below"),
    ];

    private static StatementSchema Mention(string name, string help) => Schema.LeafList(name, help, Values.Text("group-name") with
    {
        Suggest = root => root[GroupInheritance.Groups].List().Select(group => group.Key),
    }) with { IsInheritance = true };

    /// <summary>The same as something that only says what others inherit, and is taken away before the rest is checked.</summary>
    public StatementSchema AsInheritance() => this with { IsInheritance = true };

    // Nothing is demanded of a group, and its names may be patterns.
    private StatementSchema AsPattern() => this with
    {
        Children = [.. Children.Select(child => child.AsPattern())],
        Keys = [.. Keys.Select(key => key with { Value = NamePattern.Allowed(key.Value) })],
        Value = Value is null ? null : Value with { Reference = string.Empty },
        IsMandatory = false,
        RequiredGroups = [],
        Maximum = 0,
        Judge = null,
        Verdict = Verdict.Applied,
    };

    private StatementSchema Applying() => Kind is StatementKind.Container or StatementKind.List && Children.Count > 0
        ? this with { Children = [.. s_applications, .. Children.Select(child => child.Applying())] }
        : this;

    /// <summary>Always written on one line.</summary>
    public StatementSchema OnLine() => this with { Layout = StatementLayout.Line };

    /// <summary>Written on one line when a single leaf or flag stands below.</summary>
    public StatementSchema OnLineWhenSingle() => this with { Layout = StatementLayout.LineWhenSingle };

    /// <summary>Written before each child: <c>family inet { … }</c>.</summary>
    public StatementSchema JoinedToChildren() => this with { Layout = StatementLayout.Joined };

    /// <summary>Means something without children: <c>permit;</c>.</summary>
    public StatementSchema WithPresence() => this with { Presence = true };

    /// <summary>Its parent must have it at commit.</summary>
    public StatementSchema Mandatory() => this with { IsMandatory = true };

    /// <summary>Excludes its siblings of the same group: setting one removes the others.</summary>
    public StatementSchema Exclusive(string group) => this with { ExclusiveGroup = group };

    /// <summary>One child of each of these groups must be there at commit.</summary>
    public StatementSchema Requires(params string[] groups) => this with { RequiredGroups = groups };

    /// <summary>Entries stand in the order of their names.</summary>
    public StatementSchema Sorted() => this with { IsSorted = true };

    /// <summary>At most so many elements or entries.</summary>
    public StatementSchema AtMost(int maximum) => this with { Maximum = maximum };

    /// <summary>Done by other means.</summary>
    public StatementSchema Equivalent(string how) => this with { Verdict = Verdict.Equivalent(how) };

    /// <summary>Without effect, and harmless.</summary>
    public StatementSchema Ignored(string why) => this with { Verdict = Verdict.Ignored(why) };

    /// <summary>Known to the language and not possible here: a commit with it fails.</summary>
    public StatementSchema Refused(string why) => this with { Verdict = Verdict.Refused(why) };

    /// <summary>The verdict depends on the value or the chassis.</summary>
    public StatementSchema Judged(Func<StatementView, ChassisProfile, Verdict> judge) => this with { Judge = judge };
}
