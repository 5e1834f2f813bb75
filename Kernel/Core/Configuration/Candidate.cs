using RouterOS.Core.Configuration.Junos;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Core.Configuration;

/// <summary>Edits a configuration by words, each edit whole or not at all. Not thread-safe: the store's owner serialises.</summary>
internal sealed class Candidate(StatementSchema schema)
{
    /// <summary>What an edit of something that is not there says.</summary>
    public const string StatementNotFound = "statement not found";

    private StatementNode _root = StatementNode.Root(schema);

    /// <summary>The language.</summary>
    public StatementSchema Schema => schema;

    /// <summary>The tree while it is edited.</summary>
    public StatementNode Root => _root;

    /// <summary>The tree as it is now.</summary>
    public Statement Tree
    {
        get => _root.ToStatement();
        set => _root = StatementNode.Of(value, schema);
    }

    /// <summary>Makes the statements that words name. Null when done, else what is wrong.</summary>
    public ConfigurationDiagnostic? Set(IReadOnlyList<JunosToken> words, bool abbreviations = true)
    {
        WalkResult walk = StatementWalker.Walk(schema, words, abbreviations);
        if (Incomplete(walk, words) is { } error)
        {
            return error;
        }

        StatementNode[] nodes = new StatementNode[walk.Steps.Count];
        for (int i = 0; i < nodes.Length; i++)
        {
            WalkStep step = walk.Steps[i];
            StatementNode parent = step.Parent < 0 ? _root : nodes[step.Parent];
            nodes[i] = parent.Put(step.Schema, step.Name, step.Values, step.Position);
        }

        Prune(nodes.Length > 0 ? nodes[^1] : _root);
        return null;
    }

    /// <summary>Removes what words name: a statement with all below it, all entries of a list, one value of a leaf-list.</summary>
    public ConfigurationDiagnostic? Delete(IReadOnlyList<JunosToken> words, bool abbreviations = true)
    {
        if (words.Count == 0)
        {
            _root.Clear();
            return null;
        }

        WalkResult walk = StatementWalker.Walk(schema, words, abbreviations);
        List<StatementNode> targets = Targets(walk, out StatementNode? container);
        if (walk.Error is not null)
        {
            return walk.Error;
        }

        if (targets.Count == 0)
        {
            return NotFound(words);
        }

        if (walk.Terminals > 1)
        {
            return Error(words, "one statement can be deleted at a time");
        }

        foreach (StatementNode target in targets)
        {
            List<string> values = walk.Pending is null ? walk.Steps[^1].Values : [];
            if (target.Schema.Kind == StatementKind.LeafList && values.Count > 0)
            {
                if (target.Values.RemoveAll(v => values.Contains(v, StringComparer.Ordinal)) == 0)
                {
                    return NotFound(words);
                }

                if (target.Values.Count > 0)
                {
                    continue;
                }
            }
            else if (target.Schema.Kind == StatementKind.Leaf && values.Count > 0
                && !target.Values.SequenceEqual(values, StringComparer.Ordinal))
            {
                return NotFound(words);
            }

            target.Remove();
        }

        Prune(container);
        return null;
    }

    /// <summary>Marks what words name inactive, or takes the mark away.</summary>
    public ConfigurationDiagnostic? SetInactive(IReadOnlyList<JunosToken> words, bool inactive, bool abbreviations = true)
    {
        WalkResult walk = StatementWalker.Walk(schema, words, abbreviations);
        List<StatementNode> targets = Targets(walk, out _);
        if (walk.Error is not null)
        {
            return walk.Error;
        }

        if (targets.Count == 0 || words.Count == 0)
        {
            return NotFound(words);
        }

        foreach (StatementNode target in targets)
        {
            target.Inactive = inactive;
        }

        return null;
    }

    /// <summary>Gives an entry other keys, or makes a copy with them: <c>rename gateway a to gateway b</c> with the words around <c>to</c>.</summary>
    private ConfigurationDiagnostic? Rename(List<JunosToken> from, List<JunosToken> to, bool copy)
    {
        WalkResult walk = StatementWalker.Walk(schema, from, abbreviations: true);
        if (Entry(walk, from, out StatementNode? entry) is { } error)
        {
            return error;
        }

        WalkResult target = StatementWalker.Walk(entry!.Parent!.Schema, to, abbreviations: true);
        if (Incomplete(target, to) is { } wrong)
        {
            return wrong;
        }

        if (target.Steps.Count != 1 || !ReferenceEquals(target.Steps[0].Schema, entry.Schema))
        {
            return Error(to, $"another '{entry.Name}' must stand after 'to'");
        }

        List<string> keys = target.Steps[0].Values;
        return (copy ? entry.Copy(keys) : entry.Rename(keys)) ? null : Error(to, "an entry of this name is there already");
    }

