using System.Diagnostics;
using System.Globalization;
using Google.Protobuf;
using RouterOS.Benchmarks.Graph;
using RouterOS.Crypto;
using RouterOS.Esp.Nodes;
using RouterOS.Forwarding;
using RouterOS.Module;
using RouterOS.Packets;
using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Forwarding.V1;

namespace RouterOS.Benchmarks.Scale;

/// <summary>Tables at their documented sizes, loaded row by row while the worker forwards: time, memory, and the longest stall.</summary>
internal static class ScaleBenchmark
{
    private const int Routes = 1_000_000;
    private const int Protections = 50_000;
    private const int Tunnels = 16_000;
    private const uint FirstTunnel = 100;
    private const int Seed = 20;

    private const string Idle = "nothing, no forwarding";

    private static readonly string[] s_settings = ["GCgen0size", "GCHeapHardLimit", "ConcurrentGC", "GCGen1Size"];

    // What issue and design promise: no stall over a millisecond.
    private const double GoalMicroseconds = 1000;

    public static int Run(TextWriter output)
    {
        Report report = new(output);
        report.Title(
            "scale: loading while forwarding",
            "Rows come as messages through the module's agent, as from the routing engine. A round: what the worker does between two looks at its ports.",
            "Its CPU time and the garbage collections that stop it bound what loading adds to a packet's latency; time on the wall has whatever else",
            "the machine runs, as the loop that only reads its clocks shows. Memory: proportional set size, the loader's own garbage collected.",
            $"GC: {string.Join(", ", GC.GetConfigurationVariables().Where(v => s_settings.Contains(v.Key)).Select(v => $"{v.Key} {v.Value}"))}");
        report.Header(
            "rows", "count", "seconds", "rows a second", "bytes a row", "round CPU us p99.9", "longest", "stopped by GC us p99.9", "longest", "GC ms in all",
            "collections", "most kept KB", "round on the wall us p99.9", "longest");
        using CryptoEngines engines = CryptoEngines.Open();
        Numbers random = new(Seed);
        RouteSet routes = new(Routes, random);
        using BenchPlane plane = new(engines, new EspNodePackage());
        using Frames frames = new(1 << 16, NullPort.Address, routes, random);
        foreach (int hop in Enumerable.Range(1, RouteSet.Hops))
        {
            plane.Set("route", BenchPlane.Key((uint)hop << 28, 4), BenchPlane.Route((uint)hop << 28, 4, hop));
        }

        Load(plane, frames);
        plane.Warm(1 << 16);
        using RoundTimes worker = new(plane);
        Loader loader = new(plane.Plane);
        // As the data process does when it starts.
        CompileAhead.Run([new EspNodePackage()], typeof(CryptoEngines).Assembly);

        void Measure(string what, bool adds, int count, IEnumerable<(string Table, string Key, IMessage Row)> rows) =>
            ScaleBenchmark.Measure(report, loader, worker, what, adds, count, rows);
        Measure(Idle, false, 0, []);
        Measure("nothing", false, 0, []);
        Measure("routes", true, Routes, routes.Prefixes.Select(
            route => ("route", BenchPlane.Key(route.Prefix, route.Length), (IMessage)BenchPlane.Route(route.Prefix, route.Length, route.Hop))));
        Measure("routes changed", false, Routes / 10, routes.Prefixes.Take(Routes / 10).Select(
            route => ("route", BenchPlane.Key(route.Prefix, route.Length), (IMessage)BenchPlane.Route(route.Prefix, route.Length, 1))));
        Measure("tunnel interfaces", true, Tunnels, Enumerable.Range(0, Tunnels).Select(Tunnel));
        Measure("security associations", true, 2 * Protections, Enumerable.Range(0, Protections).SelectMany(number => Association(number, 0)));
        Observe(report, worker, "snapshot of sa-in", Protections, () => double.NaN, () => loader.Read("sa-in", Protections));
        Measure("associations replaced", true, 2 * (Protections / 10), Enumerable.Range(0, Protections / 10).SelectMany(number => Association(number, 1)));
        report.End();
        return 0;
    }

    private static unsafe void Load(BenchPlane plane, Frames frames) => plane.In.Load(frames.Start, frames.Count);

    private static (string Table, string Key, IMessage Row) Tunnel(int number)
    {
        uint index = FirstTunnel + (uint)number;
        return ("interface", $"{index}", new InterfaceRow { Index = index, Name = $"st0.{number}", LinkType = "esp", Mtu = 1400, Up = true });
    }

    // A protection and its SA of either direction under a key; the first protections carry the tunnel interfaces.
    private static IEnumerable<(string Table, string Key, IMessage Row)> Association(int number, byte key)
    {
        uint protection = (uint)number + 1;
        SaRow row = new()
        {
            Spi = 0x10000 + (uint)number, Protection = protection, Cipher = Cipher.AesCbc, Mac = Mac.HmacSha196, ReplayWindow = 64,
            CipherKey = ByteString.CopyFrom(Enumerable.Repeat(key, 16).ToArray()), MacKey = ByteString.CopyFrom(Enumerable.Repeat(key, 20).ToArray()),
        };
        yield return ("protection", $"{protection}", new ProtectionRow
        {
            Id = protection, Name = $"p{number}", Interface = number < Tunnels ? FirstTunnel + (uint)number : 0, LocalAddress = 0xC6336401,
            RemoteAddress = 0x0B000000 + protection, OutboundSpi = row.Spi,
        });
        yield return ("sa-in", row.Spi.ToString(CultureInfo.InvariantCulture), row);
        yield return ("sa-out", $"{protection}/{row.Spi}", row);
    }

    private static void Measure(
        Report report, Loader loader, RoundTimes worker, string what, bool adds, int count, IEnumerable<(string Table, string Key, IMessage Row)> rows)
    {
        // Made before, so that the rows' own making is not measured, and on no heap.
        using Messages messages = new(rows);
        long before = Memory();
        Observe(report, worker, what, count, () => adds ? (double)(Memory() - before) / count : double.NaN, () =>
        {
            loader.Load(messages);
            if (count == 0)
            {
                Thread.Sleep(1000);
            }
        });
    }

    private static void Observe(Report report, RoundTimes worker, string what, int count, Func<double> bytes, Action action)
    {
        worker.Reset(what == Idle);
        TimeSpan paused = GC.GetTotalPauseDuration();
        int collections = GC.CollectionCount(0);
        long start = Stopwatch.GetTimestamp();
        action();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double pauses = (GC.GetTotalPauseDuration() - paused).TotalMilliseconds;
        collections = GC.CollectionCount(0) - collections;
        double[] times = [worker.Cpu.Thousandth, worker.Cpu.Longest, worker.Paused.Thousandth, worker.Paused.Longest];
        double[] wall = [worker.Wall.Thousandth, worker.Wall.Longest];
        double kept = worker.Kept;
        report.Row(
            what, count, seconds, count / seconds, bytes(), times[0], times[1], times[2], times[3], pauses, collections, kept, wall[0], wall[1]);
        if (count > 0)
        {
            report.Ratio($"scale/{what.Replace(' ', '-')}/longest-round/goal", GoalMicroseconds / Math.Max(times[1], times[3]));
        }
    }

    private static long Memory()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        string line = File.ReadLines("/proc/self/smaps_rollup").First(text => text.StartsWith("Pss:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }
}
