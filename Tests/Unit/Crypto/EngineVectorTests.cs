using System.Runtime.InteropServices;
using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto;
using RouterOS.Crypto.BitSlice;

namespace RouterOS.Unit.Crypto;

/// <summary>Published answers through every engine that this host runs, all of a file in one batch, in both directions.</summary>
public sealed unsafe class EngineVectorTests
{
    private const int SlotBytes = 1024;
    private const int HeaderRoom = 32;

    [Theory]
    [InlineData("nist-cavp/aes-cbc.txt", CipherAlgorithm.AesCbc, 1)]
    [InlineData("rfc3602/aes-cbc.txt", CipherAlgorithm.AesCbc, 1)]
    [InlineData("sp800-38a/aes-cbc.txt", CipherAlgorithm.AesCbc, 1)]
    [InlineData("nist-cavp/tdes-cbc-one-key.txt", CipherAlgorithm.DesCbc, 1)]
    [InlineData("nist-cavp/tdes-cbc-one-key.txt", CipherAlgorithm.TripleDesCbc, 3)]
    [InlineData("sp800-20/tdes.txt", CipherAlgorithm.TripleDesCbc, 1)]
    [InlineData("wycheproof/aes-gcm.txt", CipherAlgorithm.AesGcm, 1)]
    public void Ciphers_give_the_published_answers(string file, CipherAlgorithm cipher, int keyCopies)
    {
        Job[] jobs =
        [
            .. VectorFile.Read(file).Select(v => new Job(
                cipher == CipherAlgorithm.AesGcm
                    ? [.. v.Bytes("key"), .. v.Bytes("nonce").AsSpan(0, 4)]
                    : [.. Enumerable.Repeat(v.Bytes("key"), keyCopies).SelectMany(k => k)],
                cipher == CipherAlgorithm.AesGcm ? v.Bytes("nonce")[4..] : v.Bytes("iv"),
                v.TryGetValue("aad", out string? aad) ? Convert.FromHexString(aad) : [],
                v.Bytes("plain"), v.Bytes("cipher"), v.TryGetValue("tag", out string? tag) ? Convert.FromHexString(tag) : [])),
        ];
        foreach (ICryptoEngine engine in Engines())
        {
            using (engine)
            {
                if (engine.Supports(new CryptoSuite(cipher, jobs[0].Key.Length, MacAlgorithm.None), CryptoDirection.Encrypt))
                {
                    Run(engine, cipher, CryptoDirection.Encrypt, jobs);
                    Run(engine, cipher, CryptoDirection.Decrypt, jobs);
                }
            }
        }
    }

    [Theory]
    [InlineData("wycheproof/hmac-sha256.txt", MacAlgorithm.HmacSha256, 32)]
    [InlineData("rfc2202/hmac.txt", MacAlgorithm.HmacSha1, 20)]
    [InlineData("rfc2202/hmac.txt", MacAlgorithm.HmacMd5, 16)]
    public void Keyed_hashes_give_the_published_answers_truncated_as_esp_does(string file, MacAlgorithm mac, int keyBytes)
    {
        CryptoSuite suite = new(CipherAlgorithm.Null, 0, mac);
        Dictionary<string, string>[] cases =
            [.. VectorFile.Read(file).Where(v => v.Bytes("key").Length == keyBytes && v.GetValueOrDefault("mac", $"{mac}") == $"{mac}")];
        Assert.NotEmpty(cases);
        foreach (ICryptoEngine engine in Engines())
        {
            using (engine)
            {
                if (!engine.Supports(suite, CryptoDirection.Encrypt))
                {
                    continue;
                }

                byte* slots = (byte*)NativeMemory.AlignedAlloc((nuint)(cases.Length * SlotBytes), 64);
                CryptoJob* jobs = (CryptoJob*)NativeMemory.AlignedAlloc((nuint)(cases.Length * sizeof(CryptoJob)), 64);
                for (int i = 0; i < cases.Length; i++)
                {
                    byte* slot = slots + (i * SlotBytes);
                    byte[] data = cases[i].Bytes("data");
                    data.CopyTo(new Span<byte>(slot, data.Length));
                    jobs[i] = new CryptoJob
                    {
                        Key = engine.CreateKey(suite, CryptoDirection.Decrypt, [], cases[i].Bytes("key")),
                        Hash = (nint)slot, HashBytes = data.Length, Cipher = (nint)slot, Iv = (nint)slot, Tag = (nint)(slot + SlotBytes - 32),
                    };
                }

                engine.Submit(new Span<CryptoJob>(jobs, cases.Length));
                engine.Drain();
                for (int i = 0; i < cases.Length; i++)
                {
                    Assert.Equal(CryptoStatus.Completed, jobs[i].Status);
                    Assert.Equal(
                        (engine.Name, Convert.ToHexString(cases[i].Bytes("tag").AsSpan(0, suite.TagBytes))),
                        (engine.Name, Convert.ToHexString(new ReadOnlySpan<byte>((void*)jobs[i].Tag, suite.TagBytes))));
                    engine.DestroyKey(jobs[i].Key);
                }

                NativeMemory.AlignedFree(jobs);
                NativeMemory.AlignedFree(slots);
            }
        }
    }