    /// <summary>Moves an entry before or after a sibling.</summary>
    private ConfigurationDiagnostic? Insert(List<JunosToken> words, List<JunosToken> sibling, bool after)
    {
        WalkResult walk = StatementWalker.Walk(schema, words, abbreviations: true);
        if (Entry(walk, words, out StatementNode? entry) is { } error)
        {
            return error;
        }

        if (entry!.Schema.IsSorted)
        {
            return Error(words, $"entries of '{entry.Name}' stand in the order of their names");
        }

        WalkResult target = StatementWalker.Walk(entry.Parent!.Schema, sibling, abbreviations: true);
        StatementNode? other = target.Error is null && target.Pending is null && target.Steps.Count == 1
            ? entry.Parent.Find(target.Steps[0].Schema, target.Steps[0].Name, target.Steps[0].Values) : null;
        if (other is null || ReferenceEquals(other, entry) || !ReferenceEquals(other.Schema, entry.Schema))
        {
            return NotFound(sibling);
        }

        entry.MoveTo(other, after);
        return null;
    }

    /// <summary>Runs <c>rename … to …</c>.</summary>
    public ConfigurationDiagnostic? Rename(List<JunosToken> words) => Split(words, (from, to, _) => Rename(from, to, copy: false), "to");

    /// <summary>Runs <c>copy … to …</c>: the copy has all that stands below the entry and takes its place in the order behind the others.</summary>
    public ConfigurationDiagnostic? Copy(List<JunosToken> words) => Split(words, (from, to, _) => Rename(from, to, copy: true), "to");

    /// <summary>Runs <c>insert … before|after …</c>.</summary>
    public ConfigurationDiagnostic? Insert(List<JunosToken> words) =>
        Split(words, (entry, sibling, word) => Insert(entry, sibling, after: word == "after"), "before", "after");

    private static ConfigurationDiagnostic? Split(
        List<JunosToken> words, Func<List<JunosToken>, List<JunosToken>, string, ConfigurationDiagnostic?> run, params string[] separators)
    {
        int at = words.FindLastIndex(w => w.Kind == JunosTokenKind.Word && separators.Contains(w.Text, StringComparer.Ordinal));
        if (at <= 0 || at == words.Count - 1)
        {
            return Error(words, $"missing '{string.Join("' or '", separators)}' and what follows it", separators);
        }

        return run(words.GetRange(0, at), words.GetRange(at + 1, words.Count - at - 1), words[at].Text);
    }

    /// <summary>Puts a comment before what words name; an empty one removes it.</summary>
    public ConfigurationDiagnostic? Annotate(IReadOnlyList<JunosToken> words, string comment)
    {
        WalkResult walk = StatementWalker.Walk(schema, words, abbreviations: true);
        List<StatementNode> targets = Targets(walk, out _);
        if (walk.Error is not null || targets.Count != 1 || words.Count == 0)
        {
            return walk.Error ?? NotFound(words);
        }

        if (comment.Contains("*/", StringComparison.Ordinal))
        {
            return Error(words, "a comment must not hold '*/'");
        }

        string tidy = JunosLexer.Tidy(comment);
        targets[0].Comments = tidy.Length == 0 ? [] : [tidy];
        return null;
    }

    /// <summary>Merges a tree, as <c>load merge</c> does.</summary>
    public void Merge(Statement tree) => _root.Take(tree);

    /// <summary>Removes the statement that stands where a node of another tree stands, if there is one.</summary>
    public void RemoveLike(StatementNode node) => Like(node)?.Remove();

    /// <summary>Finds a container or entry by words; null with the reason when it is not there or takes no statements.</summary>
    public WalkResult? Path(IReadOnlyList<JunosToken> words, out ConfigurationDiagnostic? error)
    {
        WalkResult walk = StatementWalker.Walk(schema, words, abbreviations: true);
        error = Incomplete(walk, words);
        if (error is null && (walk.Terminals > 0 || walk.Steps.Exists(s => s.Parent != walk.Steps.IndexOf(s) - 1)))
        {
            error = Error(words, "nothing can be edited below this statement");
        }

        return error is null ? walk : null;
    }

