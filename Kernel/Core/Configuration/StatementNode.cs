using RouterOS.Sdk.Configuration;

namespace RouterOS.Core.Configuration;

/// <summary>A statement while it is edited: knows its schema and its parent, finds children by identity, keeps them in canonical order.</summary>
internal sealed class StatementNode
{
    /// <summary>Schema of everything below an opaque statement.</summary>
    public static readonly StatementSchema OpaqueChild = RouterOS.Sdk.Configuration.Schema.Anything("*", "Kept as written");

    private readonly Dictionary<string, StatementNode> _byIdentity = new(StringComparer.Ordinal);
    private readonly List<StatementNode> _children = [];

    private StatementNode(StatementNode? parent, StatementSchema schema, string name, List<string> values)
    {
        (Parent, Schema, Name, Values) = (parent, schema, name, values);
    }

    public StatementNode? Parent { get; private set; }

    public StatementSchema Schema { get; }

    public string Name { get; }

    public List<string> Values { get; private set; }

    public IReadOnlyList<StatementNode> Children => _children;

    public bool Inactive { get; set; }

    public IReadOnlyList<string> Comments { get; set; } = [];

    public SourcePosition Position { get; set; }

    /// <summary>True when an empty one means nothing.</summary>
    public bool Vanishes => Parent is not null && _children.Count == 0
        && (Schema.Kind == StatementKind.Container ? !Schema.Presence : Schema.Kind == StatementKind.LeafList && Values.Count == 0);

    /// <summary>An empty configuration.</summary>
    public static StatementNode Root(StatementSchema schema) => new(null, schema, string.Empty, []);

    /// <summary>Opens a tree for editing. Statements that the schema does not know are a caller's bug.</summary>
    public static StatementNode Of(Statement root, StatementSchema schema)
    {
        StatementNode node = Root(schema);
        node.Take(root);
        return node;
    }

    /// <summary>The schema of a statement below another's.</summary>
    public static StatementSchema SchemaOf(StatementSchema parent, Statement child) =>
        parent.Kind == StatementKind.Opaque ? OpaqueChild
        : parent.Child(child.Name) ?? throw new InvalidOperationException($"'{child.Name}' is not declared below '{parent.Name}'.");

    /// <summary>What tells a statement from its siblings.</summary>
    public static string Identity(StatementSchema schema, string name, IReadOnlyList<string> values) =>
        schema.Kind == StatementKind.List || ReferenceEquals(schema, OpaqueChild) ? name + "\n" + string.Join('\n', values) : name;

    /// <summary>The child with an identity, or null.</summary>
    public StatementNode? Find(StatementSchema schema, string name, IReadOnlyList<string> values) =>
        _byIdentity.GetValueOrDefault(Identity(schema, name, values));

    /// <summary>Children of a schema, in order.</summary>
    public List<StatementNode> ChildrenOf(StatementSchema schema) => _children.FindAll(c => ReferenceEquals(c.Schema, schema));

    /// <summary>The child of an identity, made if it is not there; a leaf takes the value, a leaf-list the values it lacks.</summary>
    /// <remarks>A new one of an exclusive group removes its active siblings of that group, unless they are to be kept.</remarks>
    public StatementNode Put(
        StatementSchema schema, string name, IReadOnlyList<string> values, SourcePosition position, bool keepRivals = false)
    {
        string identity = Identity(schema, name, values);
        if (_byIdentity.TryGetValue(identity, out StatementNode? child))
        {
            if (schema.Kind == StatementKind.Leaf)
            {
                child.Values = [.. values];
                child.Position = position;
            }
            else if (schema.Kind == StatementKind.LeafList)
            {
                child.Values.AddRange(values.Distinct(StringComparer.Ordinal).Except(child.Values, StringComparer.Ordinal).ToList());
            }

            return child;
        }

        if (schema.ExclusiveGroup.Length > 0 && !keepRivals)
        {
            foreach (StatementNode rival in _children.FindAll(
                c => c.Schema.ExclusiveGroup == schema.ExclusiveGroup && c.Name != name && !c.Inactive))
            {
                rival.Detach();
            }
        }

        List<string> own = schema.Kind == StatementKind.LeafList ? [.. values.Distinct(StringComparer.Ordinal)] : [.. values];
        child = new StatementNode(this, schema, name, own) { Position = position };
        _byIdentity.Add(identity, child);
        _children.Insert(PlaceFor(child), child);
        return child;
    }

