using System.Runtime.InteropServices;

namespace RouterOS.Forwarding.Tables;

/// <summary>Tells when all workers have left the rounds in which they may still see what was taken out of a shared table.</summary>
/// <remarks>Each worker counts on a line of its own: odd while a round runs. A worker keeps nothing of a shared table between rounds.</remarks>
internal sealed unsafe class GracePeriod : IDisposable
{
    private const int Stride = 128 / sizeof(ulong);

    private readonly ulong* _rounds;
    private readonly ulong[] _seen;

    public GracePeriod(int workers)
    {
        Workers = workers;
        _seen = new ulong[workers];
        // Safe: freed by Dispose or the finalizer, after the workers.
        _rounds = (ulong*)NativeMemory.AlignedAlloc((nuint)(workers * Stride * sizeof(ulong)), 128);
        NativeMemory.Clear(_rounds, (nuint)(workers * Stride * sizeof(ulong)));
    }

    ~GracePeriod() => NativeMemory.AlignedFree(_rounds);

    public int Workers { get; }

    /// <summary>A worker's round begins. A full fence must follow before it reads a shared table.</summary>
    public void Enter(int worker) => Volatile.Write(ref _rounds[worker * Stride], _rounds[worker * Stride] + 1);

    /// <summary>A worker's round is over.</summary>
    public void Leave(int worker) => Volatile.Write(ref _rounds[worker * Stride], _rounds[worker * Stride] + 1);

    /// <summary>Starts waiting: what has been taken out before is seen by nobody once <see cref="IsOver"/>.</summary>
    public void Begin()
    {
        Interlocked.MemoryBarrier();
        for (int worker = 0; worker < Workers; worker++)
        {
            _seen[worker] = Volatile.Read(ref _rounds[worker * Stride]);
        }
    }

    /// <summary>True when every worker has been between two rounds since <see cref="Begin"/>. Worker 0, the writer, is.</summary>
    public bool IsOver()
    {
        for (int worker = 1; worker < Workers; worker++)
        {
            if ((_seen[worker] & 1) != 0 && Volatile.Read(ref _rounds[worker * Stride]) == _seen[worker])
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_rounds);
        GC.SuppressFinalize(this);
    }
}
