using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace RouterOS.Benchmarks.Ike;

/// <summary>Many initiators, each with an address of its own, against one responder; started by Gateways/ike.py in a namespace.</summary>
internal static class IkeLoad
{
    /// <summary>Sets up peers FIRST to FIRST + COUNT - 1 and prints one line: set-ups, seconds, repeated messages, median and 99th percentile in ms.</summary>
    public static async Task<int> RunAsync(TextWriter output, string responder, string key, int group, int first, int count, int parallel)
    {
        LoadSettings settings = new(group, IPAddress.Parse(responder), key);
        IPAddress behind = IPAddress.Parse("10.2.0.1");
        List<double> times = [];
        int repeated = 0;
        int next = first;
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, parallel).Select(_ => Task.Run(Work)));
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        times.Sort();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{times.Count} {seconds:F3} {repeated} {At(times, 0.5):F1} {At(times, 0.99):F1}"));
        return times.Count == count ? 0 : 1;

        async Task Work()
        {
            for (int peer; (peer = Interlocked.Increment(ref next) - 1) < first + count;)
            {
                // 10.64.0.0/12.
                LoadPeer one = new(settings, new IPAddress([10, (byte)(64 + (peer >> 16)), (byte)(peer >> 8), (byte)peer]), behind);
                long begun = Stopwatch.GetTimestamp();
                bool up = await one.SetUpAsync();
                lock (times)
                {
                    repeated += one.Repeated;
                    if (up)
                    {
                        times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
                    }
                }
            }
        }
    }

    private static double At(List<double> sorted, double part) => sorted.Count == 0 ? double.NaN : sorted[(int)((sorted.Count - 1) * part)];
}
