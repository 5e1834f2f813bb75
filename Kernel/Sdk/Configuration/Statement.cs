namespace RouterOS.Sdk.Configuration;

/// <summary>One statement of a configuration, immutable: an edit makes a new tree that shares what did not change.</summary>
/// <remarks>
/// <see cref="Values"/> holds a list entry's keys, a leaf's value or a leaf-list's values, in canonical form; secrets are obfuscated.
/// An entry of an unnamed list (<c>interfaces { ge-0/0/0 { … } }</c>) and an unnamed leaf have an empty <see cref="Name"/>.
/// </remarks>
public sealed class Statement
{
    // Fewer are found as fast by looking at each.
    private const int IndexedChildren = 16;

    private StatementIndex? _index;

    /// <summary>Makes a statement.</summary>
    public Statement(
        StatementKind kind, string name, IReadOnlyList<string>? values = null, IReadOnlyList<Statement>? children = null)
    {
        Kind = kind;
        Name = name;
        Values = values ?? [];
        Children = children ?? [];
    }

    private Statement(Statement other)
    {
        (Kind, Name, Values, Children) = (other.Kind, other.Name, other.Values, other.Children);
        (Inactive, Comments, Position, KeyWords, Inheritance) = (other.Inactive, other.Comments, other.Position, other.KeyWords, other.Inheritance);
    }

    /// <summary>A configuration without statements.</summary>
    public static Statement EmptyRoot { get; } = new(StatementKind.Container, string.Empty);

    /// <summary>What it is made of.</summary>
    public StatementKind Kind { get; private init; }

    /// <summary>Keyword; empty for the root and for what the schema leaves unnamed.</summary>
    public string Name { get; private init; }

    /// <summary>Keys or values.</summary>
    public IReadOnlyList<string> Values { get; private init; }

    /// <summary>Keywords that stand before the keys of a list with several (<c>to-zone</c>), one for each; empty for all other statements.</summary>
    public IReadOnlyList<string> KeyWords { get; private init; } = [];

    /// <summary>Statements below.</summary>
    public IReadOnlyList<Statement> Children { get; private init; }

    /// <summary>Marked <c>inactive:</c>: kept and shown, without effect, as is everything below.</summary>
    public bool Inactive { get; private init; }

    /// <summary>Comments that stand before the statement, without their marks.</summary>
    public IReadOnlyList<string> Comments { get; private init; } = [];

    /// <summary>Where it was read.</summary>
    public SourcePosition Position { get; private init; }

    /// <summary>Where it was taken from, as in <c>inherited from group 'g'</c>; empty where it was written. It has no part in comparisons.</summary>
    public string Inheritance { get; private init; } = string.Empty;

    /// <summary>The first active child of a name; null when there is none.</summary>
    public Statement? Find(string name) => Children.Count > IndexedChildren
        ? (_index ??= new(Children)).Find(name)
        : Children.FirstOrDefault(child => !child.Inactive && child.Name == name);

    /// <summary>The active entry of a list with these keys; null when there is none.</summary>
    public Statement? Find(string name, string[] keys) => Children.Count > IndexedChildren
        ? (_index ??= new(Children)).Find(name, keys)
        : Children.FirstOrDefault(child => !child.Inactive && child.Name == name && child.Values.SequenceEqual(keys, StringComparer.Ordinal));

    /// <summary>The same with other children.</summary>
    public Statement WithChildren(IReadOnlyList<Statement> children) => new(this) { Children = children };

    /// <summary>The same with other keys or values.</summary>
    public Statement WithValues(IReadOnlyList<string> values) => new(this) { Values = values };

    /// <summary>The same with keywords before its keys.</summary>
    public Statement WithKeyWords(IReadOnlyList<string> keyWords) => new(this) { KeyWords = keyWords };

    /// <summary>The same, inactive or active.</summary>
    public Statement WithInactive(bool inactive) => new(this) { Inactive = inactive };

    /// <summary>The same with other comments.</summary>
    public Statement WithComments(IReadOnlyList<string> comments) => new(this) { Comments = comments };

    /// <summary>The same, taken from elsewhere.</summary>
    public Statement WithInheritance(string inheritance) => new(this) { Inheritance = inheritance };

    /// <summary>The same at another place.</summary>
    public Statement WithPosition(SourcePosition position) => new(this) { Position = position };

    /// <summary>True when both say the same: positions do not count.</summary>
    public bool SameAs(Statement other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (ReferenceEquals(this, other))
        {
            return true;
        }

        if (Kind != other.Kind || Name != other.Name || Inactive != other.Inactive || Children.Count != other.Children.Count
            || !Values.SequenceEqual(other.Values, StringComparer.Ordinal)
            || !Comments.SequenceEqual(other.Comments, StringComparer.Ordinal))
        {
            return false;
        }

        for (int i = 0; i < Children.Count; i++)
        {
            if (!Children[i].SameAs(other.Children[i]))
            {
                return false;
            }
        }

        return true;
    }
}
