using System.Security.Cryptography;

namespace RouterOS.Flow.Nodes;

/// <summary>Counts packets a second by key in fixed memory: never too few, and too many only where keys meet in both of two places.</summary>
/// <remarks>The places depend on a random number, so that nobody can choose keys that meet. One worker's.</remarks>
internal sealed class RateSketch
{
    private const int PlaceBits = 12;
    private const int Places = 1 << PlaceBits;
    private const ulong Odd = 0x9E37_79B9_7F4A_7C15;

    // The second in the upper half, packets in the lower one.
    private readonly ulong[] _cells = new ulong[2 * Places];
    private readonly ulong _seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    /// <summary>Counts packets of a key; true when there have been more than a number of them in this second.</summary>
    public bool Exceeds(ulong key, uint packets, uint limit, uint now)
    {
        ulong hash = (key ^ _seed) * Odd;
        hash ^= hash >> 29;
        hash *= Odd;
        uint first = Count(ref _cells[(int)(hash >> (64 - PlaceBits))], packets, now);
        uint second = Count(ref _cells[Places + (int)((hash >> (64 - (2 * PlaceBits))) & (Places - 1))], packets, now);
        return Math.Min(first, second) > limit;
    }

    private static uint Count(ref ulong cell, uint packets, uint now)
    {
        ulong counted = (uint)(cell >> 32) == now ? (uint)cell : 0;
        counted = Math.Min(counted + packets, uint.MaxValue);
        cell = ((ulong)now << 32) | counted;
        return (uint)counted;
    }
}
