namespace RouterOS.Benchmarks.Graph;

/// <summary>Numbers that look random and are the same in every run (SplitMix64).</summary>
internal sealed class Numbers(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        ulong z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>From 0 to below <paramref name="end"/>.</summary>
    public uint Below(uint end) => (uint)(((Next() >> 32) * end) >> 32);
}
