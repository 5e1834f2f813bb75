using System.Globalization;
using RouterOS.Abstractions.Crypto;
using RouterOS.Benchmarks.Esp;
using RouterOS.Crypto;

namespace RouterOS.Benchmarks.Crypto;

/// <summary>Every engine side by side, and ipsec-mb's raw calls beside them: nanoseconds of CPU time per packet, by suite, direction and size.</summary>
internal static class CryptoBenchmark
{
    private const int Repetitions = 9;
    private const double SecondsPerRepetition = 0.012;

    private static readonly (string Name, CryptoSuite Suite)[] s_suites =
    [
        ("aes128-sha1", new CryptoSuite(CipherAlgorithm.AesCbc, 16, MacAlgorithm.HmacSha1)),
        ("aes256-sha256", new CryptoSuite(CipherAlgorithm.AesCbc, 32, MacAlgorithm.HmacSha256)),
        ("aes128-gcm", new CryptoSuite(CipherAlgorithm.AesGcm, 20, MacAlgorithm.None)),
        ("3des-sha1", new CryptoSuite(CipherAlgorithm.TripleDesCbc, 24, MacAlgorithm.HmacSha1)),
        ("des-md5", new CryptoSuite(CipherAlgorithm.DesCbc, 8, MacAlgorithm.HmacMd5)),
        ("aes128-md5", new CryptoSuite(CipherAlgorithm.AesCbc, 16, MacAlgorithm.HmacMd5)),
        ("3des-md5", new CryptoSuite(CipherAlgorithm.TripleDesCbc, 24, MacAlgorithm.HmacMd5)),
        ("null-sha1", new CryptoSuite(CipherAlgorithm.Null, 0, MacAlgorithm.HmacSha1)),
    ];

    // What a run without a word measures.
    private static readonly string[] s_usual = ["aes128-sha1", "aes256-sha256", "aes128-gcm", "3des-sha1", "des-md5"];

    /// <summary>Runs the suites whose name contains a word (the usual ones without one), in batches of a size; <c>mixed</c> mixes keys and lengths.</summary>
    public static int Run(TextWriter output, string word, int batch, bool mixed)
    {
        Report report = new(output);
        report.Title(
            $"crypto, {batch} packets a batch{(mixed ? ", a key each, lengths from 40 to the size" : ", one key")}",
            $"ns of CPU time per packet, median of {Repetitions} interleaved repetitions; in brackets the raw calls' time over the engine's");
        string[] engines = [.. Names()];
        report.Header(["suite", "direction", "size", "raw ipsec-mb", .. engines]);
        foreach ((string name, CryptoSuite suite) in s_suites.Where(
            s => word.Length == 0 ? s_usual.Contains(s.Name) : s.Name.Contains(word, StringComparison.Ordinal)))
        {
            foreach (CryptoDirection direction in Enum.GetValues<CryptoDirection>())
            {
                foreach (int size in (int[])[64, 576, 1400])
                {
                    Measure(report, engines, name, suite, direction, size, batch, mixed);
                }
            }
        }

        report.End();
        return 0;
    }

    private static IEnumerable<string> Names()
    {
        foreach (ICryptoEngine engine in BenchEngines.All())
        {
            yield return CryptoCase.ShortName(engine);
            engine.Dispose();
        }
    }

    private static void Measure(
        Report report, string[] engines, string name, CryptoSuite suite, CryptoDirection direction, int size, int batch, bool mixed)
    {
        List<CryptoCase> cases = [];
        foreach (ICryptoEngine engine in BenchEngines.All())
        {
            if (!engine.Supports(suite, direction))
            {
                engine.Dispose();
                continue;
            }

            cases.Add(new CryptoCase(engine, suite, direction, size, batch, mixed, raw: false));
        }

        CryptoCase? raw = null;
        if (IpsecMbEngine.TryCreate(out _) is { } fast)
        {
            raw = new CryptoCase(fast, suite, direction, size, batch, mixed, raw: true);
            cases.Insert(0, raw);
        }

        foreach (CryptoCase one in cases)
        {
            one.Warm();
        }

        for (int i = 0; i < Repetitions; i++)
        {
            foreach (CryptoCase one in cases)
            {
                one.Repeat(SecondsPerRepetition);
            }
        }

        double limit = raw?.Times.Value ?? double.NaN;
        string way = direction == CryptoDirection.Encrypt ? "encrypt" : "decrypt";
        List<object> row = [name, way, size, limit];
        foreach (string engine in engines)
        {
            double time = cases.Find(one => one != raw && one.Name == engine)?.Times.Value ?? double.NaN;
            row.Add(double.IsNaN(time) ? "" : string.Create(CultureInfo.InvariantCulture, $"{time:F0} ({limit / time:F2})"));
            if (!double.IsNaN(time))
            {
                report.Ratio($"crypto/{name}/{way}/{size}/x{batch}{(mixed ? "-mixed" : "")}/{engine}/raw", limit / time);
            }
        }

        report.Row([.. row]);
        foreach (CryptoCase one in cases)
        {
            one.Dispose();
        }
    }
}
