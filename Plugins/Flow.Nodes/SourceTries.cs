using System.Runtime.CompilerServices;

namespace RouterOS.Flow.Nodes;

/// <summary>Follows what sources try within a short time, in fixed memory: how many addresses or ports of one key.</summary>
/// <remarks>
/// Two places for a key; a third key takes the older one, so that of very many sources at once some are
/// forgotten. One worker's.
/// </remarks>
internal sealed class SourceTries
{
    /// <summary>Different targets within the time from which it is an attack: the vendor's number.</summary>
    public const int Attack = 10;

    private readonly SeededPlaces _places = new(11);
    private readonly Entry[] _entries;

    public SourceTries() => _entries = new Entry[_places.Count];

    /// <summary>Notes a try; true when so many targets have been tried before within the time that it goes no further.</summary>
    /// <param name="key">Who tries what.</param>
    /// <param name="target">Which one, as a number that tells targets apart.</param>
    /// <param name="microseconds">The time.</param>
    /// <param name="now">Microseconds of the worker's clock.</param>
    public bool Exceeds(ulong key, uint target, uint microseconds, ulong now)
    {
        (int one, int other) = _places.Of(key);
        ref Entry first = ref _entries[one];
        ref Entry second = ref _entries[other];
        // A key of 0 is no one's: every key has a mark of its kind.
        ref Entry entry = ref first;
        if (first.Key != key && (second.Key == key || second.Begun < first.Begun))
        {
            entry = ref second;
        }

        if (entry.Key != key || now - entry.Begun >= microseconds)
        {
            entry.Key = key;
            entry.Begun = now;
            entry.Count = 0;
        }

        if (entry.Count == Attack)
        {
            return true;
        }

        Span<uint> tried = entry.Tried;
        if (!tried[..entry.Count].Contains(target))
        {
            tried[entry.Count++] = target;
        }

        return false;
    }

    private struct Entry
    {
        public ulong Key;
        public ulong Begun;
        public int Count;
        public Targets Tried;
    }

    [InlineArray(Attack)]
    private struct Targets
    {
        private uint _first;
    }
}
