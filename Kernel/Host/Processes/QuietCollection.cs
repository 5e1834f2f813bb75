using System.Runtime;

namespace RouterOS.Host.Processes;

/// <summary>Gives memory back that a time of much work has left behind: one compacting collection of everything, when little is done.</summary>
/// <remarks>
/// The collector keeps what it had room for when thousands of sessions were set up at once, and lets objects lie in pieces. Such a collection
/// stops the process for 1 to 2 ms for each MB in use, so it waits until nobody is waiting, and until there is something to find.
/// </remarks>
internal sealed class QuietCollection(Func<(TimeSpan Processor, long Allocated)> look, Action collect)
{
    /// <summary>Time between two looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Allocated since the last collection of this kind: less is not worth one.</summary>
    public const long Worth = 64L << 20;

    private const int QuietLooks = 2;
    private const double QuietPart = 0.1;

    private TimeSpan _processor = TimeSpan.MaxValue;
    private long _collected;
    private int _quiet;

    /// <summary>Looks at this process until it is cancelled.</summary>
    public static async Task Run(TimeProvider time, CancellationToken cancellation)
    {
        QuietCollection watch = new(() => (Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes()), Collect);
        using PeriodicTimer timer = new(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation))
            {
                watch.Look();
            }
        }
        catch (OperationCanceledException)
        {
            // The process ends.
        }
    }

    /// <summary>An interval is over.</summary>
    public void Look()
    {
        (TimeSpan processor, long allocated) = look();
        _quiet = processor - _processor < Interval * QuietPart && processor >= _processor ? _quiet + 1 : 0;
        _processor = processor;
        if (_quiet >= QuietLooks && allocated - _collected >= Worth)
        {
            collect();
            (_quiet, _collected) = (0, allocated);
        }
    }

    private static void Collect()
    {
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }
}
