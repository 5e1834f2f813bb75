using System.Runtime.CompilerServices;

namespace RouterOS.Forwarding.Tables;

/// <summary>The routes of all instances of a module: written by worker 0 between batches, read by all workers without locks.</summary>
internal sealed unsafe class FibSet : IDisposable
{
    // Plies of 1 KB: half a million, far more than a full Internet table needs. Address space only, until they are used.
    private const uint MaximumPlies = 1 << 19;

    private Fib?[] _fibs = new Fib?[4];
    private Fib6?[] _fibs6 = new Fib6?[4];
    private int _made;
    private uint _changes;
    private uint _localChanges;
    private bool _hasWideLocals;

    public FibSet(int workers)
    {
        Grace = new GracePeriod(workers);
        NextHops = new NextHops(Grace);
        Gateways6 = new Gateways6(Grace);
        Plies = new Slab(Grace, MaximumPlies, Fib.PlySlots * sizeof(uint));
    }

    /// <summary>Changes when an instance has got its first route. Any worker.</summary>
    public int Made => Volatile.Read(ref _made);

    /// <summary>Changes after every change of an IPv4 route: who keeps a look-up's result reads it before the look-up. Any worker.</summary>
    public uint Changes => Volatile.Read(ref _changes);

    /// <summary>Changes after every change of what is a local address. Any worker.</summary>
    public uint LocalChanges => Volatile.Read(ref _localChanges);

    public GracePeriod Grace { get; }

    public NextHops NextHops { get; }

    public Slab Plies { get; }

    public Gateways6 Gateways6 { get; }

    /// <summary>Routes in all instances, of both families.</summary>
    public int Count => _fibs.Sum(fib => fib?.Count ?? 0) + _fibs6.Sum(fib => fib?.Count ?? 0);

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

    /// <summary>Says that a route has changed: of what kind it was and is, and its prefix's length. Worker 0.</summary>
    public void Change(RouteKind before, RouteKind after, int length)
    {
        // Any route may cover a part of a local one of many addresses.
        _hasWideLocals |= after == RouteKind.Local && length < 32;
        if (before == RouteKind.Local || after == RouteKind.Local || _hasWideLocals)
        {
            Volatile.Write(ref _localChanges, _localChanges + 1);
        }

        Volatile.Write(ref _changes, _changes + 1);
    }

    /// <summary>The IPv6 routes of an instance, or null. Any worker.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Fib6? Of6(uint instance)
    {
        Fib6?[] fibs = Volatile.Read(ref _fibs6);
        return instance < (uint)fibs.Length ? fibs[instance] : null;
    }

    /// <summary>Finds or makes the IPv6 routes of an instance. Worker 0.</summary>
    public Fib6 Make6(uint instance)
    {
        if (Of6(instance) is { } known)
        {
            return known;
        }

        Fib6?[] fibs = _fibs6;
        if (instance >= (uint)fibs.Length)
        {
            Array.Resize(ref fibs, (int)Math.Max(instance + 1, (uint)fibs.Length * 2));
        }

        var made = new Fib6(this);
        Volatile.Write(ref fibs[instance], made);
        Volatile.Write(ref _fibs6, fibs);
        return made;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Fib6? fib in _fibs6)
        {
            fib?.Dispose();
        }

        Gateways6.Dispose();
        foreach (Fib? fib in _fibs)
        {
            fib?.Dispose();
        }

        Plies.Dispose();
        NextHops.Dispose();
        Grace.Dispose();
    }
}
