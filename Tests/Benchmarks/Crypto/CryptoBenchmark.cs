using System.Diagnostics;
using System.Globalization;
using RouterOS.Abstractions.Crypto;
using RouterOS.Benchmarks.Esp;
using RouterOS.Crypto;

namespace RouterOS.Benchmarks.Crypto;

/// <summary>Every engine side by side, and ipsec-mb's raw calls beside them: nanoseconds of CPU time per packet, by suite, direction and size.</summary>
internal static class CryptoBenchmark
{
    private const int Repetitions = 11;
    private const double SecondsPerRepetition = 0.012;

    private static readonly (string Name, CryptoSuite Suite)[] s_suites =
    [
        ("aes128-sha1", new CryptoSuite(CipherAlgorithm.AesCbc, 16, MacAlgorithm.HmacSha1)),
        ("aes256-sha256", new CryptoSuite(CipherAlgorithm.AesCbc, 32, MacAlgorithm.HmacSha256)),
        ("aes128-md5", new CryptoSuite(CipherAlgorithm.AesCbc, 16, MacAlgorithm.HmacMd5)),
        ("aes128-gcm", new CryptoSuite(CipherAlgorithm.AesGcm, 20, MacAlgorithm.None)),
        ("3des-sha1", new CryptoSuite(CipherAlgorithm.TripleDesCbc, 24, MacAlgorithm.HmacSha1)),
        ("3des-md5", new CryptoSuite(CipherAlgorithm.TripleDesCbc, 24, MacAlgorithm.HmacMd5)),
        ("des-md5", new CryptoSuite(CipherAlgorithm.DesCbc, 8, MacAlgorithm.HmacMd5)),
        ("null-sha1", new CryptoSuite(CipherAlgorithm.Null, 0, MacAlgorithm.HmacSha1)),
    ];

    /// <summary>Runs the suites whose name contains a word (all without one), in batches of a size; <c>mixed</c> mixes keys and lengths.</summary>
    public static int Run(TextWriter output, string word, int batch, bool mixed)
    {
        output.WriteLine($"{batch} packets a batch{(mixed ? ", a key each, lengths from 40 to the size" : ", one key")}; median of {Repetitions} interleaved repetitions; ns of CPU time per packet; in brackets raw / engine");
        output.WriteLine();
        foreach ((string name, CryptoSuite suite) in s_suites.Where(s => s.Name.Contains(word, StringComparison.Ordinal)))
        {
            foreach (CryptoDirection direction in Enum.GetValues<CryptoDirection>())
            {
                foreach (int size in (int[])[64, 256, 576, 1400])
                {
                    Measure(output, name, suite, direction, size, batch, mixed);
                }
            }
        }

        return 0;
    }

    private static void Measure(TextWriter output, string name, CryptoSuite suite, CryptoDirection direction, int size, int batch, bool mixed)
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

        if (IpsecMbEngine.TryCreate(out _) is { } fast)
        {
            cases.Insert(0, new CryptoCase(fast, suite, direction, size, batch, mixed, raw: true));
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

        double raw = cases[0].Times.Value;
        output.Write(string.Create(CultureInfo.InvariantCulture, $"{name,-14} {direction,-8} {size,5}"));
        foreach (CryptoCase one in cases)
        {
            output.Write(string.Create(
                CultureInfo.InvariantCulture, $"  {one.Name} {one.Times.Value:F1} ({raw / one.Times.Value:F2})"));
            one.Dispose();
        }

        output.WriteLine();
    }
}
