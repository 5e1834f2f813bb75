using System.Runtime.InteropServices;
using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto;
using RouterOS.Crypto.BitSlice;

namespace RouterOS.Unit.Crypto;

public sealed unsafe class EngineChoiceTests
{
    private static readonly CryptoSuite s_aesSha1 = new(CipherAlgorithm.AesCbc, 16, MacAlgorithm.HmacSha1);

    [Fact]
    public void Engine_that_answers_wrong_never_gets_a_key_and_an_alarm_names_it()
    {
        using CryptoEngines engines = new([new SpoilingEngine(s_aesSha1, 33), new LibcryptoEngine()], []);
        Assert.StartsWith("libcrypto", engines.For(s_aesSha1, CryptoDirection.Encrypt).Name, StringComparison.Ordinal);
        Assert.Contains(engines.Alarms, a => a.StartsWith("spoiling gave a wrong result for aes-128-cbc/hmac-sha1 (encrypt, 33 jobs)", StringComparison.Ordinal));
        CryptoUse[] uses = [.. engines.Uses().Where(u => u.Suite == s_aesSha1 && u.Direction == CryptoDirection.Encrypt)];
        Assert.Equal(["libcrypto", "spoiling"], uses.Select(u => u.Engine.Split(' ')[0]));
        Assert.Equal([true, false], uses.Select(u => u.IsChosen));
        Assert.Equal([true, false], uses.Select(u => u.Passed));
    }

    [Fact]
    public void Jobs_of_the_self_test_are_no_traffic()
    {
        using CryptoEngines engines = CryptoEngines.Open();
        Assert.All(engines.Uses(), use => Assert.Equal((0L, 0L), (use.Counts.Jobs, use.Counts.Bytes)));
    }

    [Fact]
    public void Engine_that_only_stands_by_is_not_tested_but_shown()
    {
        using CryptoEngines engines = new([new LibcryptoEngine(), .. Managed()], [], Parse("aes-cbc=libcrypto"));
        CryptoUse[] uses = [.. engines.Uses().Where(u => u.Suite == s_aesSha1 && u.Direction == CryptoDirection.Decrypt)];
        Assert.StartsWith("libcrypto", uses[0].Engine, StringComparison.Ordinal);
        Assert.True(uses[0].Passed);
        Assert.All(uses.Skip(1), use => Assert.Null(use.Passed));
    }

    [Fact]
    public void Order_of_the_processor_class_decides_and_an_override_goes_before_it()
    {
        Assert.Equal("ipsec-mb", EngineOrder.For(s_aesSha1, ProcessorClass.Avx512)[0]);
        Assert.Equal("managed", EngineOrder.For(s_aesSha1 with { Mac = MacAlgorithm.HmacMd5 }, ProcessorClass.Avx512)[0]);
        CryptoSuite triple = new(CipherAlgorithm.TripleDesCbc, 24, MacAlgorithm.HmacSha1);
        Assert.Equal(["bit-slice", "ipsec-mb", "libcrypto"], EngineOrder.For(triple, ProcessorClass.Avx512));
        // Without AVX-512, ipsec-mb takes milliseconds for a packet.
        Assert.DoesNotContain("ipsec-mb", EngineOrder.For(triple, ProcessorClass.Avx2));
        using CryptoEngines usual = new([new LibcryptoEngine(), .. Managed()], []);
        using CryptoEngines wished = new([new LibcryptoEngine(), .. Managed()], [], Parse("aes=libcrypto"));
        Assert.StartsWith(Managed(dispose: true) ? "managed" : "libcrypto", usual.For(s_aesSha1, CryptoDirection.Encrypt).Name, StringComparison.Ordinal);
        Assert.StartsWith("libcrypto", wished.For(s_aesSha1, CryptoDirection.Encrypt).Name, StringComparison.Ordinal);
        Assert.Empty(wished.Alarms);
    }

    [Fact]
    public void Wish_for_an_engine_that_this_host_lacks_is_an_alarm_and_the_order_holds()
    {
        using CryptoEngines engines = new([new LibcryptoEngine()], [], Parse("aes-cbc=ipsec-mb"));
        Assert.StartsWith("libcrypto", engines.For(s_aesSha1, CryptoDirection.Encrypt).Name, StringComparison.Ordinal);
        Assert.Equal("--crypto asks for ipsec-mb, which cannot run on this host; the usual order holds.", Assert.Single(engines.Alarms));
    }

    [Theory]
    [InlineData("rot13=managed", "--crypto takes SUITE=ENGINE, not 'rot13=managed'; suites are aes, aes-cbc, aes-gcm, 3des, des, null")]
    [InlineData("aes", "--crypto takes SUITE=ENGINE, not 'aes'; suites are aes, aes-cbc, aes-gcm, 3des, des, null")]
    [InlineData("aes-gcm=managed", "no engine 'managed' does aes-gcm; ipsec-mb, libcrypto do")]
    [InlineData("3des=fast", "no engine 'fast' does 3des; ipsec-mb, bit-slice, libcrypto do")]
    public void Wrong_override_is_refused_with_what_exists(string text, string problem)
    {
        Assert.Null(CryptoOverrides.TryParse(text, out string? said));
        Assert.Equal(problem, said);
    }

