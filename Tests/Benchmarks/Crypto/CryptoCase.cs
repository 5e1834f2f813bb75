using System.Diagnostics;
using System.Runtime.InteropServices;
using RouterOS.Abstractions.Crypto;
using RouterOS.Benchmarks.Esp;

namespace RouterOS.Benchmarks.Crypto;

/// <summary>One engine, suite, direction and size with buffers of its own.</summary>
internal sealed unsafe class CryptoCase : IDisposable
{
    private const int BufferBytes = 2048;

    private readonly ICryptoEngine _engine;
    private readonly RawCalls? _raw;
    private readonly byte* _buffers;
    private readonly CryptoJob* _jobs;
    private readonly int _batch;

    public CryptoCase(ICryptoEngine engine, CryptoSuite suite, CryptoDirection direction, int size, int batch, bool mixed, bool raw)
    {
        _engine = engine;
        _batch = batch;
        _buffers = (byte*)NativeMemory.AlignedAlloc((nuint)(batch * BufferBytes), 4096);
        _jobs = (CryptoJob*)NativeMemory.AlignedAlloc((nuint)(batch * sizeof(CryptoJob)), 64);
        for (int i = 0; i < batch * BufferBytes; i++)
        {
            _buffers[i] = (byte)(((long)i * 2654435761) >> 13);
        }

        nint key = 0;
        for (int i = 0; i < batch; i++)
        {
            if (mixed || i == 0)
            {
                key = engine.CreateKey(suite, direction, Key(suite.CipherKeyBytes, i), Key(suite.MacKeyBytes, i + 7));
            }

            // Spreads lengths over the range without order.
            int length = mixed ? 40 + (i * 7919 % (size - 39)) : size;
            int text = (length + 2 + suite.PadBlockBytes - 1) / suite.PadBlockBytes * suite.PadBlockBytes;
            byte* esp = _buffers + (i * BufferBytes);
            _jobs[i] = new CryptoJob
            {
                Key = key, Hash = (nint)esp, Iv = (nint)(esp + 8), Cipher = (nint)(esp + 8 + suite.IvBytes), CipherBytes = text,
                HashBytes = suite.Cipher == CipherAlgorithm.AesGcm ? 8 : 8 + suite.IvBytes + text,
                Tag = (nint)(esp + 8 + suite.IvBytes + text),
            };
        }

        _raw = raw ? new RawCalls(_jobs) : null;
        Name = raw ? "raw" : ShortName(engine);
    }

    public string Name { get; }

    public static string ShortName(ICryptoEngine engine) => engine.Name.Split(' ')[0];

    public Median Times { get; } = new();

    /// <summary>Long enough for the compiler's last tier.</summary>
    public void Warm()
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < 40 || Stopwatch.GetElapsedTime(start).TotalSeconds < 0.02; i++)
        {
            Once();
        }
    }

    public void Repeat(double seconds)
    {
        long wall = Stopwatch.GetTimestamp();
        long begin = CpuClock.Now;
        int batches = 0;
        do
        {
            Once();
            batches++;
        }
        while (Stopwatch.GetElapsedTime(wall).TotalSeconds < seconds);
        Times.Add(CpuClock.Now - begin, batches * _batch);
    }

    public void Dispose()
    {
        _raw?.Dispose();
        for (int i = 0; i < _batch; i++)
        {
            if (i == 0 || _jobs[i].Key != _jobs[i - 1].Key)
            {
                _engine.DestroyKey(_jobs[i].Key);
            }
        }

        _engine.Dispose();
        NativeMemory.AlignedFree(_jobs);
        NativeMemory.AlignedFree(_buffers);
    }

    private static byte[] Key(int bytes, int number) => [.. Enumerable.Range(1, bytes).Select(i => (byte)((i * 7) + (number * 13)))];

    private void Once()
    {
        if (_raw != null)
        {
            if (_raw.Run(_jobs, _batch) != _batch)
            {
                throw new InvalidOperationException("ipsec-mb did not complete its jobs.");
            }

            return;
        }

        _engine.Submit(new Span<CryptoJob>(_jobs, _batch));
        _engine.Drain();
        if (_jobs[_batch - 1].Status != CryptoStatus.Completed)
        {
            throw new InvalidOperationException($"{_engine.Name} did not complete its jobs.");
        }
    }
}
