namespace RouterOS.Multicast.Nodes;

/// <summary>Bits a second of one interface, shared by all workers without a lock.</summary>
internal sealed class RateBucket
{
    // A quarter of a second's worth may leave at once.
    private const long Burst = 250_000_000;
    private const long NanosecondsPerSecond = 1_000_000_000;

    // The bucket as the time at which it was, or would have been, empty.
    private long _emptyAt = long.MinValue / 2;

    /// <summary>Takes a packet's bytes out, if they are there.</summary>
    public bool Take(long now, uint bytes, ulong bitsPerSecond)
    {
        long cost = (long)(bytes * 8UL * NanosecondsPerSecond / bitsPerSecond);
        while (true)
        {
            long seen = Volatile.Read(ref _emptyAt);
            long from = Math.Max(seen, now - Burst);
            if (from + cost > now)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _emptyAt, from + cost, seen) == seen)
            {
                return true;
            }
        }
    }
}