    [Fact]
    public void Wish_for_all_of_aes_leaves_gcm_to_the_order_where_the_engine_lacks_it()
    {
        CryptoOverrides wishes = Parse("aes=managed, 3des=libcrypto");
        Assert.Equal("managed", wishes.For(CipherAlgorithm.AesCbc));
        Assert.Null(wishes.For(CipherAlgorithm.AesGcm));
        Assert.Equal("libcrypto", wishes.For(CipherAlgorithm.TripleDesCbc));
    }

    [Fact]
    public void Engine_that_fails_jobs_gets_no_more_keys_of_the_suite()
    {
        FailingEngine failing = new();
        using CryptoEngines engines = new([failing, new LibcryptoEngine()], []);
        Assert.Same(failing, engines.For(s_aesSha1, CryptoDirection.Encrypt));
        failing.Failures = 3;
        Assert.StartsWith("libcrypto", engines.For(s_aesSha1, CryptoDirection.Encrypt).Name, StringComparison.Ordinal);
        Assert.Equal(
            "failing failed 3 jobs of aes-128-cbc/hmac-sha1 (encrypt) and gets no more keys of it until the restart.", Assert.Single(engines.Alarms));
    }

    [Fact]
    public void Jobs_and_bytes_are_counted_by_suite_and_direction()
    {
        CryptoSuite triple = new(CipherAlgorithm.TripleDesCbc, 24, MacAlgorithm.HmacSha1);
        foreach (ICryptoEngine engine in (ICryptoEngine[])[new LibcryptoEngine(), BitSliceEngine.Create(), .. Managed(), .. Fast()])
        {
            foreach (CryptoSuite suite in ((CryptoSuite[])[s_aesSha1, s_aesSha1 with { Mac = MacAlgorithm.HmacMd5 }, triple])
                .Where(s => engine.Supports(s, CryptoDirection.Encrypt)))
            {
                byte* text = (byte*)NativeMemory.AlignedAlloc(512, 64);
                CryptoJob* jobs = (CryptoJob*)NativeMemory.AlignedAlloc((nuint)(2 * sizeof(CryptoJob)), 64);
                nint key = engine.CreateKey(suite, CryptoDirection.Encrypt, new byte[suite.CipherKeyBytes], new byte[suite.MacKeyBytes]);
                for (int i = 0; i < 2; i++)
                {
                    byte* packet = text + (i * 256);
                    jobs[i] = new CryptoJob
                    {
                        Key = key, Hash = (nint)packet, Iv = (nint)(packet + 8), Cipher = (nint)(packet + 24), CipherBytes = 32 * (i + 1),
                        HashBytes = 24 + (32 * (i + 1)), Tag = (nint)(packet + 200),
                    };
                }

                engine.Submit(new Span<CryptoJob>(jobs, 2));
                engine.Drain();
                CryptoCounts counts = ((ICryptoCounters)engine).CountsOf(suite, CryptoDirection.Encrypt);
                Assert.Equal((2, 96, 0), (counts.Jobs, counts.Bytes, counts.Failures));
                Assert.Equal(0, ((ICryptoCounters)engine).CountsOf(suite, CryptoDirection.Decrypt).Jobs);
                engine.DestroyKey(key);
                NativeMemory.AlignedFree(jobs);
                NativeMemory.AlignedFree(text);
            }

            engine.Dispose();
        }
    }

    private static CryptoOverrides Parse(string text)
    {
        CryptoOverrides? parsed = CryptoOverrides.TryParse(text, out string? problem);
        Assert.Null(problem);
        return parsed!;
    }

    private static IEnumerable<ICryptoEngine> Managed() => ManagedEngine.TryCreate(out _) is { } engine ? [engine] : [];

    private static bool Managed(bool dispose)
    {
        ICryptoEngine? engine = Managed().FirstOrDefault();
        if (dispose)
        {
            engine?.Dispose();
        }

        return engine is not null;
    }

    private static IEnumerable<ICryptoEngine> Fast() => IpsecMbEngine.TryCreate(out _) is { } engine ? [engine] : [];

    /// <summary>Right in every test, and then says that jobs failed.</summary>
    private sealed class FailingEngine : ICryptoEngine, ICryptoCounters
    {
        private readonly LibcryptoEngine _inner = new();

        public string Name => "failing";

        public long Failures { get; set; }

        public bool Supports(CryptoSuite suite, CryptoDirection direction) => _inner.Supports(suite, direction);

        public CryptoCounts CountsOf(CryptoSuite suite, CryptoDirection direction) => new() { Failures = Failures };

        public nint CreateKey(CryptoSuite suite, CryptoDirection direction, ReadOnlySpan<byte> cipherKey, ReadOnlySpan<byte> macKey) =>
            _inner.CreateKey(suite, direction, cipherKey, macKey);

        public void DestroyKey(nint key) => _inner.DestroyKey(key);

        public void Submit(Span<CryptoJob> jobs) => _inner.Submit(jobs);

        public void Drain() => _inner.Drain();

        public void Dispose() => _inner.Dispose();
    }
}
