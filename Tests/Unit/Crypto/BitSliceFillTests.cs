using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto;
using RouterOS.Crypto.BitSlice;

namespace RouterOS.Unit.Crypto;

public sealed unsafe class BitSliceFillTests
{
    private const int Words = 64;

    [Fact]
    public void Lone_packet_to_encrypt_goes_to_the_other_engine_and_a_full_batch_does_not()
    {
        FillRule rule = new(new Stub(), false);
        Assert.True(rule.IsThin(175, 175, decrypt: false));
        Assert.True(rule.IsThin(10 * 175, 175, decrypt: false));
        Assert.False(rule.IsThin(64 * 175, 175, decrypt: false));
    }

    [Fact]
    public void Decryption_fills_the_lanes_with_few_packets()
    {
        FillRule rule = new(new Stub(), false);
        Assert.True(rule.IsThin(9, 9, decrypt: true));
        Assert.False(rule.IsThin(3 * 175, 175, decrypt: true));
    }

    [Fact]
    public void One_long_packet_among_short_ones_makes_a_batch_thin()
    {
        FillRule rule = new(new Stub(), false);
        Assert.False(rule.IsThin(63 * 9, 9, decrypt: false));
        Assert.True(rule.IsThin((63 * 9) + 1000, 1000, decrypt: false));
    }

    [Fact]
    public void Ipsec_mb_is_left_fewer_packets_than_its_own_lanes_would_need_alone()
    {
        FillRule rule = new(new Stub(), true);
        Assert.True(rule.IsThin(40 * 100, 100, decrypt: false));
        Assert.False(rule.IsThin(64 * 100, 100, decrypt: false));
    }

    [Fact]
    public void Thin_batches_have_the_same_bytes_and_their_keys_back()
    {
        Counting thin = new();
        using BitSliceEngine engine = new(new BitSlicedDes<Plane64>(), new LaneBatchMac(), thin);
        using LibcryptoEngine model = new();
        for (ulong seed = 0; seed < 60; seed++)
        {
            int count = 1 + (int)(seed * 7 % 100);
            using BitSliceBatch expected = new(model, seed, count, 3, 12);
            using BitSliceBatch actual = new(engine, seed, count, 3, 12);
            nint[] keys = [.. actual.Jobs.ToArray().Select(j => j.Key)];
            expected.Run(1000);
            actual.Run(1000);
            Assert.True(actual.AllCompleted);
            Assert.True(expected.Memory.SequenceEqual(actual.Memory));
            Assert.Equal(keys, actual.Jobs.ToArray().Select(j => j.Key));
        }

        // Both ways were taken, and no key is left.
        Assert.InRange(thin.Jobs, 1, 60 * 50);
        Assert.Equal(0, thin.Keys);
    }

    [Fact]
    public void Engine_of_this_processor_passes_its_self_test_with_its_fallback()
    {
        using CryptoEngines engines = new([BitSliceEngine.Create(), new LibcryptoEngine()], []);
        Assert.Empty(engines.Alarms);
        Assert.StartsWith("bit-slice", engines.For(new CryptoSuite(CipherAlgorithm.TripleDesCbc, 24, MacAlgorithm.HmacSha1),
            CryptoDirection.Encrypt).Name, StringComparison.Ordinal);
    }

    /// <summary>A kernel's figures: 64 lanes, a call as long as 17 blocks of libcrypto.</summary>
    private sealed class Stub : DesKernel
    {
        public override string Name => "stub";

        public override int Lanes => Words;

        public override int PlaneBytes => 64;

        public override int KeyChangeBlocks => 32;

        public override int CallBlocks => 17;

        public override ulong PackKey(ReadOnlySpan<byte> key) => throw new NotSupportedException();

        public override void LoadKeys(ulong** keys, int passes, byte* planes) => throw new NotSupportedException();

        public override void Crypt(ulong* blocks, byte* planes, int passes, bool decrypt) => throw new NotSupportedException();
    }

    private sealed class Counting : ICryptoEngine
    {
        private readonly LibcryptoEngine _inner = new();

        public int Jobs { get; private set; }

        public int Keys { get; private set; }

        public string Name => "counting";

        public bool Supports(CryptoSuite suite, CryptoDirection direction) => true;

        public nint CreateKey(CryptoSuite suite, CryptoDirection direction, ReadOnlySpan<byte> cipherKey, ReadOnlySpan<byte> macKey)
        {
            Keys++;
            return _inner.CreateKey(suite, direction, cipherKey, macKey);
        }

        public void DestroyKey(nint key)
        {
            Keys--;
            _inner.DestroyKey(key);
        }

        public void Submit(Span<CryptoJob> jobs)
        {
            Jobs += jobs.Length;
            _inner.Submit(jobs);
        }

        public void Drain() => _inner.Drain();

        public void Dispose() => _inner.Dispose();
    }
}
