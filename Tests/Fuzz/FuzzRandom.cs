namespace RouterOS.Fuzz;

/// <summary>The same numbers for the same seed (SplitMix64): a find is reproduced by its target, round and iteration.</summary>
internal sealed class FuzzRandom(ulong seed)
{
    private ulong _state = seed;

    /// <summary>Any 64 bits.</summary>
    public ulong Word()
    {
        _state += 0x9e3779b97f4a7c15;
        ulong mixed = (_state ^ (_state >> 30)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>From 0 to <paramref name="limit"/> - 1; 0 for a limit of 0.</summary>
    public int Next(int limit) => limit <= 0 ? 0 : (int)(Word() % (uint)limit);

    /// <summary>True once in so many times.</summary>
    public bool OneIn(int times) => Next(times) == 0;

    /// <summary>One of several.</summary>
    public T Pick<T>(IReadOnlyList<T> choices) => choices[Next(choices.Count)];

    /// <summary>A number at which lengths, counters and tables have their edges, or any number.</summary>
    public ulong Edge() => Next(8) switch
    {
        0 => 0,
        1 => 1,
        2 => (1ul << Next(64)) - 1,
        3 => 1ul << Next(64),
        4 => ulong.MaxValue,
        5 => (ulong)Next(64),
        6 => (ulong)Next(65537),
        _ => Word(),
    };
}
