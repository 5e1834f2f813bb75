using RouterOS.Core.Configuration.Junos;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Core.Configuration;

/// <summary>What words lead to in a tree: a container or entry, or some children of one.</summary>
internal sealed class StatementPath
{
    private StatementPath(Statement parent, StatementSchema schema, string path, Statement? container, StatementSchema? containerSchema)
    {
        (Parent, ParentSchema, Path, Container, ContainerSchema) = (parent, schema, path, container, containerSchema);
    }

    /// <summary>The parent, with only the children that the words name.</summary>
    public Statement Parent { get; }

    /// <summary>Schema of <see cref="Parent"/>.</summary>
    public StatementSchema ParentSchema { get; }

    /// <summary>Path of <see cref="Parent"/>, or of <see cref="Container"/> when there is one.</summary>
    public string Path { get; }

    /// <summary>The container or entry that the words name; null when they name leaves or all entries of a list.</summary>
    public Statement? Container { get; }

    /// <summary>Schema of <see cref="Container"/>.</summary>
    public StatementSchema? ContainerSchema { get; }

    /// <summary>True when nothing is there.</summary>
    public bool IsEmpty => Container is null ? Parent.Children.Count == 0 : Container.Children.Count == 0;

    /// <summary>Follows a walk through a tree; what is not there is empty.</summary>
    public static StatementPath Of(Statement root, StatementSchema schema, WalkResult walk)
    {
        Statement at = root;
        Statement parent = root;
        StatementSchema parentSchema = schema;
        StatementSchema atSchema = schema;
        string path = string.Empty;
        string parentPath = string.Empty;
        foreach (WalkStep step in walk.Steps)
        {
            string identity = StatementNode.Identity(step.Schema, step.Name, step.Values);
            (parent, parentSchema, parentPath) = (at, atSchema, path);
            at = parent.Children.FirstOrDefault(
                c => StatementNode.Identity(StatementNode.SchemaOf(parentSchema, c), c.Name, c.Values) == identity)
                ?? new Statement(step.Schema.Kind, step.Name, step.Values);
            atSchema = step.Schema;
            if (IsLeaf(step.Schema))
            {
                Statement leaf = parent.WithChildren([.. parent.Children.Where(c => c.Name == step.Name && IsLeaf(step.Schema))]);
                return new StatementPath(leaf, parentSchema, parentPath, null, null);
            }

            path = (path + " " + string.Join(' ', JunosWords.Head(at, step.Schema))).Trim();
        }

        if (walk.Pending is { } pending)
        {
            Statement entries = at.WithChildren([.. at.Children.Where(
                c => c.Name == pending.Name && c.Kind == pending.Kind
                    && (pending.Kind != StatementKind.List
                        || c.Values.Take(walk.PendingValues.Count).SequenceEqual(walk.PendingValues, StringComparer.Ordinal)))]);
            return new StatementPath(entries, atSchema, path, null, null);
        }

        return new StatementPath(parent, parentSchema, path, at, atSchema);
    }

    private static bool IsLeaf(StatementSchema schema) =>
        schema.Kind is StatementKind.Leaf or StatementKind.LeafList or StatementKind.Flag;
}
