using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto;
using RouterOS.Crypto.Control;
using RouterOS.Crypto.Managed;

namespace RouterOS.Unit.Crypto;

public sealed unsafe class CryptoEngineTests
{
    private const int SlotBytes = 2048;
    private static readonly CryptoSuite[] s_suites =
    [
        .. from cipher in (CryptoSuite[])
           [
               new(CipherAlgorithm.Null, 0, MacAlgorithm.None),
               new(CipherAlgorithm.DesCbc, 8, MacAlgorithm.None),
               new(CipherAlgorithm.TripleDesCbc, 24, MacAlgorithm.None),
               new(CipherAlgorithm.AesCbc, 16, MacAlgorithm.None),
               new(CipherAlgorithm.AesCbc, 24, MacAlgorithm.None),
               new(CipherAlgorithm.AesCbc, 32, MacAlgorithm.None),
           ]
           from mac in Enum.GetValues<MacAlgorithm>()
           where cipher.Cipher != CipherAlgorithm.Null || mac != MacAlgorithm.None
           select cipher with { Mac = mac },
        new(CipherAlgorithm.AesGcm, 20, MacAlgorithm.None),
        new(CipherAlgorithm.AesGcm, 28, MacAlgorithm.None),
        new(CipherAlgorithm.AesGcm, 36, MacAlgorithm.None),
    ];

    [Fact]
    public void Libcrypto_passes_its_self_test_for_every_suite()
    {
        using CryptoEngines engines = new([new LibcryptoEngine()], []);
        Assert.Empty(engines.Alarms);
        Assert.Equal(26, s_suites.Length);
        Assert.Matches("^libcrypto [0-9.]+[a-z]*: does every suite; self-test 52 of 52 passed$", Assert.Single(engines.Describe()));
    }

    [Fact]
    public void Whatever_is_installed_passes_and_libcrypto_stands_by_behind_it()
    {
        using CryptoEngines engines = CryptoEngines.Open();
        foreach (CryptoSuite suite in s_suites)
        {
            Assert.NotNull(engines.For(suite, CryptoDirection.Encrypt));
            Assert.NotNull(engines.For(suite, CryptoDirection.Decrypt));
        }

        // An alarm here names a library that is missing, never one that is wrong.
        Assert.DoesNotContain(engines.Alarms, a => a.Contains("wrong", StringComparison.Ordinal));
        Assert.Contains(engines.Describe(), l => l.StartsWith("libcrypto", StringComparison.Ordinal));
    }

    [Fact]
    public void Engine_with_a_wrong_answer_is_refused_for_that_suite_only_and_the_next_takes_over()
    {
        CryptoSuite broken = new(CipherAlgorithm.TripleDesCbc, 24, MacAlgorithm.HmacMd5);
        using CryptoEngines engines = new([new SpoilingEngine(broken, 17), new LibcryptoEngine()], []);
        Assert.StartsWith("libcrypto", engines.For(broken, CryptoDirection.Encrypt).Name, StringComparison.Ordinal);
        Assert.Equal("spoiling", engines.For(broken with { Mac = MacAlgorithm.HmacSha1 }, CryptoDirection.Encrypt).Name);
        Assert.Equal(
            [
                "spoiling gave a wrong result for 3des-cbc/hmac-md5 (encrypt, 17 jobs) and is not used for it; update the library.",
                "spoiling gave a wrong result for 3des-cbc/hmac-md5 (decrypt, 17 jobs) and is not used for it; update the library.",
            ],
            engines.Alarms);
    }

    [Fact]
    public void Suite_without_an_engine_is_refused_with_its_name()
    {
        using CryptoEngines engines = new([], ["nothing is installed"]);
        NotSupportedException error = Assert.Throws<NotSupportedException>(
            () => engines.For(new CryptoSuite(CipherAlgorithm.AesCbc, 16, MacAlgorithm.HmacSha1), CryptoDirection.Decrypt));
        Assert.Equal("No crypto engine does aes-128-cbc/hmac-sha1 (decrypt).", error.Message);
        Assert.Equal("nothing is installed", Assert.Single(engines.Alarms));
    }

