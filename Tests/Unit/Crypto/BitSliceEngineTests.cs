using System.Runtime.InteropServices;
using FsCheck;
using FsCheck.Fluent;
using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto;
using RouterOS.Crypto.BitSlice;

namespace RouterOS.Unit.Crypto;

public sealed unsafe class BitSliceEngineTests
{
    public static TheoryData<string> Kernels => [.. DesKernels.All().Select(Name)];

    [Fact]
    public void Word_kernel_runs_anywhere_and_is_the_last()
    {
        Assert.Equal("64-bit words", DesKernels.All().Select(Name).Last());
        using BitSliceEngine engine = BitSliceEngine.Create();
        Assert.StartsWith("bit-slice ", engine.Name, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Published_answers_come_out_in_both_directions(string kernel)
    {
        using BitSliceEngine engine = Engine(kernel);
        List<Dictionary<string, string>> cases =
            [.. VectorFile.Read("sp800-20/des.txt"), .. VectorFile.Read("sp800-20/tdes.txt"), .. VectorFile.Read("fips81/des-cbc.txt")];
        foreach (int keyBytes in (int[])[8, 24])
        {
            foreach (CryptoDirection direction in Enum.GetValues<CryptoDirection>())
            {
                foreach ((byte[] expected, byte[] actual) in Answers(engine, cases, keyBytes, direction))
                {
                    Assert.Equal(expected, actual);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Self_test_passes(string kernel)
    {
        using BitSliceEngine engine = Engine(kernel);
        int passed = 0;
        foreach (CryptoSuite suite in SuiteRules.All)
        {
            foreach (CryptoDirection direction in Enum.GetValues<CryptoDirection>().Where(d => engine.Supports(suite, d)))
            {
                Assert.Null(EngineSelfTest.Run(engine, suite, direction));
                passed++;
            }
        }

        Assert.Equal(16, passed);
    }

    /// <summary>Any keys, lengths, directions and numbers of jobs, submitted in any pieces: the bytes of libcrypto, and none beside them.</summary>
    [Theory]
    [MemberData(nameof(Kernels))]
    public void Random_batches_give_the_bytes_of_libcrypto(string kernel)
    {
        using BitSliceEngine engine = Engine(kernel);
        using LibcryptoEngine model = new();
        Arbitrary<(int Seed, int Count, int Keys, int Blocks, int Pieces)> batches = Arb.From(
            from seed in Gen.Choose(0, int.MaxValue)
            from count in Gen.Frequency((4, Gen.Choose(1, 90)), (2, Gen.Choose(250, 600)), (1, Gen.Choose(1020, 1100)))
            from keys in Gen.Elements(1, 2, 5, 64, 300)
            from blocks in Gen.Frequency((3, Gen.Choose(1, 12)), (2, Gen.Choose(60, 260)))
            from pieces in Gen.Elements(1, 7, 256, 2000)
            select (seed, count, keys, blocks, pieces));
        Check.One(Seeded.Config.WithMaxTest(40), Prop.ForAll(batches, b =>
        {
            using BitSliceBatch expected = new(model, (ulong)b.Seed, b.Count, b.Keys, b.Blocks);
            using BitSliceBatch actual = new(engine, (ulong)b.Seed, b.Count, b.Keys, b.Blocks);
            expected.Run(2000);
            actual.Run(b.Pieces);
            Assert.True(actual.AllCompleted);
            Assert.True(expected.Memory.SequenceEqual(actual.Memory));
        }));
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Jumbo_packets_among_short_ones_are_right(string kernel)
    {
        using BitSliceEngine engine = Engine(kernel);
        using LibcryptoEngine model = new();
        for (ulong seed = 1; seed < 4; seed++)
        {
            using BitSliceBatch expected = new(model, seed, 9, 5, 8192);
            using BitSliceBatch actual = new(engine, seed, 9, 5, 8192);
            expected.Run(2000);
            actual.Run(2000);
            Assert.True(expected.Memory.SequenceEqual(actual.Memory));
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void New_key_in_the_place_of_a_destroyed_one_is_used_at_once(string kernel)
    {
        using BitSliceEngine engine = Engine(kernel);
        using LibcryptoEngine model = new();
        for (ulong seed = 0; seed < 50; seed++)
        {
            // One key and one packet: the allocator gives the same place again and again.
            using BitSliceBatch expected = new(model, seed, 1, 1, 4, CryptoDirection.Decrypt);
            using BitSliceBatch actual = new(engine, seed, 1, 1, 4, CryptoDirection.Decrypt);
            expected.Run(1);
            actual.Run(1);
            Assert.True(expected.Memory.SequenceEqual(actual.Memory));
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Length_that_is_no_whole_number_of_blocks_fails_alone(string kernel)
    {
        using BitSliceEngine engine = Engine(kernel);
        using LibcryptoEngine model = new();
        using BitSliceBatch expected = new(model, 3, 20, 4, 30);
        using BitSliceBatch actual = new(engine, 3, 20, 4, 30);
        actual.Jobs[7].CipherBytes -= 3;
        Span<CryptoJob> jobs = expected.Jobs;
        model.Submit(jobs[..7]);
        model.Submit(jobs[8..]);
        actual.Run(20);
        Assert.Equal(CryptoStatus.Failed, actual.Jobs[7].Status);
        Assert.Equal(19, actual.Jobs.ToArray().Count(j => j.Status == CryptoStatus.Completed));
        Assert.True(expected.Memory.SequenceEqual(actual.Memory));
    }

    [Fact]
    public void Jobs_bytes_and_failures_are_counted_by_suite_and_direction()
    {
        using BitSliceEngine engine = Engine("64-bit words");
        using BitSliceBatch batch = new(engine, 5, 30, 6, 40, CryptoDirection.Encrypt);
        batch.Jobs[4].CipherBytes++;
        long bytes = batch.Jobs.ToArray().Where((_, i) => i != 4).Sum(j => (long)j.CipherBytes);
        batch.Run(30);
        CryptoCounts[] counts = [.. SuiteRules.All.Where(s => engine.Supports(s, CryptoDirection.Encrypt))
            .Select(s => engine.CountsOf(s, CryptoDirection.Encrypt))];
        Assert.Equal(30, counts.Sum(c => c.Jobs));
        Assert.Equal(bytes, counts.Sum(c => c.Bytes));
        Assert.Equal(1, counts.Sum(c => c.Failures));
        Assert.Equal(0, engine.CountsOf(new CryptoSuite(CipherAlgorithm.DesCbc, 8, MacAlgorithm.None), CryptoDirection.Decrypt).Jobs);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Nothing_is_allocated_per_batch(string kernel)
    {
        using BitSliceEngine engine = Engine(kernel);
        using BitSliceBatch batch = new(engine, 11, 100, 20, 20);
        Assert.Equal(0, Allocation.Of(() =>
        {
            for (int i = 0; i < 20; i++)
            {
                batch.Run(40);
            }
        }));
    }

    [Fact]
    public void Only_des_and_3des_are_done()
    {
        using BitSliceEngine engine = BitSliceEngine.Create();
        Assert.False(engine.Supports(new CryptoSuite(CipherAlgorithm.AesCbc, 16, MacAlgorithm.HmacSha1), CryptoDirection.Encrypt));
        Assert.False(engine.Supports(new CryptoSuite(CipherAlgorithm.Null, 0, MacAlgorithm.HmacSha1), CryptoDirection.Encrypt));
        Assert.Throws<ArgumentException>(() => engine.CreateKey(
            new CryptoSuite(CipherAlgorithm.AesCbc, 16, MacAlgorithm.None), CryptoDirection.Encrypt, new byte[16], []));
    }

    private static string Name(DesKernel kernel)
    {
        using (kernel)
        {
            return kernel.Name;
        }
    }

    private static BitSliceEngine Engine(string name)
    {
        DesKernel? found = null;
        foreach (DesKernel kernel in DesKernels.All())
        {
            if (kernel.Name == name)
            {
                found = kernel;
            }
            else
            {
                kernel.Dispose();
            }
        }

        return new BitSliceEngine(found!, new LaneBatchMac(), null);
    }

    // All cases at once, every one with a key of its own; DES keys three times in a row are 3DES keys with the same answers.
    private static List<(byte[] Expected, byte[] Actual)> Answers(
        BitSliceEngine engine, List<Dictionary<string, string>> cases, int keyBytes, CryptoDirection direction)
    {
        CryptoSuite suite = new(keyBytes == 8 ? CipherAlgorithm.DesCbc : CipherAlgorithm.TripleDesCbc, keyBytes, MacAlgorithm.None);
        bool encrypt = direction == CryptoDirection.Encrypt;
        List<(byte[] Expected, byte[] Actual)> results = [];
        List<nint> keys = [];
        List<byte[]> ivs = [];
        var jobs = (CryptoJob*)NativeMemory.Alloc((nuint)(cases.Count * sizeof(CryptoJob)));
        foreach (Dictionary<string, string> one in cases)
        {
            byte[] key = one.Bytes("key");
            if (key.Length > keyBytes)
            {
                continue;
            }

            key = key.Length < keyBytes ? [.. key, .. key, .. key] : key;
            byte[] text = GC.AllocateArray<byte>(one["plain"].Length / 2, pinned: true);
            byte[] iv = GC.AllocateArray<byte>(8, pinned: true);
            one.Bytes(encrypt ? "plain" : "cipher").CopyTo(text, 0);
            one.Bytes("iv").CopyTo(iv, 0);
            ivs.Add(iv);
            keys.Add(engine.CreateKey(suite, direction, key, []));
            jobs[results.Count] = new CryptoJob
            {
                Key = keys[^1],
                Iv = Marshal.UnsafeAddrOfPinnedArrayElement(iv, 0),
                Cipher = Marshal.UnsafeAddrOfPinnedArrayElement(text, 0),
                CipherBytes = text.Length,
            };
            results.Add((one.Bytes(encrypt ? "cipher" : "plain"), text));
        }

        engine.Submit(new Span<CryptoJob>(jobs, results.Count));
        engine.Drain();
        GC.KeepAlive(ivs);
        GC.KeepAlive(results);
        keys.ForEach(engine.DestroyKey);
        NativeMemory.Free(jobs);
        return results;
    }
}
