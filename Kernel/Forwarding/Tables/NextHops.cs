using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RouterOS.Forwarding.Tables;

/// <summary>Next hops of all routes of a module, numbered from 1 and shared by the routes that say the same. Record 0 says: no route.</summary>
/// <remarks>One writer, any readers: a record is whole before its number is shown, and stays so for a grace period after its last route.</remarks>
internal sealed unsafe class NextHops : IDisposable
{
    // A slot of a trie could hold 32 times as many.
    private const uint Maximum = 1 << 20;

    private readonly Slab _records;
    private readonly int* _references;
    private readonly GrowingMap _numbers = new();
    private int _released;

    public NextHops(GracePeriod grace)
    {
        _records = new Slab(grace, Maximum, sizeof(NextHop));
        // Safe: freed by Dispose or the finalizer; memory is committed where numbers are used.
        _references = (int*)NativeMemory.AllocZeroed(Maximum, sizeof(int));
    }

    ~NextHops() => NativeMemory.Free(_references);

    /// <summary>Next hops in use.</summary>
    public int Count => _numbers.Count;

    /// <summary>Bytes of native memory.</summary>
    public long Bytes => (_records.Bytes / sizeof(NextHop) * (sizeof(NextHop) + sizeof(int))) + _numbers.Bytes;

    /// <summary>
    /// Changes before the number of a next hop that no route names any more may come to mean another: who keeps something by numbers
    /// forgets it when this has changed since. Read it before the routes. Any worker.
    /// </summary>
    public int Released => Volatile.Read(ref _released);

    /// <summary>Numbers there are at most.</summary>
    public static uint Limit => Maximum;

    /// <summary>The record of a number that a look-up gave.</summary>
    public ref readonly NextHop this[uint number]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref ((NextHop*)_records.Start)[number];
    }

    /// <summary>The first record, for look-ups.</summary>
    public NextHop* Records => (NextHop*)_records.Start;

    /// <summary>The number for a route that says this; 0 when all numbers are in use.</summary>
    public uint Acquire(RouteKind kind, uint egress, uint gateway)
    {
        ulong key = KeyOf(kind, egress, gateway);
        uint number = (uint)_numbers.Find(key);
        if (number == 0)
        {
            if (!_records.HasRoom(1))
            {
                return 0;
            }

            number = _records.Take();
            Records[number] = new NextHop { Interface = egress, Gateway = gateway, Number = number, Kind = kind };
            _numbers.Set(key, (nint)number);
        }

        ReferencesOf(number)++;
        return number;
    }

    /// <summary>A route does not say this any more.</summary>
    public void Release(uint number)
    {
        if (number == 0 || --ReferencesOf(number) > 0)
        {
            return;
        }

        NextHop record = this[number];
        _numbers.Remove(KeyOf(record.Kind, record.Interface, record.Gateway));
        Volatile.Write(ref _released, _released + 1);
        _records.Retire(number);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _records.Dispose();
        NativeMemory.Free(_references);
        _numbers.Free();
        GC.SuppressFinalize(this);
    }

    private static ulong KeyOf(RouteKind kind, uint egress, uint gateway) => ((ulong)kind << 56) | ((ulong)egress << 32) | gateway;

    private ref int ReferencesOf(uint number) => ref _references[number];
}
