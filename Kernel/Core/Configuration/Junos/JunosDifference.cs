using RouterOS.Sdk.Configuration;

namespace RouterOS.Core.Configuration.Junos;

/// <summary>Writes what differs between two trees as <c>show | compare</c> does: a banner per place, <c>-</c>, <c>+</c> and <c>!</c> lines.</summary>
internal sealed class JunosDifference
{
    private const int Indent = 3;

    private readonly Action<string> _line;
    private string? _banner;

    private JunosDifference(Action<string> line) => _line = line;

    /// <summary>Writes what leads from one tree to the other.</summary>
    /// <param name="from">The old tree.</param>
    /// <param name="to">The new tree.</param>
    /// <param name="schema">Schema of both.</param>
    /// <param name="path">Their path from the root, for the banners.</param>
    /// <param name="line">Takes the lines.</param>
    public static void Write(Statement from, Statement to, StatementSchema schema, string path, Action<string> line) =>
        new JunosDifference(line).Children(from, to, schema, path, path, string.Empty);

    private void Children(Statement from, Statement to, StatementSchema schema, string path, string banner, string joined)
    {
        Dictionary<string, Statement> old = Index(from, schema);
        Dictionary<string, Statement> current = Index(to, schema);
        HashSet<string> moved = Moved(from, to, schema, old, current);
        foreach (Statement child in Merged(from, to, schema, old, current))
        {
            StatementSchema below = StatementNode.SchemaOf(schema, child);
            string identity = StatementNode.Identity(below, child.Name, child.Values);
            Statement? before = old.GetValueOrDefault(identity);
            Statement? after = current.GetValueOrDefault(identity);
            if (before is null || after is null)
            {
                Print(before is null ? '+' : '-', (before ?? after)!, below, joined, banner);
                continue;
            }

            if (before.Inactive != after.Inactive)
            {
                Banner(banner);
                string head = string.Join(' ', JunosWords.Head(after, below));
                _line($"!{new string(' ', Indent)}{(after.Inactive ? "inactive: " : "active: ")}{joined}{head}");
            }

            if (moved.Contains(identity))
            {
                Print('!', after.WithChildren([]), below, joined, banner);
            }

            bool leaf = below.Kind is StatementKind.Leaf or StatementKind.LeafList or StatementKind.Flag
                || below.Layout == StatementLayout.Line;
            if (leaf)
            {
                if (!before.WithInactive(after.Inactive).SameAs(after))
                {
                    Print('-', before.WithInactive(false), below, joined, banner);
                    Print('+', after.WithInactive(false), below, joined, banner);
                }
            }
            else
            {
                string head = string.Join(' ', JunosWords.Head(after, below));
                string inner = path.Length == 0 ? head : path + " " + head;
                bool joins = below.Layout == StatementLayout.Joined;
                Children(before, after, below, inner, joins ? banner : inner, joins ? joined + child.Name + " " : string.Empty);
            }
        }
    }

    private void Print(char sign, Statement statement, StatementSchema schema, string joined, string banner)
    {
        Banner(banner);
        JunosRenderer.One(statement.WithComments([]), schema, joined, Indent, text => _line(sign + text));
    }

    private void Banner(string path)
    {
        if (_banner != path)
        {
            _banner = path;
            _line(path.Length == 0 ? "[edit]" : $"[edit {path}]");
        }
    }

    private static Dictionary<string, Statement> Index(Statement tree, StatementSchema schema)
    {
        Dictionary<string, Statement> index = new(StringComparer.Ordinal);
        foreach (Statement child in tree.Children)
        {
            index[StatementNode.Identity(StatementNode.SchemaOf(schema, child), child.Name, child.Values)] = child;
        }

        return index;
    }

    // The new order, with what was removed at the place where it stood.
    private static List<Statement> Merged(
        Statement from, Statement to, StatementSchema schema, Dictionary<string, Statement> old, Dictionary<string, Statement> current)
    {
        Dictionary<string, List<Statement>> removedAfter = new(StringComparer.Ordinal);
        string anchor = string.Empty;
        foreach (Statement child in from.Children)
        {
            string identity = StatementNode.Identity(StatementNode.SchemaOf(schema, child), child.Name, child.Values);
            if (current.ContainsKey(identity))
            {
                anchor = identity + "\n";
            }
            else if (removedAfter.TryGetValue(anchor, out List<Statement>? list))
            {
                list.Add(child);
            }
            else
            {
                removedAfter[anchor] = [child];
            }
        }

        List<Statement> merged = [.. removedAfter.GetValueOrDefault(string.Empty) ?? []];
        foreach (Statement child in to.Children)
        {
            merged.Add(child);
            string identity = StatementNode.Identity(StatementNode.SchemaOf(schema, child), child.Name, child.Values);
            if (old.ContainsKey(identity) && removedAfter.TryGetValue(identity + "\n", out List<Statement>? removed))
            {
                merged.AddRange(removed);
            }
        }

        return merged;
    }

    // Entries that both have and that stand in another order: the ones outside a longest run that kept its order.
    private static HashSet<string> Moved(
        Statement from, Statement to, StatementSchema schema, Dictionary<string, Statement> old, Dictionary<string, Statement> current)
    {
        List<string> before = Common(from, schema, current);
        List<string> after = Common(to, schema, old);
        HashSet<string> moved = new(StringComparer.Ordinal);
        if (before.SequenceEqual(after, StringComparer.Ordinal))
        {
            return moved;
        }

        Dictionary<string, int> place = before.Select((id, i) => (id, i)).ToDictionary(p => p.id, p => p.i, StringComparer.Ordinal);
        int[] places = [.. after.Select(id => place[id])];
        HashSet<int> kept = LongestIncreasing(places);
        for (int i = 0; i < after.Count; i++)
        {
            if (!kept.Contains(places[i]))
            {
                moved.Add(after[i]);
            }
        }

        return moved;
    }

    private static List<string> Common(Statement tree, StatementSchema schema, Dictionary<string, Statement> other) =>
        [.. tree.Children.Select(c => StatementNode.Identity(StatementNode.SchemaOf(schema, c), c.Name, c.Values))
            .Where(other.ContainsKey)];

    private static HashSet<int> LongestIncreasing(int[] values)
    {
        List<int> tails = [];
        int[] previous = new int[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            int at = tails.FindIndex(t => values[t] >= values[i]);
            at = at < 0 ? tails.Count : at;
            previous[i] = at > 0 ? tails[at - 1] : -1;
            if (at == tails.Count)
            {
                tails.Add(i);
            }
            else
            {
                tails[at] = i;
            }
        }

        HashSet<int> kept = [];
        for (int i = tails.Count > 0 ? tails[^1] : -1; i >= 0; i = previous[i])
        {
            kept.Add(values[i]);
        }

        return kept;
    }
}
