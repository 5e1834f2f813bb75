using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace RouterOS.Flow.Nodes;

/// <summary>Follows what sources try within a short time, in fixed memory: how many addresses or ports of one key.</summary>
/// <remarks>
/// Two places for a key, which depend on a random number; a third key takes the older one, so that of very many sources at once some are
/// forgotten. One worker's.
/// </remarks>
internal sealed class SourceTries
{
    /// <summary>Different targets within the time from which it is an attack: the vendor's number.</summary>
    public const int Attack = 10;

    private const int PlaceBits = 11;
    private const int Places = 1 << PlaceBits;
    private const ulong Odd = 0x9E37_79B9_7F4A_7C15;

    private readonly Entry[] _entries = new Entry[2 * Places];
    private readonly ulong _seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    /// <summary>Notes a try; true when so many targets have been tried before within the time that it goes no further.</summary>
    /// <param name="key">Who tries what.</param>
    /// <param name="target">Which one, as a number that tells targets apart.</param>
    /// <param name="microseconds">The time.</param>
    /// <param name="now">Microseconds of the worker's clock.</param>
    public bool Exceeds(ulong key, uint target, uint microseconds, ulong now)
    {
        ulong hash = (key ^ _seed) * Odd;
        hash ^= hash >> 29;
        hash *= Odd;
        ref Entry first = ref _entries[(int)(hash >> (64 - PlaceBits))];
        ref Entry second = ref _entries[Places + (int)((hash >> (64 - (2 * PlaceBits))) & (Places - 1))];
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
