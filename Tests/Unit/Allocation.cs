namespace RouterOS.Unit;

/// <summary>Measures what code allocates on this thread.</summary>
internal static class Allocation
{
    /// <summary>Bytes that every one of five runs allocated at least: 0 for code that allocates nothing itself.</summary>
    /// <remarks>
    /// A collection that another test causes meanwhile ends this thread's allocation block, and what was left of it counts as
    /// allocated: only what happens every time is the code's own doing.
    /// </remarks>
    public static long Of(Action run)
    {
        run();
        long least = long.MaxValue;
        for (int attempt = 0; attempt < 5 && least != 0; attempt++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            run();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
