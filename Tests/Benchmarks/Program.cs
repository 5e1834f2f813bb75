using System.Globalization;
using RouterOS.Benchmarks.Crypto;
using RouterOS.Benchmarks.Esp;
using RouterOS.Benchmarks.Graph;
using RouterOS.Benchmarks.Gre;
using RouterOS.Benchmarks.Ike;
using RouterOS.Benchmarks.Io;
using RouterOS.Benchmarks.L2tp;
using RouterOS.Benchmarks.Scale;

// Tables that are measured in one process: medians of interleaved repetitions in thread CPU time, so that ratios hold whatever else the
// machine does. `run` beside this file starts them all, and those that need root.
return args switch
{
    ["crypto", ..] => CryptoBenchmark.Run(
        Console.Out, args.Length > 1 && args[1] != "all" ? args[1] : string.Empty,
        args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 256, args is [.., "mixed"]),
    ["graph", ..] => GraphBenchmark.Run(
        Console.Out, args.Length > 1 ? args[1] : string.Empty, args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 0),
    // Started by Gateways/ports.py.
    ["bridge", var left, var right] => PortBridge.Run(left, right),
    // Started by Gateways/ike.py.
    ["ike-load", var responder, var key, var group, var first, var count, var parallel] => await IkeLoad.RunAsync(
        Console.Out, responder, key, int.Parse(group, CultureInfo.InvariantCulture), int.Parse(first, CultureInfo.InvariantCulture),
        int.Parse(count, CultureInfo.InvariantCulture), int.Parse(parallel, CultureInfo.InvariantCulture)),
    ["ike-stay", var responder, var key, var group, var first, var count, var parallel] => await IkeLoad.StayAsync(
        Console.In, Console.Out, responder, key, int.Parse(group, CultureInfo.InvariantCulture), int.Parse(first, CultureInfo.InvariantCulture),
        int.Parse(count, CultureInfo.InvariantCulture), int.Parse(parallel, CultureInfo.InvariantCulture)),
    ["gre"] => GreBenchmark.Run(Console.Out),
    ["multicast"] => MulticastBenchmark.Run(Console.Out),
    ["l2tp"] => L2tpBenchmark.Run(Console.Out),
    ["scale"] => ScaleBenchmark.Run(Console.Out),
    ["des"] => DesBenchmark.Run(Console.Out, false),
    ["des", "all"] => DesBenchmark.Run(Console.Out, true),
    ["esp", ..] => EspBenchmark.Run(
        Console.Out, args.Length > 1 ? args[1] : string.Empty,
        args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 0,
        args.Length > 3 ? int.Parse(args[3], CultureInfo.InvariantCulture) : 0),
    ["sas", ..] => EspScale.Run(Console.Out, args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 50_000),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: Tests/Benchmarks/run [TABLE...]; in this process: crypto [SUITE|all] [BATCH] [mixed] | des [all] | esp [SUITE] [SIZE] [SAS] | sas [COUNT] | scale | l2tp | gre | multicast | graph [plain|sessions] [FLOWS]");
    return 2;
}
