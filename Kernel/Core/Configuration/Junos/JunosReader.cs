using RouterOS.Sdk.Configuration;

namespace RouterOS.Core.Configuration.Junos;

/// <summary>Reads hierarchical Junos text into a tree that fits a schema, and reports all that does not fit. Never throws on a text.</summary>
internal sealed class JunosReader
{
    private readonly DiagnosticList _diagnostics;
    private readonly Func<string, string?>? _openSecret;

    private JunosReader(DiagnosticList diagnostics, Func<string, string?>? openSecret)
    {
        _diagnostics = diagnostics;
        _openSecret = openSecret;
    }

    /// <summary>Reads a text.</summary>
    /// <param name="text">Statements from the root.</param>
    /// <param name="schema">The language.</param>
    /// <param name="diagnostics">Takes what is wrong.</param>
    /// <param name="openSecret">Turns a sealed secret into its obfuscated form; null for texts of operators.</param>
    /// <param name="replace">Called with each node that is marked <c>replace:</c>.</param>
    public static Statement Read(
        string text,
        StatementSchema schema,
        DiagnosticList diagnostics,
        Func<string, string?>? openSecret = null,
        Action<StatementNode>? replace = null)
    {
        List<JunosStatement> statements = JunosParser.Parse(text, diagnostics);
        StatementNode root = StatementNode.Root(schema);
        List<StatementNode> replaced = [];
        JunosReader reader = new(diagnostics, openSecret);
        reader.Block(root, statements, replaced);
        if (replace is not null)
        {
            replaced.ForEach(replace);
        }
        else if (replaced.Count > 0)
        {
            diagnostics.Warn(replaced[0].Position, "replace:", "'replace:' marks act in 'load replace' only: the statement is read as usual");
        }

        return root.ToStatement();
    }

    private void Block(StatementNode context, List<JunosStatement> statements, List<StatementNode> replaced)
    {
        foreach (JunosStatement statement in statements)
        {
            if (_diagnostics.Full)
            {
                return;
            }

            Read(context, statement, replaced);
        }
    }

    private void Read(StatementNode context, JunosStatement statement, List<StatementNode> replaced)
    {
        string path = PathOf(context);
        WalkResult walk = StatementWalker.Walk(context.Schema, statement.Words, openSecret: _openSecret);
        string said = (path + " " + walk.Error?.Statement).Trim();
        if (walk.Error is { } error)
        {
            int below = Count(statement.Block);
            string message = below == 0 ? error.Message : $"{error.Message} ({below} statements below it are not read either)";
            _diagnostics.Add(error.Position, said, message, error.Allowed);
            return;
        }

        if (walk.Pending is { } pending)
        {
            said = (path + " " + string.Join(' ', statement.Words.Select(w => w.Text))).Trim();
            ValueSyntax? syntax = walk.PendingKeyword ? null
                : pending.Kind == StatementKind.List ? pending.Keys[walk.PendingValues.Count].Value : pending.Value;
            string missing = walk.InBrackets ? "missing ']'"
                : walk.PendingKeyword ? $"missing '{pending.Keys[walk.PendingValues.Count].Keyword}'"
                : "missing value";
            _diagnostics.Add(statement.Words[^1].Position, said, missing, syntax is null ? [] : [syntax.Expected]);
            return;
        }

        if (statement.Block is not null && walk.Terminals > 0)
        {
            _diagnostics.Add(statement.Position, path, $"'{walk.Steps[^1].Name}' takes no block");
            return;
        }

        if (Crowded(walk) is { } second)
        {
            _diagnostics.Add(second.Position, path, $"missing ';' before '{second.Name}'");
            return;
        }

        StatementNode[] nodes = new StatementNode[walk.Steps.Count];
        for (int i = 0; i < nodes.Length; i++)
        {
            WalkStep step = walk.Steps[i];
            StatementNode parent = step.Parent < 0 ? context : nodes[step.Parent];
            if (!statement.Inactive && Rival(parent, step.Schema) is { } rival)
            {
                _diagnostics.Add(
                    step.Position, PathOf(parent), $"'{step.Name}' and '{rival.Name}' (line {rival.Position.Line}) exclude each other");
                return;
            }

            StatementNode? before = parent.Find(step.Schema, step.Name, step.Values);
            if (before is { Schema.Kind: StatementKind.Leaf } && !before.Values.SequenceEqual(step.Values, StringComparer.Ordinal))
            {
                _diagnostics.Warn(
                    step.Position, (PathOf(parent) + " " + step.Name).Trim(), $"replaces the value of line {before.Position.Line}");
            }

            nodes[i] = parent.Put(step.Schema, step.Name, step.Values, step.Position, keepRivals: true);
        }

        // Marks belong to the statement that the line is about, not to the leaf that stands on the same line.
        StatementNode marked = nodes.FirstOrDefault(n => n.Schema.Layout != StatementLayout.Joined) ?? nodes[^1];
        marked.Inactive |= statement.Inactive;
        if (statement.Comments.Count > 0)
        {
            marked.Comments = [.. marked.Comments, .. statement.Comments];
        }

        if (statement.Replace)
        {
            replaced.Add(marked);
        }

        if (statement.Block is not null)
        {
            Block(nodes[^1], statement.Block, replaced);
        }
    }

    // Words after a whole leaf are a forgotten semicolon, except where the language writes a container on one line.
    private static WalkStep? Crowded(WalkResult walk)
    {
        for (int i = 1; i < walk.Steps.Count; i++)
        {
            WalkStep step = walk.Steps[i];
            WalkStep previous = walk.Steps[i - 1];
            bool besides = step.Parent == previous.Parent;
            if (besides && (step.Parent < 0
                || walk.Steps[step.Parent].Schema.Layout is not (StatementLayout.Line or StatementLayout.LineWhenSingle)))
            {
                return step;
            }
        }

        return null;
    }

    private static StatementNode? Rival(StatementNode parent, StatementSchema schema) =>
        schema.ExclusiveGroup.Length == 0 ? null
        : parent.Children.FirstOrDefault(c => c.Schema.ExclusiveGroup == schema.ExclusiveGroup && !ReferenceEquals(c.Schema, schema)
            && !c.Inactive);

    private static int Count(List<JunosStatement>? block) => block is null ? 0 : block.Sum(s => 1 + Count(s.Block));

    private static string PathOf(StatementNode node)
    {
        List<string> words = [];
        for (StatementNode? at = node; at?.Parent is not null; at = at.Parent)
        {
            words.Insert(0, string.Join(' ', at.Values.Prepend(at.Name).Where(w => w.Length > 0)));
        }

        return string.Join(' ', words);
    }
}
