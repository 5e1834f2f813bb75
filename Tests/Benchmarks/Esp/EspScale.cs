using System.Globalization;
using Google.Protobuf;
using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto;
using RouterOS.Proto.Esp.V1;

namespace RouterOS.Benchmarks.Esp;

/// <summary>Many SAs: memory of each, and what it costs to install, change and delete one while the table grows and shrinks.</summary>
internal static class EspScale
{
    private const uint FirstSpi = 0x10000;

    public static int Run(TextWriter output, int count)
    {
        using CryptoEngines engines = CryptoEngines.Open();
        BenchRegistry registry = new(engines);
        CryptoSuite suite = new(CipherAlgorithm.AesCbc, 16, MacAlgorithm.HmacSha1);
        // The first row of a kind compiles what handles it.
        for (uint i = 0; i < 200; i++)
        {
            registry.Set("sa-in", $"{FirstSpi + i}", Sa(suite, i));
            registry.Set("sa-out", $"{i + 1}/{FirstSpi + i}", Sa(suite, i));
            registry.Set("protection", $"{i + 1}", Protection(i));
        }

        long before = Resident();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count} tunnels, two SAs each; microseconds of CPU time"));
        output.WriteLine("row                 mean      p99    p99.9      max  garbage B  heap B");
        Measure(output, "sa-in set", count, i => registry.Prepare("sa-in", $"{FirstSpi + i}", Sa(suite, i)));
        Measure(output, "sa-out set", count, i => registry.Prepare("sa-out", $"{i + 1}/{FirstSpi + i}", Sa(suite, i)));
        Measure(output, "protection set", count, i => registry.Prepare("protection", $"{i + 1}", Protection(i)));
        long bytes = Resident() - before;
        Measure(output, "tick of a second", 100, _ => registry.Tick);
        Measure(output, "protection remove", count, i => Remove(registry, "protection", $"{i + 1}"));
        Measure(output, "sa-out remove", count, i => Remove(registry, "sa-out", $"{i + 1}/{FirstSpi + i}"));
        Measure(output, "sa-in remove", count, i => Remove(registry, "sa-in", $"{FirstSpi + i}"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"memory: {(double)bytes / count:F0} bytes a tunnel (resident set)"));
        return 0;
    }

    private static void Measure(TextWriter output, string row, int count, Func<uint, Action> prepare)
    {
        double[] times = new double[count];
        // What a row leaves behind for the collector, the messages' own making not counted, and what it keeps on the heap.
        long kept = GC.GetTotalMemory(true);
        long garbage = 0;
        for (int i = 0; i < count; i++)
        {
            Action change = prepare((uint)i);
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            long start = CpuClock.Now;
            change();
            times[i] = (CpuClock.Now - start) / 1000.0;
            garbage += GC.GetAllocatedBytesForCurrentThread() - allocated;
        }

        kept = GC.GetTotalMemory(true) - kept;
        Array.Sort(times);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{row,-18} {times.Average(),5:F2} {times[(int)(count * 0.99)],8:F1} {times[(int)(count * 0.999)],8:F1} {times[^1],8:F1} {garbage / count,10} {kept / count,7}"));
    }

    private static Action Remove(BenchRegistry registry, string table, string key) => () => registry.Remove(table, key);

    private static long Resident()
    {
        GC.Collect();
        return Environment.WorkingSet;
    }

    private static SaRow Sa(CryptoSuite suite, uint number) => new()
    {
        Spi = FirstSpi + number, Protection = number + 1, Cipher = (Cipher)suite.Cipher,
        CipherKey = ByteString.CopyFrom(new byte[suite.CipherKeyBytes]), Mac = (Mac)suite.Mac,
        MacKey = ByteString.CopyFrom(new byte[suite.MacKeyBytes]), ReplayWindow = 64,
    };

    private static ProtectionRow Protection(uint number) => new()
    {
        Id = number + 1, Name = "vpn", LocalAddress = 0xC0000201, RemoteAddress = 0x0A000000 + number, OutboundSpi = FirstSpi + number,
        Interface = 100 + (number % 16000),
    };
}
