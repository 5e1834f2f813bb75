using System.Text;
using RouterOS.Sdk.Storage;

namespace RouterOS.Core.Network;

/// <summary>Number of everything of a kind that ever was, logical interfaces or routing instances: it stays with the name over commits and restarts.</summary>
public sealed class InterfaceIndexes
{
    private const string InterfacesName = "interface-indexes";
    private const string InstancesName = "instance-numbers";

    // Documented indexes of the vendor's logical interfaces start well above 0, which means "none" here.
    private const uint FirstInterface = 64;
    private const uint FirstInstance = 1;

    private readonly ISealedStore _store;
    private readonly string _storedName;
    private readonly Dictionary<string, uint> _byName = new(StringComparer.Ordinal);
    private uint _next;

    /// <summary>Reads which indexes of interfaces earlier lives of the router gave out.</summary>
    public InterfaceIndexes(ISealedStore store)
        : this(store, InterfacesName, FirstInterface)
    {
    }

    private InterfaceIndexes(ISealedStore store, string storedName, uint first)
    {
        ArgumentNullException.ThrowIfNull(store);
        (_store, _storedName, _next) = (store, storedName, first);
        foreach (string line in Encoding.UTF8.GetString(store.Read(storedName) ?? []).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Split(' ') is [string number, string name] && uint.TryParse(number, out uint index) && _byName.TryAdd(name, index))
            {
                _next = Math.Max(_next, index + 1);
            }
        }
    }

    /// <summary>Reads which numbers of routing instances earlier lives of the router gave out; 0 is the main one's.</summary>
    public static InterfaceIndexes OfInstances(ISealedStore store) => new(store, InstancesName, FirstInstance);

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

            _store.Write(_storedName, Encoding.UTF8.GetBytes(lines.ToString()));
        }

        return indexes;
    }
}
