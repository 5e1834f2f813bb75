using System.Runtime.CompilerServices;

namespace RouterOS.Forwarding.Tables;

/// <summary>The routes of all instances of a module: written by worker 0 between batches, read by all workers without locks.</summary>
internal sealed unsafe class FibSet : IDisposable
{
    // Plies of 1 KB: half a million, far more than a full Internet table needs. Address space only, until they are used.
    private const uint MaximumPlies = 1 << 19;

    private Fib?[] _fibs = new Fib?[4];
    private int _made;

    public FibSet(int workers)
    {
        Grace = new GracePeriod(workers);
        NextHops = new NextHops(Grace);
        Plies = new Slab(Grace, MaximumPlies, Fib.PlySlots * sizeof(uint));
    }

    /// <summary>Changes when an instance has got its first route. Any worker.</summary>
    public int Made => Volatile.Read(ref _made);

    public GracePeriod Grace { get; }

    public NextHops NextHops { get; }

    public Slab Plies { get; }

    /// <summary>Routes in all instances.</summary>
    public int Count => _fibs.Sum(fib => fib?.Count ?? 0);

    /// <summary>Bytes of native memory in use.</summary>
    public long Bytes => Plies.Bytes + NextHops.Bytes + _fibs.Sum(fib => fib?.Bytes ?? 0);

    /// <summary>The routes of an instance, or null. Any worker.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Fib? Of(uint instance)
    {
        Fib?[] fibs = Volatile.Read(ref _fibs);
        return instance < (uint)fibs.Length ? fibs[instance] : null;
    }

    /// <summary>Finds or makes the routes of an instance. Worker 0.</summary>
    public Fib Make(uint instance)
    {
        if (Of(instance) is { } known)
        {
            return known;
        }

        Fib?[] fibs = _fibs;
        if (instance >= (uint)fibs.Length)
        {
            Array.Resize(ref fibs, (int)Math.Max(instance + 1, (uint)fibs.Length * 2));
        }

        var made = new Fib(this);
        Volatile.Write(ref fibs[instance], made);
        Volatile.Write(ref _fibs, fibs);
        Volatile.Write(ref _made, _made + 1);
        return made;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Fib? fib in _fibs)
        {
            fib?.Dispose();
        }

        Plies.Dispose();
        NextHops.Dispose();
        Grace.Dispose();
    }
}
