using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using RouterOS.Esp.Nodes;
using RouterOS.Unit.Crypto;
using X86Aes = System.Runtime.Intrinsics.X86.Aes;

namespace RouterOS.Unit.Esp;

public sealed class IvPoolTests
{
    [Fact]
    public unsafe void Key_stream_is_that_of_aes_in_counter_mode()
    {
        if (!X86Aes.IsSupported)
        {
            return;
        }

        byte[] key = new FixedRandom(5).Bytes(16);
        Vector128<byte>* keys = stackalloc Vector128<byte>[11];
        Vector128<ulong> counter = Vector128.Create(41UL, 99UL);
        byte* stream = stackalloc byte[256];
        IvPool.Stream(keys, Vector128.Create(key), ref counter, stream, 16);
        Assert.Equal(Vector128.Create(57UL, 99UL), counter);
        using Aes aes = Aes.Create();
        aes.Key = key;
        for (int i = 0; i < 16; i++)
        {
            byte[] block = new byte[16];
            BitConverter.TryWriteBytes(block, 41UL + (ulong)i);
            BitConverter.TryWriteBytes(block.AsSpan(8), 99UL);
            Assert.Equal(aes.EncryptEcb(block, PaddingMode.None), new ReadOnlySpan<byte>(stream + (16 * i), 16).ToArray());
        }
    }

    [Fact]
    public unsafe void No_vector_comes_twice_also_over_new_keys()
    {
        IvPool pool = new();
        HashSet<(ulong, ulong)> seen = [];
        for (int i = 0; i < 100_000; i++)
        {
            int count = 1 + (i % 5);
            // One more than are taken: what was not taken may come again, nothing else.
            ulong* vectors = (ulong*)pool.Ahead(count + 1);
            pool.Take(count);
            for (int k = 0; k < count; k++)
            {
                Assert.True(seen.Add((vectors[2 * k], vectors[(2 * k) + 1])));
            }
        }
    }
}
