using System.Runtime.InteropServices;
using RouterOS.Abstractions.Crypto;

namespace RouterOS.Unit.Crypto;

/// <summary>Packets of random DES and 3DES suites, keys and lengths, made anew from a seed for every engine that is to be compared.</summary>
internal sealed unsafe class BitSliceBatch : IDisposable
{
    private readonly ICryptoEngine _engine;
    private readonly byte* _memory;
    private readonly int _bytes;
    private readonly CryptoJob* _jobs;
    private readonly nint[] _keys;
    private readonly int _count;

    public BitSliceBatch(ICryptoEngine engine, ulong seed, int count, int keys, int largestBlocks, CryptoDirection? only = null)
    {
        _engine = engine;
        _count = count;
        FixedRandom random = new(seed);
        _keys = new nint[keys];
        var suites = new CryptoSuite[keys];
        var directions = new CryptoDirection[keys];
        for (int i = 0; i < keys; i++)
        {
            byte[] roll = random.Bytes(3);
            MacAlgorithm mac = (MacAlgorithm)(roll[1] % 4);
            suites[i] = (roll[0] & 1) == 0
                ? new CryptoSuite(CipherAlgorithm.DesCbc, 8, mac) : new CryptoSuite(CipherAlgorithm.TripleDesCbc, 24, mac);
            directions[i] = only ?? (CryptoDirection)(roll[2] & 1);
            _keys[i] = engine.CreateKey(suites[i], directions[i], random.Bytes(suites[i].CipherKeyBytes), random.Bytes(suites[i].MacKeyBytes));
        }

        int[] blocks = [.. Enumerable.Range(0, count).Select(_ => BitConverter.ToUInt16(random.Bytes(2)) % (largestBlocks + 1))];
        _bytes = blocks.Sum(b => SlotBytes(b));
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)_bytes, 64);
        _jobs = (CryptoJob*)NativeMemory.AlignedAlloc((nuint)(count * sizeof(CryptoJob)), 64);
        random.Fill(Memory);
        byte* slot = _memory;
        for (int i = 0; i < count; i++)
        {
            int which = BitConverter.ToUInt16(random.Bytes(2)) % keys;
            int bytes = 8 * blocks[i];
            _jobs[i] = new CryptoJob
            {
                Key = _keys[which],
                Hash = (nint)slot,
                Iv = (nint)(slot + 8),
                Cipher = (nint)(slot + 16),
                CipherBytes = bytes,
                HashBytes = 16 + bytes,
                Tag = (nint)(slot + 16 + bytes),
            };
            slot += SlotBytes(blocks[i]);
        }
    }

    public Span<byte> Memory => new(_memory, _bytes);

    public Span<CryptoJob> Jobs => new(_jobs, _count);

    public bool AllCompleted => Jobs.ToArray().All(j => j.Status == CryptoStatus.Completed);

    public void Run(int perSubmit)
    {
        for (int i = 0; i < _count; i += perSubmit)
        {
            _engine.Submit(new Span<CryptoJob>(_jobs + i, Math.Min(perSubmit, _count - i)));
        }

        _engine.Drain();
    }

    public void Dispose()
    {
        foreach (nint key in _keys)
        {
            _engine.DestroyKey(key);
        }

        NativeMemory.AlignedFree(_memory);
        NativeMemory.AlignedFree(_jobs);
    }

    // Header, IV, text, tag, and bytes behind them that nobody may write; an odd size, so that nothing is aligned.
    private static int SlotBytes(int blocks) => 16 + (8 * blocks) + 16 + 5;
}
