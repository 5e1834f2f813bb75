namespace RouterOS.Sdk.Configuration;

/// <summary>The active children of one statement by name, and by name and keys: of several alike, the first.</summary>
internal sealed class StatementIndex
{
    private readonly Dictionary<string, Statement> _named = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Name, string Key, int Keys), List<Statement>> _keyed = [];

    public StatementIndex(IReadOnlyList<Statement> children)
    {
        foreach (Statement child in children)
        {
            if (child.Inactive)
            {
                continue;
            }

            _named.TryAdd(child.Name, child);
            (string, string, int) place = (child.Name, child.Values.Count > 0 ? child.Values[0] : string.Empty, child.Values.Count);
            if (_keyed.TryGetValue(place, out List<Statement>? alike))
            {
                alike.Add(child);
            }
            else
            {
                _keyed.Add(place, [child]);
            }
        }
    }

    public Statement? Find(string name) => _named.GetValueOrDefault(name);

    public Statement? Find(string name, string[] keys) =>
        _keyed.GetValueOrDefault((name, keys.Length > 0 ? keys[0] : string.Empty, keys.Length))
            ?.Find(child => child.Values.SequenceEqual(keys, StringComparer.Ordinal));
}
