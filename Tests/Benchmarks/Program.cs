using System.Globalization;
using RouterOS.Benchmarks.Crypto;
using RouterOS.Benchmarks.Esp;

// Measures on this machine, in one process and one run, so that ratios hold whatever else the machine does:
//   esp     raw ipsec-mb calls, the engine, and the whole ESP nodes, per packet
//   crypto  every crypto engine beside raw ipsec-mb calls: crypto [suite] [batch] [mixed]
if (args is ["crypto", ..])
{
    return CryptoBenchmark.Run(
        Console.Out, args.Length > 1 && args[1] != "all" ? args[1] : string.Empty,
        args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 256, args is [.., "mixed"]);
}

if (args is ["esp"])
{
    return EspBenchmark.Run(Console.Out);
}

Console.Error.WriteLine("usage: dotnet run -c Release --project Tests/Benchmarks -- esp | crypto [SUITE|all] [BATCH] [mixed]");
return 2;
