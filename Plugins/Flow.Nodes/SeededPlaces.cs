using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace RouterOS.Flow.Nodes;

/// <summary>Two places for each key in a table of fixed size, which depend on a random number, so that nobody can choose keys that meet.</summary>
/// <param name="bits">Bits of a place: the first one is in the table's lower half, the second one in its upper half.</param>
internal readonly struct SeededPlaces(int bits)
{
    private const ulong Odd = 0x9E37_79B9_7F4A_7C15;

    private readonly ulong _seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    /// <summary>Entries of the whole table.</summary>
    public int Count => 2 << bits;

    /// <summary>The two places of a key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public (int First, int Second) Of(ulong key)
    {
        ulong hash = (key ^ _seed) * Odd;
        hash ^= hash >> 29;
        hash *= Odd;
        int half = 1 << bits;
        return ((int)(hash >> (64 - bits)), half + ((int)(hash >> (64 - (2 * bits))) & (half - 1)));
    }
}
