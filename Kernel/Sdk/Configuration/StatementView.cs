using System.Globalization;
using RouterOS.Proto.Config.V1;

namespace RouterOS.Sdk.Configuration;

/// <summary>What a binding reads: the active statements of a tree, each with its path; what is absent reads as absent, not as an error.</summary>
public sealed class StatementView
{
    private readonly StatementView? _parent;
    private readonly Statement? _statement;
    private readonly string _name;

    private StatementView(StatementView? parent, string name, Statement? statement)
    {
        _parent = parent;
        _name = name;
        _statement = statement;
    }

    /// <summary>Views a whole configuration.</summary>
    public static StatementView Of(Statement root) => new(null, string.Empty, root);

    /// <summary>True when the statement is there and active.</summary>
    public bool Exists => _statement is not null;

    /// <summary>Keyword.</summary>
    public string Name => _statement?.Name ?? _name;

    /// <summary>First key or value; empty when there is none.</summary>
    public string Key => Values.Count > 0 ? Values[0] : string.Empty;

    /// <summary>Keys or values.</summary>
    public IReadOnlyList<string> Values => _statement?.Values ?? [];

    /// <summary>The container around it; null for the root.</summary>
    public StatementView? Parent => _parent;

    /// <summary>The statement itself; null when absent.</summary>
    public Statement? Statement => _statement;

    /// <summary>Line it was read from; 0 when typed or absent.</summary>
    public int Line => _statement?.Position.Line ?? 0;

    /// <summary>Path from the root: <c>security ike gateway gw1 address</c>, without the values of leaves.</summary>
    public string Path
    {
        get
        {
            if (_parent is null)
            {
                return string.Empty;
            }

            string own = _statement is { Kind: StatementKind.List }
                ? string.Join(' ', KeyPath(_statement).Prepend(Name).Where(word => word.Length > 0))
                : Name;
            string above = _parent.Path;
            return above.Length == 0 ? own : own.Length == 0 ? above : above + " " + own;
        }
    }

    private static IEnumerable<string> KeyPath(Statement entry) => entry.KeyWords.Count == 0
        ? entry.Values
        : entry.Values.SelectMany((value, i) => new[] { entry.KeyWords[i], value });

    /// <summary>Where it comes from, for intents.</summary>
    public Source Source => new() { Path = Path, Line = (uint)Line };

    /// <summary>Active children, in order.</summary>
    public IEnumerable<StatementView> Children
    {
        get
        {
            foreach (Statement child in _statement?.Children ?? [])
            {
                if (!child.Inactive)
                {
                    yield return new StatementView(this, child.Name, child);
                }
            }
        }
    }

    /// <summary>The first active child of a name; an absent view when there is none.</summary>
    public StatementView this[string name] => new(this, name, _statement?.Find(name));

    /// <summary>Active entries of a list; of the unnamed list without a name.</summary>
    public IEnumerable<StatementView> List(string name = "") => Children.Where(c => c.Name == name);

    /// <summary>The active entry of a list with these keys; an absent view when there is none.</summary>
    public StatementView Entry(string name, params string[] keys) =>
        new(this, name, _statement?.Find(name, keys));

    /// <summary>Entries of the list at a path of keywords, <c>security ike proposal</c>; keys of lists on the way are not asked for.</summary>
    public IEnumerable<StatementView> Select(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        IEnumerable<StatementView> at = [this];
        foreach (string name in path.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string wanted = name == "*" ? string.Empty : name;
            at = at.SelectMany(v => v.Children.Where(c => c.Name == wanted));
        }

        return at;
    }

    /// <summary>True when a child (a flag, a container) is there and active.</summary>
    public bool Has(string name) => this[name].Exists;

    /// <summary>Value of a leaf below; null when absent.</summary>
    public string? Text(string name) => this[name] is { Exists: true, Values.Count: > 0 } leaf ? leaf.Values[0] : null;

    /// <summary>Number of a leaf below; null when absent.</summary>
    public long? Number(string name) => Text(name) is { } text ? long.Parse(text, CultureInfo.InvariantCulture) : null;

    /// <summary>Clear text of a secret leaf below; null when absent. Give it to nothing that logs.</summary>
    public string? Secret(string name) =>
        Text(name) is { } text && ObfuscatedSecret.TryDecode(text, out string? clear) ? clear : null;

    /// <summary>A finding that refuses the commit, at this statement.</summary>
    public Finding Error(string message) =>
        new() { Severity = Finding.Types.Severity.Error, Source = Source, Message = message };

    /// <summary>A finding that lets the commit go on, at this statement.</summary>
    public Finding Warning(string message) =>
        new() { Severity = Finding.Types.Severity.Warning, Source = Source, Message = message };
}