    private static IEnumerable<ICryptoEngine> Engines()
    {
        yield return new LibcryptoEngine();
        yield return BitSliceEngine.Create();
        if (ManagedEngine.TryCreate(out _) is { } managed)
        {
            yield return managed;
        }

        if (IpsecMbEngine.TryCreate(out _) is { } fast)
        {
            yield return fast;
        }
    }

    private static void Run(ICryptoEngine engine, CipherAlgorithm cipher, CryptoDirection direction, Job[] vectors)
    {
        bool encrypt = direction == CryptoDirection.Encrypt;
        byte* slots = (byte*)NativeMemory.AlignedAlloc((nuint)(vectors.Length * SlotBytes), 64);
        CryptoJob* jobs = (CryptoJob*)NativeMemory.AlignedAlloc((nuint)(vectors.Length * sizeof(CryptoJob)), 64);
        for (int i = 0; i < vectors.Length; i++)
        {
            Job vector = vectors[i];
            byte* slot = slots + (i * SlotBytes);
            byte* text = slot + (2 * HeaderRoom);
            vector.Header.CopyTo(new Span<byte>(slot, HeaderRoom));
            vector.Iv.CopyTo(new Span<byte>(slot + HeaderRoom, HeaderRoom));
            (encrypt ? vector.Plain : vector.Cipher).CopyTo(new Span<byte>(text, vector.Plain.Length));
            jobs[i] = new CryptoJob
            {
                Key = engine.CreateKey(new CryptoSuite(cipher, vector.Key.Length, MacAlgorithm.None), direction, vector.Key, []),
                Hash = (nint)slot, HashBytes = vector.Header.Length, Iv = (nint)(slot + HeaderRoom), Cipher = (nint)text,
                CipherBytes = vector.Plain.Length, Tag = (nint)(slot + SlotBytes - 32),
            };
        }

        engine.Submit(new Span<CryptoJob>(jobs, vectors.Length));
        engine.Drain();
        for (int i = 0; i < vectors.Length; i++)
        {
            Assert.Equal(CryptoStatus.Completed, jobs[i].Status);
            Assert.Equal(
                (engine.Name, Convert.ToHexString(encrypt ? vectors[i].Cipher : vectors[i].Plain)),
                (engine.Name, Convert.ToHexString(new ReadOnlySpan<byte>((void*)jobs[i].Cipher, vectors[i].Plain.Length))));
            Assert.Equal(
                (engine.Name, Convert.ToHexString(vectors[i].Tag)),
                (engine.Name, Convert.ToHexString(new ReadOnlySpan<byte>((void*)jobs[i].Tag, vectors[i].Tag.Length))));
            engine.DestroyKey(jobs[i].Key);
        }

        NativeMemory.AlignedFree(jobs);
        NativeMemory.AlignedFree(slots);
    }

    private sealed record Job(byte[] Key, byte[] Iv, byte[] Header, byte[] Plain, byte[] Cipher, byte[] Tag);
}
