using System.Globalization;
using System.Text;
using RouterOS.Sdk.Storage;

namespace RouterOS.Flow.Control;

/// <summary>Numbers for names, from 1: a number stays with its name over commits and restarts, so sessions and counters keep their meaning.</summary>
/// <remarks>
/// Modules that outlive the routing engine hold rows with these numbers, so another life of it must give out the same ones: a zone that
/// took over another's number would for a moment have its policies. Numbers of names that are gone are given out again only when there
/// are no others left.
/// </remarks>
internal sealed class FlowNumbers
{
    private readonly ISealedStore _store;
    private readonly string _storedName;
    private readonly int _maximum;
    private readonly Dictionary<string, uint> _byName = new(StringComparer.Ordinal);

    /// <summary>Reads what earlier lives gave out.</summary>
    public FlowNumbers(ISealedStore store, string storedName, int maximum)
    {
        _store = store;
        _storedName = storedName;
        _maximum = maximum;
        foreach (string line in Encoding.UTF8.GetString(store.Read(storedName) ?? []).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            int space = line.IndexOf(' ', StringComparison.Ordinal);
            if (space > 0 && uint.TryParse(line.AsSpan(0, space), NumberStyles.None, CultureInfo.InvariantCulture, out uint number))
            {
                _byName.TryAdd(Uri.UnescapeDataString(line[(space + 1)..]), number);
            }
        }
    }

    /// <summary>The number of a name; 0 for one that was never given any.</summary>
    public uint this[string name] => _byName.GetValueOrDefault(name);

    /// <summary>Gives numbers to names that have none; all are stored before this returns.</summary>
    public void Give(IReadOnlyCollection<string> names)
    {
        string[] missing = [.. names.Distinct(StringComparer.Ordinal).Where(name => !_byName.ContainsKey(name))];
        if (missing.Length == 0)
        {
            return;
        }

        if (_byName.Count + missing.Length > _maximum)
        {
            HashSet<string> present = [.. names];
            foreach (string gone in _byName.Keys.Where(name => !present.Contains(name)).ToArray())
            {
                _byName.Remove(gone);
            }
        }

        HashSet<uint> taken = [.. _byName.Values];
        uint next = 1;
        foreach (string name in missing)
        {
            while (!taken.Add(next))
            {
                next++;
            }

            _byName.Add(name, next);
        }

        StringBuilder lines = new();
        foreach ((string name, uint number) in _byName.OrderBy(pair => pair.Value))
        {
            lines.Append(CultureInfo.InvariantCulture, $"{number} {Uri.EscapeDataString(name)}\n");
        }

        _store.Write(_storedName, Encoding.UTF8.GetBytes(lines.ToString()));
    }
}
