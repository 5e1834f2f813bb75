using System.Numerics;

namespace RouterOS.Benchmarks.Scale;

/// <summary>Durations by size, in 16 steps for each power of two: what lies above all but a thousandth of them, and the longest.</summary>
internal sealed class Times
{
    private const int StepShift = 4;
    private const int Steps = 1 << StepShift;

    private readonly long[] _counts = new long[64 * Steps];
    private long _total;
    private long _longest;

    /// <summary>The longest, in microseconds.</summary>
    public double Longest => _longest / 1e3;

    /// <summary>99.9 % are not longer, in microseconds.</summary>
    public double Thousandth
    {
        get
        {
            long left = _total / 1000;
            for (int i = _counts.Length - 1; i > 0; i--)
            {
                left -= _counts[i];
                if (left < 0)
                {
                    return Math.Min(Longest, Ceiling(i) / 1e3);
                }
            }

            return 0;
        }
    }

    public void Add(long nanoseconds)
    {
        _counts[Place((ulong)nanoseconds)]++;
        _total++;
        _longest = Math.Max(_longest, nanoseconds);
    }

    public void Clear()
    {
        Array.Clear(_counts);
        _total = _longest = 0;
    }

    private static int Place(ulong time)
    {
        int power = BitOperations.Log2(time | 1);
        return power < StepShift ? (int)time : ((power - StepShift + 1) << StepShift) + (int)((time >> (power - StepShift)) & (Steps - 1));
    }

    private static double Ceiling(int place)
    {
        int power = (place >> StepShift) + StepShift - 1;
        return place < Steps ? place : (double)((ulong)(Steps + (place & (Steps - 1)) + 1) << (power - StepShift));
    }
}