    [Fact]
    public void Neither_cipher_nor_integrity_is_no_suite()
    {
        using LibcryptoEngine engine = new();
        Assert.False(engine.Supports(new CryptoSuite(CipherAlgorithm.Null, 0, MacAlgorithm.None), CryptoDirection.Encrypt));
        Assert.False(engine.Supports(new CryptoSuite(CipherAlgorithm.AesCbc, 20, MacAlgorithm.HmacMd5), CryptoDirection.Encrypt));
        Assert.Throws<ArgumentException>(() => ManagedEngine.TryCreate(out _)?.CreateKey(
            new CryptoSuite(CipherAlgorithm.DesCbc, 8, MacAlgorithm.None), CryptoDirection.Encrypt, new byte[8], [])
            ?? throw new ArgumentException("This processor has no AES instructions."));
        Assert.Throws<ArgumentException>(
            () => engine.CreateKey(new CryptoSuite(CipherAlgorithm.DesCbc, 8, MacAlgorithm.HmacMd5), CryptoDirection.Encrypt, new byte[8], []));
    }

    /// <summary>Any mix of suites, lengths and counts: all engines give the bytes of the control ciphers, and decrypting gives the text back.</summary>
    [Fact]
    public void Engines_agree_byte_for_byte_on_random_batches()
    {
        Arbitrary<(ulong Seed, int Count)> batches = Arb.From(
            from seed in Gen.Choose(0, int.MaxValue)
            from count in Gen.Frequency((4, Gen.Choose(1, 70)), (1, Gen.Choose(250, 600)))
            select ((ulong)seed, count));
        Check.One(Seeded.Config.WithMaxTest(30), Prop.ForAll(batches, batch =>
        {
            foreach (ICryptoEngine engine in Engines())
            {
                using (engine)
                {
                    (byte[] sealedSlots, byte[] openedSlots) = RoundTrip(engine, batch.Seed, batch.Count);
                    Assert.Equal(Reference(engine, batch.Seed, batch.Count), sealedSlots);
                    Assert.Equal(Plain(batch.Seed, batch.Count), openedSlots);
                }
            }
        }));
    }

    [Fact]
    public void Nothing_is_allocated_per_packet()
    {
        foreach (ICryptoEngine engine in Engines())
        {
            using (engine)
            {
                Batch batch = new(engine, 5, 64, CryptoDirection.Encrypt);
                Assert.Equal((engine.Name, 0L), (engine.Name, Allocation.Of(() =>
                {
                    for (int i = 0; i < 100; i++)
                    {
                        batch.Run();
                    }
                })));
                batch.Free();
            }
        }
    }

    private static IEnumerable<ICryptoEngine> Engines()
    {
        yield return new LibcryptoEngine();
        if (ManagedEngine.TryCreate(out _) is { } managed)
        {
            yield return managed;
            yield return new ManagedEngine(new LaneMac<ScalarLane, uint>());
        }

        if (IpsecMbEngine.TryCreate(out _) is { } fast)
        {
            yield return fast;
        }
    }

    private static (CryptoSuite Suite, int CipherBytes) Shape(ICryptoEngine engine, FixedRandom random)
    {
        byte[] roll = random.Bytes(3);
        CryptoSuite suite = s_suites[roll[0] % s_suites.Length];
        if (!engine.Supports(suite, CryptoDirection.Encrypt))
        {
            suite = new CryptoSuite(CipherAlgorithm.AesCbc, 16, suite.Mac);
        }

        return (suite, suite.PadBlockBytes * (1 + (BitConverter.ToUInt16(roll, 1) % (1500 / suite.PadBlockBytes))));
    }

    private static byte[] Plain(ulong seed, int count)
    {
        byte[] slots = new byte[count * SlotBytes];
        new FixedRandom(seed + 1).Fill(slots);
        return slots;
    }

    private static (byte[] Sealed, byte[] Opened) RoundTrip(ICryptoEngine engine, ulong seed, int count)
    {
        Batch batch = new(engine, seed, count, CryptoDirection.Encrypt);
        batch.Run();
        byte[] sealedSlots = batch.Slots.ToArray();
        Batch back = new(engine, seed, count, CryptoDirection.Decrypt);
        sealedSlots.CopyTo(back.Slots);
        back.Run();
        byte[] opened = back.Slots.ToArray();
        // The tag was computed again over the sealed bytes: put the plain filler back before comparing the text.
        byte[] plain = Plain(seed, count);
        for (int i = 0; i < count; i++)
        {
            (int start, int length) = back.TagOf(i);
            Assert.Equal(sealedSlots.AsSpan(start, length), opened.AsSpan(start, length));
            plain.AsSpan(start, length).CopyTo(opened.AsSpan(start, length));
        }

        batch.Free();
        back.Free();
        return (sealedSlots, opened);
    }

