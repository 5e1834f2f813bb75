using System.Text;
using RouterOS.Sdk.Storage;

namespace RouterOS.Core.Network;

/// <summary>Index of every logical interface that ever was: it stays with the name over commits and restarts.</summary>
public sealed class InterfaceIndexes
{
    private const string StoredName = "interface-indexes";

    // Documented indexes of the vendor's logical interfaces start well above 0, which means "none" here.
    private const uint First = 64;

    private readonly ISealedStore _store;
    private readonly Dictionary<string, uint> _byName = new(StringComparer.Ordinal);
    private uint _next = First;

    /// <summary>Reads what earlier lives of the router gave out.</summary>
    public InterfaceIndexes(ISealedStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        _store = store;
        foreach (string line in Encoding.UTF8.GetString(store.Read(StoredName) ?? []).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Split(' ') is [string number, string name] && uint.TryParse(number, out uint index) && _byName.TryAdd(name, index))
            {
                _next = Math.Max(_next, index + 1);
            }
        }
    }

    /// <summary>Indexes of these names; new ones are stored before they are returned.</summary>
    public IReadOnlyDictionary<string, uint> For(IEnumerable<string> names)
    {
        int before = _byName.Count;
        Dictionary<string, uint> indexes = new(StringComparer.Ordinal);
        foreach (string name in names)
        {
            if (!_byName.TryGetValue(name, out uint index))
            {
                index = _next++;
                _byName.Add(name, index);
            }

            indexes[name] = index;
        }

        if (_byName.Count != before)
        {
            StringBuilder lines = new();
            foreach ((string name, uint index) in _byName.OrderBy(pair => pair.Value))
            {
                lines.Append(index).Append(' ').Append(name).Append('\n');
            }

            _store.Write(StoredName, Encoding.UTF8.GetBytes(lines.ToString()));
        }

        return indexes;
    }
}
