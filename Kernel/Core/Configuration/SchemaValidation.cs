using RouterOS.Abstractions.Chassis;
using RouterOS.Proto.Config.V1;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Core.Configuration;

/// <summary>What a schema demands of a whole tree and parsing cannot see: mandatory statements, references, counts, verdicts.</summary>
internal sealed class SchemaValidation
{
    private readonly StatementView _root;
    private readonly ChassisProfile _profile;
    private readonly List<Finding> _findings = [];
    private readonly Dictionary<string, HashSet<string>> _names = new(StringComparer.Ordinal);
    private readonly Action<StatementView, StatementSchema, Verdict>? _visit;

    private SchemaValidation(Statement tree, ChassisProfile profile, Action<StatementView, StatementSchema, Verdict>? visit)
    {
        _root = StatementView.Of(tree);
        _profile = profile;
        _visit = visit;
    }

    /// <summary>Checks the active statements of a tree.</summary>
    /// <param name="tree">A tree that fits the schema.</param>
    /// <param name="schema">The schema.</param>
    /// <param name="profile">The chassis, for verdicts that depend on it.</param>
    /// <param name="visit">Called with every active statement and its verdict, parents first.</param>
    public static List<Finding> Run(
        Statement tree,
        StatementSchema schema,
        ChassisProfile profile,
        Action<StatementView, StatementSchema, Verdict>? visit = null)
    {
        SchemaValidation validation = new(tree, profile, visit);
        validation.Below(validation._root, schema, Verdict.Applied);
        return validation._findings;
    }

    private void Below(StatementView view, StatementSchema schema, Verdict inherited)
    {
        Dictionary<string, int> counts = new(StringComparer.Ordinal);
        foreach (StatementView child in view.Children)
        {
            StatementSchema below = StatementNode.SchemaOf(schema, child.Statement!);
            counts[child.Name] = counts.GetValueOrDefault(child.Name) + 1;
            Verdict verdict = inherited.Worse(Own(child, below));
            _visit?.Invoke(child, below, verdict);
            if (verdict.Kind == VerdictKind.Refused && inherited.Kind != VerdictKind.Refused)
            {
                _findings.Add(child.Error(verdict.Reason));
            }

            if (verdict.Kind is VerdictKind.Applied or VerdictKind.Equivalent)
            {
                References(child, below);
            }

            if (below.Maximum > 0 && below.Kind == StatementKind.LeafList && child.Values.Count > below.Maximum)
            {
                _findings.Add(child.Error($"at most {below.Maximum} values are possible, {child.Values.Count} are given"));
            }

            Below(child, below, verdict);
        }

        // What is ignored or refused as a whole need not be complete.
        if (inherited.Kind is VerdictKind.Applied or VerdictKind.Equivalent)
        {
            Presence(view, schema, counts);
        }
    }

    private Verdict Own(StatementView view, StatementSchema schema)
    {
        Verdict verdict = schema.Judge?.Invoke(view, _profile) ?? schema.Verdict;
        for (int i = 0; i < view.Values.Count; i++)
        {
            ValueSyntax? syntax = schema.Kind == StatementKind.List ? schema.Keys[i].Value : schema.Value;
            if (syntax?.Choice(view.Values[i])?.Verdict is { } choice)
            {
                verdict = verdict.Worse(choice);
            }
        }

        return verdict;
    }

    private void References(StatementView view, StatementSchema schema)
    {
        for (int i = 0; i < view.Values.Count; i++)
        {
            ValueSyntax? syntax = schema.Kind == StatementKind.List ? schema.Keys[i].Value : schema.Value;
            if (syntax is null || syntax.Reference.Length == 0 || syntax.Choice(view.Values[i]) is not null)
            {
                continue;
            }

            if (!_names.TryGetValue(syntax.Reference, out HashSet<string>? names))
            {
                names = _root.Select(syntax.Reference).Select(e => e.Key).ToHashSet(StringComparer.Ordinal);
                _names.Add(syntax.Reference, names);
            }

            if (!names.Contains(view.Values[i]))
            {
                _findings.Add(view.Error($"'{view.Values[i]}' is not defined under [edit {syntax.Reference}]"));
            }
        }
    }

    private void Presence(StatementView view, StatementSchema schema, Dictionary<string, int> counts)
    {
        foreach (StatementSchema child in schema.Children)
        {
            int count = counts.GetValueOrDefault(child.Name);
            if (child.IsMandatory && count == 0)
            {
                _findings.Add(view.Error($"missing mandatory statement '{child.Name}'"));
            }

            if (child.Maximum > 0 && child.Kind == StatementKind.List && count > child.Maximum)
            {
                _findings.Add(view.Error($"at most {child.Maximum} of '{child.Name}' are possible, {count} are given"));
            }
        }

        foreach (string group in schema.RequiredGroups)
        {
            List<StatementSchema> members = [.. schema.Children.Where(c => c.ExclusiveGroup == group)];
            if (!members.Exists(m => counts.ContainsKey(m.Name)))
            {
                _findings.Add(view.Error($"missing one of {string.Join(", ", members.Select(m => $"'{m.Name}'"))}"));
            }
        }
    }
}