    private static byte[] Reference(ICryptoEngine engine, ulong seed, int count)
    {
        LibcryptoCipher cipher = new();
        BclMac mac = new();
        FixedRandom random = new(seed);
        byte[] slots = Plain(seed, count);
        for (int i = 0; i < count; i++)
        {
            (CryptoSuite suite, int bytes) = Shape(engine, random);
            byte[] cipherKey = random.Bytes(suite.CipherKeyBytes);
            byte[] macKey = random.Bytes(suite.MacKeyBytes);
            Span<byte> slot = slots.AsSpan(i * SlotBytes, SlotBytes);
            Span<byte> text = slot.Slice(8 + suite.IvBytes, bytes);
            if (suite.Cipher == CipherAlgorithm.AesGcm)
            {
                using AesGcm gcm = new(cipherKey.AsSpan(..^4), 16);
                byte[] nonce = [.. cipherKey.AsSpan(^4..), .. slot.Slice(8, 8)];
                gcm.Encrypt(nonce, text, text, slot.Slice(16 + bytes, 16), slot[..8]);
            }
            else if (suite.Cipher != CipherAlgorithm.Null)
            {
                cipher.Encrypt(suite.Cipher, cipherKey, slot.Slice(8, suite.IvBytes), text, text);
            }

            if (suite.Mac != MacAlgorithm.None)
            {
                int end = 8 + suite.IvBytes + bytes;
                mac.Mac(suite.Mac, macKey, slot[..end]).AsSpan(0, suite.TagBytes).CopyTo(slot[end..]);
            }
        }

        return slots;
    }

    private sealed class Batch
    {
        private readonly ICryptoEngine _engine;
        private readonly byte* _slots;
        private readonly CryptoJob* _jobs;
        private readonly int _count;
        private readonly int[] _tagBytes;

        public Batch(ICryptoEngine engine, ulong seed, int count, CryptoDirection direction)
        {
            _engine = engine;
            _count = count;
            _tagBytes = new int[count];
            _slots = (byte*)NativeMemory.AlignedAlloc((nuint)(count * SlotBytes), 64);
            _jobs = (CryptoJob*)NativeMemory.AlignedAlloc((nuint)(count * sizeof(CryptoJob)), 64);
            Plain(seed, count).CopyTo(Slots);
            FixedRandom random = new(seed);
            for (int i = 0; i < count; i++)
            {
                (CryptoSuite suite, int bytes) = Shape(engine, random);
                byte* slot = _slots + (i * SlotBytes);
                _tagBytes[i] = suite.TagBytes;
                _jobs[i] = new CryptoJob
                {
                    Key = engine.CreateKey(suite, direction, random.Bytes(suite.CipherKeyBytes), random.Bytes(suite.MacKeyBytes)),
                    Hash = (nint)slot,
                    Iv = (nint)(slot + 8),
                    Cipher = (nint)(slot + 8 + suite.IvBytes),
                    CipherBytes = bytes,
                    HashBytes = suite.Cipher == CipherAlgorithm.AesGcm ? 8 : 8 + suite.IvBytes + bytes,
                    Tag = (nint)(slot + 8 + suite.IvBytes + bytes),
                };
            }
        }

        public Span<byte> Slots => new(_slots, _count * SlotBytes);

        public (int Start, int Length) TagOf(int job) => ((int)((byte*)_jobs[job].Tag - _slots), _tagBytes[job]);

        public void Run()
        {
            for (int i = 0; i < _count; i++)
            {
                _jobs[i].Status = CryptoStatus.Pending;
            }

            _engine.Submit(new Span<CryptoJob>(_jobs, _count));
            _engine.Drain();
            for (int i = 0; i < _count; i++)
            {
                if (_jobs[i].Status != CryptoStatus.Completed)
                {
                    throw new CryptographicException($"Job {i} ended as {_jobs[i].Status}.");
                }
            }
        }

        public void Free()
        {
            for (int i = 0; i < _count; i++)
            {
                _engine.DestroyKey(_jobs[i].Key);
            }

            NativeMemory.AlignedFree(_slots);
            NativeMemory.AlignedFree(_jobs);
        }
    }
}
