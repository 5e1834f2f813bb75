namespace RouterOS.Flow.Nodes;

/// <summary>Counts packets a second by key in fixed memory: never too few, and too many only where keys meet in both of two places.</summary>
/// <remarks>One worker's.</remarks>
internal sealed class RateSketch
{
    private readonly SeededPlaces _places = new(12);

    // The second in the upper half, packets in the lower one.
    private readonly ulong[] _cells;

    public RateSketch() => _cells = new ulong[_places.Count];

    /// <summary>Counts packets of a key; true when there have been more than a number of them in this second.</summary>
    public bool Exceeds(ulong key, uint packets, uint limit, uint now)
    {
        (int one, int other) = _places.Of(key);
        uint first = Count(ref _cells[one], packets, now);
        uint second = Count(ref _cells[other], packets, now);
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
