using System.Globalization;
using System.Runtime.InteropServices;
using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto;
using RouterOS.Crypto.BitSlice;

namespace RouterOS.Benchmarks.Crypto;

/// <summary>DES and 3DES with keyed hashes by fill: sizes, mixed sizes, SAs and jobs to a batch, beside ipsec-mb and libcrypto.</summary>
internal static unsafe class DesBenchmark
{
    private const int Packets = 256;
    private const int BufferBytes = 2048;
    private const int Repetitions = 5;
    private const long NanosecondsPerRepetition = 6_000_000;

    // IMIX: of twelve packets seven are small, four middle-sized, one large.
    private const int Imix = 0;

    private static readonly (string Name, CryptoSuite Suite)[] s_suites =
    [
        ("3des-sha1", new CryptoSuite(CipherAlgorithm.TripleDesCbc, 24, MacAlgorithm.HmacSha1)),
        ("3des-sha256", new CryptoSuite(CipherAlgorithm.TripleDesCbc, 24, MacAlgorithm.HmacSha256)),
        ("des-md5", new CryptoSuite(CipherAlgorithm.DesCbc, 8, MacAlgorithm.HmacMd5)),
    ];

    // For the comparison with the kept baseline: of full batches, where the engine is meant to win.
    private static readonly List<string> s_ratios = [];

    public static int Run(TextWriter output, bool all)
    {
        output.WriteLine("### des: DES and 3DES by keys and fill");
        output.WriteLine();
        ICryptoEngine?[] engines = [BitSliceEngine.Create(), IpsecMbEngine.TryCreate(out _), new LibcryptoEngine()];
        output.WriteLine($"{engines[0]!.Name}; ns of CPU time a packet, median of {Repetitions} interleaved repetitions");
        output.WriteLine();
        output.WriteLine("| suite | dir | size | SAs | batch | bit-slice | ipsec-mb | libcrypto | ipsec-mb/bit-slice | libcrypto/bit-slice |");
        output.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
        byte* buffers = (byte*)NativeMemory.AlignedAlloc(Packets * BufferBytes, 4096);
        new Span<byte>(buffers, Packets * BufferBytes).Fill(0x5a);
        var jobs = (CryptoJob*)NativeMemory.AlignedAlloc((nuint)(Packets * sizeof(CryptoJob)), 64);
        foreach ((string name, CryptoSuite suite) in all ? s_suites : [s_suites[0], s_suites[2]])
        {
            foreach (CryptoDirection direction in Enum.GetValues<CryptoDirection>())
            {
                foreach (int size in (int[])[64, 576, 1400, Imix])
                {
                    foreach (int sas in all ? (int[])[1, 64, 256] : [1, 256])
                    {
                        foreach (int batch in all || sas == 256 ? (int[])[256, 64, 32, 8] : [256])
                        {
                            Row(output, engines, name, suite, direction, size, sas, batch, buffers, jobs);
                        }
                    }
                }
            }
        }

        output.WriteLine();
        s_ratios.ForEach(output.WriteLine);
        NativeMemory.AlignedFree(jobs);
        NativeMemory.AlignedFree(buffers);
        foreach (ICryptoEngine? engine in engines)
        {
            engine?.Dispose();
        }

        return 0;
    }

    private static void Row(
        TextWriter output, ICryptoEngine?[] engines, string name, CryptoSuite suite, CryptoDirection direction, int size, int sas,
        int batch, byte* buffers, CryptoJob* jobs)
    {
        Median[] times = [.. engines.Select(_ => new Median())];
        nint[][] keys = [.. engines.Select(e => Keys(e, suite, direction, sas))];
        for (int repetition = -1; repetition < Repetitions; repetition++)
        {
            for (int i = 0; i < engines.Length; i++)
            {
                if (engines[i] is not { } engine || !engine.Supports(suite, direction))
                {
                    continue;
                }

                Prepare(buffers, jobs, suite, size, keys[i]);
                long start = CpuClock.Now;
                int rounds = 0;
                do
                {
                    Once(engine, jobs, batch);
                    rounds++;
                }
                while (CpuClock.Now - start < NanosecondsPerRepetition);
                if (repetition >= 0)
                {
                    times[i].Add(CpuClock.Now - start, rounds * Packets);
                }
            }
        }

        for (int i = 0; i < engines.Length; i++)
        {
            Array.ForEach(keys[i], key => engines[i]!.DestroyKey(key));
        }

        double own = times[0].Value;
        string label = size == Imix ? "IMIX" : size.ToString(CultureInfo.InvariantCulture);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {direction.ToString().ToLowerInvariant()} | {label} | {sas} | {batch} | {own:F0} | {times[1].Value:F0} "
            + $"| {times[2].Value:F0} | {times[1].Value / own:F2} | {times[2].Value / own:F2} |"));
        if (batch == Packets && double.IsFinite(times[1].Value / own) && times[1].Value > 0)
        {
            string key = $"des/{name}/{direction.ToString().ToLowerInvariant()}/{label}/{sas}-keys/bit-slice/ipsec-mb";
            s_ratios.Add(string.Create(CultureInfo.InvariantCulture, $"ratio\t{key}\t{times[1].Value / own:F3}"));
        }
    }

    private static nint[] Keys(ICryptoEngine? engine, CryptoSuite suite, CryptoDirection direction, int count) =>
        engine is null || !engine.Supports(suite, direction) ? []
        : [.. Enumerable.Range(0, count).Select(i => engine.CreateKey(suite, direction, Key(suite.CipherKeyBytes, i), Key(suite.MacKeyBytes, i + 7)))];

    private static byte[] Key(int bytes, int number) => [.. Enumerable.Range(1, bytes).Select(i => (byte)((i * 7) + (number * 13)))];

    private static void Prepare(byte* buffers, CryptoJob* jobs, CryptoSuite suite, int size, nint[] keys)
    {
        for (int i = 0; i < Packets; i++)
        {
            int inner = size != Imix ? size : (i * 5 % 12) switch { < 7 => 64, < 11 => 576, _ => 1400 };
            int text = (inner + 2 + 7) / 8 * 8;
            byte* esp = buffers + (i * BufferBytes);
            jobs[i] = new CryptoJob
            {
                Key = keys[i % keys.Length],
                Hash = (nint)esp,
                Iv = (nint)(esp + 8),
                Cipher = (nint)(esp + 8 + suite.IvBytes),
                CipherBytes = text,
                HashBytes = 8 + suite.IvBytes + text,
                Tag = (nint)(esp + 8 + suite.IvBytes + text),
            };
        }
    }

    private static void Once(ICryptoEngine engine, CryptoJob* jobs, int batch)
    {
        for (int i = 0; i < Packets; i += batch)
        {
            engine.Submit(new Span<CryptoJob>(jobs + i, batch));
            engine.Drain();
        }
    }
}