    /// <summary>Removes this node, and its parents as far as they mean nothing without it.</summary>
    public void Remove()
    {
        StatementNode? parent = Parent;
        Detach();
        if (parent is { Vanishes: true })
        {
            parent.Remove();
        }
    }

    /// <summary>Removes children without touching this node.</summary>
    public void Clear()
    {
        _children.Clear();
        _byIdentity.Clear();
    }

    /// <summary>Gives a list entry other keys; false when an entry with these is there already.</summary>
    public bool Rename(IReadOnlyList<string> values)
    {
        string identity = Identity(Schema, Name, values);
        if (!Parent!._byIdentity.TryAdd(identity, this))
        {
            return false;
        }

        Parent._byIdentity.Remove(Identity(Schema, Name, Values));
        Values = [.. values];
        if (Schema.IsSorted)
        {
            Parent._children.Remove(this);
            Parent._children.Insert(Parent.PlaceFor(this), this);
        }

        return true;
    }

    /// <summary>Makes a sibling with other keys and all that stands below this entry; false when an entry with these is there already.</summary>
    public bool Copy(IReadOnlyList<string> values)
    {
        if (Parent!.Find(Schema, Name, values) is not null)
        {
            return false;
        }

        StatementNode copy = Parent.Put(Schema, Name, values, default);
        copy.Inactive = Inactive;
        copy.Comments = Comments;
        copy.Take(ToStatement());
        return true;
    }

    /// <summary>Moves this entry before or after a sibling.</summary>
    public void MoveTo(StatementNode sibling, bool after)
    {
        List<StatementNode> all = Parent!._children;
        all.Remove(this);
        all.Insert(all.IndexOf(sibling) + (after ? 1 : 0), this);
    }

    /// <summary>Merges a tree that fits this node's schema into it.</summary>
    public void Take(Statement statement)
    {
        foreach (Statement child in statement.Children)
        {
            StatementNode node = Put(
                SchemaOf(Schema, child), child.Name, child.Values, child.Position, keepRivals: child.Inactive);
            node.Inactive = child.Inactive;
            if (child.Comments.Count > 0)
            {
                node.Comments = child.Comments;
            }

            node.Take(child);
        }
    }

    /// <summary>The tree as it is now, without containers that mean nothing.</summary>
    public Statement ToStatement()
    {
        List<Statement> children = new(_children.Count);
        foreach (StatementNode node in _children)
        {
            Statement child = node.ToStatement();
            bool empty = child.Children.Count == 0
                && ((child.Kind == StatementKind.Container && !node.Schema.Presence)
                    || (child.Kind == StatementKind.LeafList && child.Values.Count == 0));
            if (!empty)
            {
                children.Add(child);
            }
        }

        Statement statement = new(Schema.Kind, Name, [.. Values], children);
        return (Schema.Keys.Count > 1 ? statement.WithKeyWords([.. Schema.Keys.Select(k => k.Keyword)]) : statement)
            .WithInactive(Inactive).WithComments(Comments).WithPosition(Position);
    }

    private void Detach()
    {
        if (Parent is not null)
        {
            Parent._byIdentity.Remove(Identity(Schema, Name, Values));
            Parent._children.Remove(this);
            Parent = null;
        }
    }

    private int PlaceFor(StatementNode child)
    {
        if (Schema.Kind == StatementKind.Opaque)
        {
            return _children.Count;
        }

        int order = Schema.IndexOf(child.Name);
        int place = _children.Count;
        while (place > 0 && IsBefore(child, order, _children[place - 1]))
        {
            place--;
        }

        return place;
    }

    private bool IsBefore(StatementNode child, int order, StatementNode other)
    {
        int otherOrder = Schema.IndexOf(other.Name);
        return order < otherOrder
            || (order == otherOrder && child.Schema.IsSorted && NaturalOrder.Compare(child.Values, other.Values) < 0);
    }
}
