using System.Runtime.InteropServices;

namespace RouterOS.Benchmarks;

/// <summary>CPU time of the calling thread: what others do on the same cores hardly shows.</summary>
internal static unsafe partial class CpuClock
{
    private const int ThreadCpuTime = 3;

    /// <summary>Nanoseconds.</summary>
    public static long Now
    {
        get
        {
            long* time = stackalloc long[2];
            _ = GetTime(ThreadCpuTime, time);
            return (time[0] * 1_000_000_000) + time[1];
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetTime(int clock, long* time);
}
