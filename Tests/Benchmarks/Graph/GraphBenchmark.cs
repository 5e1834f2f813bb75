using RouterOS.Flow.Nodes;
using RouterOS.Forwarding;
using RouterOS.Proto.Flow.V1;

namespace RouterOS.Benchmarks.Graph;

/// <summary>The forwarding graph with a million routes beside a C twin of its pipeline, without and with flow sessions.</summary>
internal static class GraphBenchmark
{
    private const int Routes = 1_000_000;
    private const int Buffers = 8192;
    private const int Repetitions = 15;
    private const int PacketsPerRepetition = 1 << 18;
    private const int Seed = 20;

    // The sessions of the largest case, and the table's own size.
    private const int Sessions = 1_200_000;

    /// <summary>Everything, or one feature (plain, sessions) and one number of flows.</summary>
    public static int Run(TextWriter output, string feature, int onlyFlows)
    {
        Report report = new(output);
        report.Title(
            "graph: forwarding in memory, 1 M routes",
            $"ns of CPU time per packet of 64 bytes from port to port, median of {Repetitions} interleaved repetitions; the twin is Native/pipe.c.",
            "Plain: link, IPv4 checks, look-up, rewrite, link header, counters. Sessions: the same with the flow policy's session table.");
        using NativeLibraries libraries = new();
        string? twin = libraries.Compile("pipe.c", out string? problem);
        if (problem is not null)
        {
            output.WriteLine(problem);
            output.WriteLine();
        }

        report.Header("feature", "flows", "batch", "C", "graph", "C / graph", "bytes allocated a packet");
        Numbers random = new(Seed);
        RouteSet routes = new(Routes, random);
        foreach (bool sessions in (bool[])[false, true])
        {
            if (feature.Length > 0 && feature != (sessions ? "sessions" : "plain"))
            {
                continue;
            }

            using BenchPlane plane = sessions ? new BenchPlane(new FlowNodePackage(Sessions)) : new BenchPlane();
            plane.Load(routes);
            if (sessions)
            {
                Permit(plane);
            }

            foreach (int flows in (int[])[256, 1 << 16, 1_000_000])
            {
                if (onlyFlows > 0 && onlyFlows != flows)
                {
                    continue;
                }

                using Frames frames = new(flows, NullPort.Address, routes, random);
                using PipelineTwin? c = twin is null ? null : Twin(twin, routes, sessions);
                foreach (int batch in (int[])[256, 32])
                {
                    Measure(report, plane, c, frames, sessions ? "sessions" : "plain", flows, batch);
                }
            }
        }

        report.End();
        return 0;
    }

    private static PipelineTwin Twin(string path, RouteSet routes, bool sessions)
    {
        PipelineTwin twin = new(path, Buffers, sessions ? 1 << 21 : 0, NullPort.Address);
        for (int hop = 1; hop <= RouteSet.Hops; hop++)
        {
            twin.Hop(hop, NullPort.AddressOf(BenchPlane.Gateway(hop)), 1);
        }

        foreach ((uint prefix, byte length, byte hop) in routes.Prefixes)
        {
            twin.Route(prefix, length, hop);
        }

        return twin;
    }

    private static void Permit(BenchPlane plane)
    {
        plane.Set("zone-interface", "1", new ZoneInterfaceRow { Interface = BenchPlane.Inside, Zone = 1 });
        plane.Set("zone-interface", "2", new ZoneInterfaceRow { Interface = BenchPlane.Outside, Zone = 2 });
        plane.Set("policy", "1/2", new PolicySetRow
        {
            FromZone = 1, ToZone = 2, Rules = { new PolicyRuleRow { Id = 1, Name = "out", Action = Policy.Types.Action.Permit } },
        });
    }

    private static unsafe void Measure(Report report, BenchPlane plane, PipelineTwin? twin, Frames frames, string feature, int flows, int batch)
    {
        int rounds = PacketsPerRepetition / batch;
        plane.In.Load(frames.Start, frames.Count);
        plane.Warm(Math.Max(frames.Count, PacketsPerRepetition) + 4096);
        twin?.Run(frames, Math.Max(frames.Count, PacketsPerRepetition) / batch, batch);
        Median graph = new();
        Median c = new();
        long allocated = 0;
        for (int i = 0; i < Repetitions; i++)
        {
            if (twin is not null)
            {
                c.Add(twin.Run(frames, rounds, batch), rounds * batch);
            }

            long before = GC.GetAllocatedBytesForCurrentThread();
            graph.Add(plane.Run(rounds, batch), rounds * batch);
            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
        }

        double ratio = c.Value / graph.Value;
        report.Row(feature, flows, batch, c.Value, graph.Value, ratio, (double)allocated / ((long)Repetitions * rounds * batch));
        report.Ratio($"graph/{feature}/{flows}/x{batch}/c", ratio);
    }
}
