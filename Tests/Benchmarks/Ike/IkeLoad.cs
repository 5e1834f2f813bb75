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
        LoadPeer[] peers = Peers(new(group, IPAddress.Parse(responder), key), first, count);
        int up = await EachAsync(output, peers, parallel, async peer =>
        {
            bool done = await peer.SetUpAsync();
            peer.Dispose();
            return done;
        });
        return up == count ? 0 : 1;
    }

    /// <summary>Sets up peers, which stay and answer probes; at each line of <paramref name="input"/> all of them rekey. A line is printed for each round.</summary>
    public static async Task<int> StayAsync(TextReader input, TextWriter output, string responder, string key, int group, int first, int count, int parallel)
    {
        LoadPeer[] peers = Peers(new(group, IPAddress.Parse(responder), key), first, count);
        int up = await EachAsync(output, peers, parallel, async peer =>
        {
            bool done = await peer.SetUpAsync();
            _ = done ? peer.ListenAsync() : Task.CompletedTask;
            return done;
        });
        while (await input.ReadLineAsync() is not null)
        {
            up = await EachAsync(output, peers, parallel, peer => peer.RekeyAsync());
        }

        return up == count ? 0 : 1;
    }

    private static LoadPeer[] Peers(LoadSettings settings, int first, int count)
    {
        IPAddress behind = IPAddress.Parse("10.2.0.1");
        // 10.64.0.0/12.
        return [.. Enumerable.Range(first, count).Select(
            peer => new LoadPeer(settings, new IPAddress([10, (byte)(64 + (peer >> 16)), (byte)(peer >> 8), (byte)peer]), behind))];
    }

    private static async Task<int> EachAsync(TextWriter output, LoadPeer[] peers, int parallel, Func<LoadPeer, Task<bool>> work)
    {
        List<double> times = [];
        int repeated = -peers.Sum(peer => peer.Repeated);
        int next = 0;
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, parallel).Select(_ => Task.Run(Work)));
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        repeated += peers.Sum(peer => peer.Repeated);
        times.Sort();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{times.Count} {seconds:F3} {repeated} {At(times, 0.5):F1} {At(times, 0.99):F1}"));
        output.Flush();
        return times.Count;

        async Task Work()
        {
            for (int i; (i = Interlocked.Increment(ref next) - 1) < peers.Length;)
            {
                long begun = Stopwatch.GetTimestamp();
                if (await work(peers[i]))
                {
                    lock (times)
                    {
                        times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
                    }
                }
            }
        }
    }

    private static double At(List<double> sorted, double part) => sorted.Count == 0 ? double.NaN : sorted[(int)((sorted.Count - 1) * part)];
}