    private StatementNode? Like(StatementNode node) =>
        node.Parent is null ? _root : Like(node.Parent)?.Find(node.Schema, node.Name, node.Values);

    private ConfigurationDiagnostic? Entry(WalkResult walk, IReadOnlyList<JunosToken> words, out StatementNode? entry)
    {
        entry = null;
        if (Incomplete(walk, words) is { } error)
        {
            return error;
        }

        List<StatementNode> found = Targets(walk, out _);
        if (found.Count != 1)
        {
            return NotFound(words);
        }

        entry = found[0];
        return entry.Schema.Kind == StatementKind.List ? null : Error(words, "only entries of a list have a name and an order");
    }

    // The nodes that a walk ends on: one, or all entries of a list whose keys were not given.
    private List<StatementNode> Targets(WalkResult walk, out StatementNode? container)
    {
        container = _root;
        StatementNode? at = _root;
        List<StatementNode?> nodes = [];
        foreach (WalkStep step in walk.Steps)
        {
            StatementNode? parent = step.Parent < 0 ? _root : nodes[step.Parent];
            at = parent?.Find(step.Schema, step.Name, step.Values);
            nodes.Add(at);
            container = parent ?? container;
        }

        if (walk.Error is not null)
        {
            return [];
        }

        if (walk.Pending is { } pending)
        {
            StatementNode? parent = walk.Context < 0 ? _root : nodes[walk.Context];
            container = parent ?? container;
            return parent is null ? [] : parent.ChildrenOf(pending).FindAll(
                c => pending.Kind != StatementKind.List
                    || c.Values.Take(walk.PendingValues.Count).SequenceEqual(walk.PendingValues, StringComparer.Ordinal));
        }

        if (walk.Steps is [.., { Parent: >= 0 } last] && ReferenceEquals(last.Schema, StatementNode.OpaqueChild))
        {
            return nodes[last.Parent] is { } parent ? Opaque(parent, [last.Name, .. last.Values]) : [];
        }

        return at is null || nodes.Count == 0 ? [] : [at];
    }

    // Commands lose how opaque text was nested, so their words name every statement that begins with them, in one piece or in several.
    private static List<StatementNode> Opaque(StatementNode parent, List<string> words)
    {
        List<StatementNode> found = [];
        foreach (StatementNode child in parent.Children)
        {
            List<string> own = [child.Name, .. child.Values];
            int shared = Math.Min(own.Count, words.Count);
            if (own.Take(shared).SequenceEqual(words.Take(shared), StringComparer.Ordinal))
            {
                found.AddRange(shared == words.Count ? [child] : Opaque(child, words.GetRange(shared, words.Count - shared)));
            }
        }

        return found;
    }

    private static void Prune(StatementNode? node)
    {
        while (node is { Vanishes: true, Parent: not null })
        {
            StatementNode? parent = node.Parent;
            node.Remove();
            node = parent;
        }
    }

    private static ConfigurationDiagnostic? Incomplete(WalkResult walk, IReadOnlyList<JunosToken> words)
    {
        if (walk.Error is not null)
        {
            return walk.Error;
        }

        if (walk.Pending is not { } pending)
        {
            return null;
        }

        int key = walk.PendingValues.Count;
        string what = walk.InBrackets ? "missing ']'"
            : walk.PendingKeyword ? $"missing '{pending.Keys[key].Keyword}'" : "missing argument";
        ValueSyntax? syntax = walk.PendingKeyword ? null : pending.Kind == StatementKind.List ? pending.Keys[key].Value : pending.Value;
        return Error(words, what, syntax is null ? [] : [syntax.Expected]);
    }

    private static ConfigurationDiagnostic NotFound(IReadOnlyList<JunosToken> words) => Error(words, StatementNotFound);

    private static ConfigurationDiagnostic Error(
        IReadOnlyList<JunosToken> words, string message, IReadOnlyList<string>? allowed = null)
    {
        SourcePosition position = words.Count == 0 ? new SourcePosition(1, 1)
            : words[^1].Position with { Column = words[^1].Position.Column + words[^1].Text.Length };
        return new ConfigurationDiagnostic(position, string.Join(' ', words.Select(w => w.Text)), message, allowed ?? []);
    }
}
