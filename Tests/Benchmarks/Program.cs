using RouterOS.Benchmarks.Esp;

// Measures on this machine, in one process and one run, so that ratios hold whatever else the machine does:
//   esp     raw ipsec-mb calls, the engine, and the whole ESP nodes, per packet
if (args is ["esp"])
{
    return EspBenchmark.Run(Console.Out);
}

Console.Error.WriteLine("usage: dotnet run -c Release --project Tests/Benchmarks -- esp");
return 2;
