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
        ("aes128-sha256", new CryptoSuite(CipherAlgorithm.AesCbc, 16, MacAlgorithm.HmacSha256)),
        ("aes128-gcm", new CryptoSuite(CipherAlgorithm.AesGcm, 20, MacAlgorithm.None)),
        ("3des-md5", new CryptoSuite(CipherAlgorithm.TripleDesCbc, 24, MacAlgorithm.HmacMd5)),
    ];

    /// <summary>All cases, or only those of a suite, a size and a number of SAs; empty and 0 stand for all.</summary>
    public static int Run(TextWriter output, string only, int onlySize, int onlySas)
    {
        using CryptoEngines engines = CryptoEngines.Open();
        bool hasRaw = IpsecMb.Problem is null;
        Report report = new(output);
        report.Title(
            $"esp: {EspCase.Packets} packets a batch",
            [
                $"ns of CPU time per packet by inner size, median of {Repetitions} interleaved repetitions. raw: ipsec-mb by its fastest calls for the suite;",
                "engine: the one that the chassis chooses; nodes: esp-encrypt, or esp-decrypt, whole. Engines:",
                .. engines.Describe().Concat(engines.Alarms).Select(line => $"- {line}"),
            ]);
        report.Header("suite", "SAs", "direction", "size", "raw", "engine", "nodes", "raw / engine", "raw / nodes", "nodes Gbit/s", "bytes allocated a packet");
        foreach ((string name, CryptoSuite suite) in s_suites)
        {
            foreach ((int sas, int size) in ((int, int)[])[(1, 64), (1, 576), (1, 1400), (64, 64), (1024, 64), (1024, 1400)])
            {
                if ((only.Length > 0 && only != name) || (onlySize != 0 && onlySize != size) || (onlySas != 0 && onlySas != sas))
                {
                    continue;
                }

                using EspCase measured = new(engines, suite, size, sas, hasRaw);
                Measure(measured);
                Print(report, name, sas, "encrypt", size, measured.Encrypt);
                Print(report, name, sas, "decrypt", size, measured.Decrypt);
            }
        }

        report.End();
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

    private static void Print(Report report, string suite, int sas, string direction, int size, EspTimes times)
    {
        double raw = times.Raw.Value;
        double nodes = times.Nodes.Value;
        report.Row(
            suite, sas, direction, size, raw, times.Engine.Value, nodes, raw / times.Engine.Value, raw / nodes, size * 8 / nodes,
            times.AllocatedPerPacket);
        report.Ratio($"esp/{suite}/{sas}-sas/{direction}/{size}/raw", raw / nodes);
    }
}
