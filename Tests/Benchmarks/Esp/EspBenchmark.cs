using System.Diagnostics;
using System.Globalization;
using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto;
using RouterOS.Crypto.Native;

namespace RouterOS.Benchmarks.Esp;

/// <summary>Raw library calls, engine and whole nodes side by side: nanoseconds and allocated bytes per packet.</summary>
internal static class EspBenchmark
{
    private const int Repetitions = 15;
    private const double SecondsPerCase = 1.0;

    private static readonly (string Name, CryptoSuite Suite)[] s_suites =
    [
        ("aes128-sha1", new CryptoSuite(CipherAlgorithm.AesCbc, 16, MacAlgorithm.HmacSha1)),
        ("3des-md5", new CryptoSuite(CipherAlgorithm.TripleDesCbc, 24, MacAlgorithm.HmacMd5)),
    ];

    public static int Run(TextWriter output)
    {
        using CryptoEngines engines = CryptoEngines.Open();
        foreach (string line in engines.Describe().Concat(engines.Alarms))
        {
            output.WriteLine(line);
        }

        bool hasRaw = IpsecMb.Problem is null;
        output.WriteLine($"{EspCase.Packets} packets a batch, one SA, median of {Repetitions} interleaved repetitions; ns of CPU time per packet by inner size");
        output.WriteLine("raw: ipsec-mb by its fastest calls for the suite; engine: ICryptoEngine; nodes: esp-encrypt, or esp-decrypt");
        output.WriteLine();
        output.WriteLine("suite        dir      size       raw    engine     nodes  engine/raw  nodes/raw  nodes Gbit/s  bytes allocated");
        foreach ((string name, CryptoSuite suite) in s_suites)
        {
            foreach (int size in (int[])[64, 576, 1400])
            {
                using EspCase measured = new(engines, suite, size, hasRaw);
                Measure(measured);
                Print(output, name, "encrypt", size, measured.Encrypt);
                Print(output, name, "decrypt", size, measured.Decrypt);
            }
        }

        return 0;
    }

    private static void Measure(EspCase measured)
    {
        measured.RunBatches(20);
        measured.Reset();
        long start = Stopwatch.GetTimestamp();
        measured.RunBatches(4);
        double perBatch = Stopwatch.GetElapsedTime(start).TotalSeconds / 4;
        measured.Reset();
        int batches = Math.Clamp((int)(SecondsPerCase / Repetitions / perBatch), 2, 2000);
        for (int i = 0; i < Repetitions; i++)
        {
            measured.RunBatches(batches);
        }
    }

    private static void Print(TextWriter output, string suite, string direction, int size, EspTimes times)
    {
        double raw = times.Raw.Value;
        double nodes = times.Nodes.Value;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{suite,-12} {direction,-8} {size,4} {raw,9:F1} {times.Engine.Value,9:F1} {nodes,9:F1} "
            + $"{times.Engine.Value / raw,11:F3} {nodes / raw,10:F3} {size * 8 / nodes,13:F2} {times.AllocatedPerPacket,16:F3}"));
    }
}
