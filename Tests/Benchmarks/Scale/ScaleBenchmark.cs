using System.Diagnostics;
using System.Globalization;
using Google.Protobuf;
using RouterOS.Benchmarks.Graph;
using RouterOS.Crypto;
using RouterOS.Esp.Nodes;
using RouterOS.Forwarding;
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

    // Rows on their way to the worker at a time, as a stream of rows has.
    private const int Window = 64;

    // What issue and design promise: no stall over a millisecond.
    private const double GoalMicroseconds = 1000;

    public static int Run(TextWriter output)
    {
        Report report = new(output);
        report.Title(
            "scale: loading while forwarding",
            "Longest round: the worker's CPU time between two looks at its ports, which bounds what loading adds to a packet's latency;",
            "on the wall with garbage collections and whatever else the machine runs. Memory: proportional set size, with the loader's garbage collected.");
        report.Header("rows", "count", "seconds", "rows a second", "bytes a row", "longest round CPU us", "rounds over 1 ms", "longest on the wall us", "GC pauses ms");
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
        Measure(report, plane, worker, "nothing", false, 0, []);
        Measure(report, plane, worker, "routes", true, Routes, routes.Prefixes.Select(
            route => ("route", BenchPlane.Key(route.Prefix, route.Length), (IMessage)BenchPlane.Route(route.Prefix, route.Length, route.Hop))));
        Measure(report, plane, worker, "routes changed", false, Routes / 10, routes.Prefixes.Take(Routes / 10).Select(
            route => ("route", BenchPlane.Key(route.Prefix, route.Length), (IMessage)BenchPlane.Route(route.Prefix, route.Length, 1))));
        Measure(report, plane, worker, "tunnel interfaces", true, Tunnels, Enumerable.Range(0, Tunnels).Select(Tunnel));
        Measure(report, plane, worker, "security associations", true, 2 * Protections, Enumerable.Range(0, Protections).SelectMany(Association));
        Measure(report, plane, worker, "associations replaced", false, 2 * (Protections / 10), Enumerable.Range(0, Protections / 10).SelectMany(Association));
        report.End();
        return 0;
    }

    private static unsafe void Load(BenchPlane plane, Frames frames) => plane.In.Load(frames.Start, frames.Count);

    private static (string Table, string Key, IMessage Row) Tunnel(int number)
    {
        uint index = FirstTunnel + (uint)number;
        return ("interface", $"{index}", new InterfaceRow { Index = index, Name = $"st0.{number}", LinkType = "esp", Mtu = 1400, Up = true });
    }

    // A protection and its SA of either direction; the first protections carry the tunnel interfaces.
    private static IEnumerable<(string Table, string Key, IMessage Row)> Association(int number)
    {
        uint protection = (uint)number + 1;
        SaRow row = new()
        {
            Spi = 0x10000 + (uint)number, Protection = protection, Cipher = Cipher.AesCbc, Mac = Mac.HmacSha196, ReplayWindow = 64,
            CipherKey = ByteString.CopyFrom(new byte[16]), MacKey = ByteString.CopyFrom(new byte[20]),
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
        Report report, BenchPlane plane, RoundTimes worker, string what, bool adds, int count, IEnumerable<(string Table, string Key, IMessage Row)> rows)
    {
        // Made before, so that the rows' own making is not measured; what is kept of them is garbage afterwards.
        (string Table, string Key, byte[] Row)[] bytes = [.. rows.Select(row => (row.Table, row.Key, row.Row.ToByteArray()))];
        long before = Memory();
        worker.Reset();
        TimeSpan paused = GC.GetTotalPauseDuration();
        long start = Stopwatch.GetTimestamp();
        Queue<Task<string?>> window = new();
        foreach ((string table, string key, byte[] row) in bytes)
        {
            window.Enqueue(plane.Plane.ApplyRow(table, key, row));
            if (window.Count == Window)
            {
                Check(window.Dequeue());
            }
        }

        while (window.TryDequeue(out Task<string?>? last))
        {
            Check(last);
        }

        if (count == 0)
        {
            SpinWait.SpinUntil(() => Stopwatch.GetElapsedTime(start).TotalSeconds > 1);
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        (double cpu, double wall, double over) = (worker.LongestCpu, worker.LongestWall, worker.OverMillisecond);
        double pauses = (GC.GetTotalPauseDuration() - paused).TotalMilliseconds;
        double each = adds ? (double)(Memory() - before) / count : double.NaN;
        report.Row(what, count, seconds, count / seconds, each, cpu, over, wall, pauses);
        if (count > 0)
        {
            report.Ratio($"scale/{what.Replace(' ', '-')}/longest-round/goal", GoalMicroseconds / cpu);
        }
    }

    private static void Check(Task<string?> applied)
    {
        if (applied.GetAwaiter().GetResult() is { } problem)
        {
            throw new InvalidOperationException(problem);
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
