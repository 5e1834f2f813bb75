using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Tables;

/// <summary>Values by 64-bit key in native memory; a table that is full moves to a larger one a few slots at a time.</summary>
/// <remarks>
/// So no change takes long, however many keys there are. Open addressing, at most half full: one or two cache lines a look-up. Values are
/// numbers or addresses, never 0 or -1. One thread.
/// </remarks>
public sealed unsafe class GrowingMap
{
    private const ulong Golden = 0x9E37_79B9_7F4A_7C15;
    private const int FirstSlots = 256;
    private const int MovedAtOnce = 32;

    // In the old table: moved or removed; searches go on behind it.
    private const nint Buried = -1;

    private Entry* _slots;
    private Entry* _old;
    private uint _mask;
    private uint _oldMask;
    private uint _moved;
    private int _shift;
    private int _oldShift;

    /// <summary>Makes an empty map.</summary>
    public GrowingMap() => Make(FirstSlots);

    /// <summary>Gives back what <see cref="Free"/> has not.</summary>
    ~GrowingMap() => Free();

    /// <summary>Keys in the map.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of native memory.</summary>
    public long Bytes => (_mask + 1L + (_old != null ? _oldMask + 1L : 0)) * sizeof(Entry);

    /// <summary>The value of a key, or 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public nint Find(ulong key)
    {
        nint value = Search(_slots, _mask, _shift, key)->Value;
        return value != 0 || _old == null ? value : Search(_old, _oldMask, _oldShift, key)->Value;
    }

    /// <summary>Asks for the memory that <see cref="Find"/> will read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(ulong key) => CachePrefetch.Line(_slots + Home(key, _shift));

    /// <summary>Sets the value of a key.</summary>
    public void Set(ulong key, nint value)
    {
        Move();
        Entry* entry = Search(_slots, _mask, _shift, key);
        if (entry->Value != 0)
        {
            entry->Value = value;
            return;
        }

        if (!Bury(key))
        {
            Count++;
        }

        *entry = new Entry { Key = key, Value = value };
        if (_old == null && (ulong)Count * 2 > _mask + 1ul)
        {
            _old = _slots;
            _oldMask = _mask;
            _oldShift = _shift;
            _moved = 0;
            Make((_mask + 1) * 2);
        }
    }

    /// <summary>Forgets a key; returns its value, or 0.</summary>
    public nint Remove(ulong key)
    {
        Move();
        Entry* hole = Search(_slots, _mask, _shift, key);
        nint value = hole->Value;
        if (value == 0)
        {
            value = Find(key);
            Count -= Bury(key) ? 1 : 0;
            return value;
        }

        // Entries behind the hole move up when their own place lies at or before it, so that no search stops short.
        uint gap = (uint)(hole - _slots);
        for (uint next = (gap + 1) & _mask; _slots[next].Value != 0; next = (next + 1) & _mask)
        {
            uint home = Home(_slots[next].Key, _shift);
            if (((next - home) & _mask) >= ((next - gap) & _mask))
            {
                _slots[gap] = _slots[next];
                gap = next;
            }
        }

        _slots[gap] = default;
        Count--;
        return value;
    }

    /// <summary>Gives the memory back at once; the map is not used any more. Otherwise it goes with the map.</summary>
    public void Free()
    {
        NativeMemory.Free(_slots);
        NativeMemory.Free(_old);
        _slots = null;
        _old = null;
    }

    private static uint Home(ulong key, int shift) => (uint)((key * Golden) >> shift);

    // The entry of a key, or the free one that ends the search.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Entry* Search(Entry* slots, uint mask, int shift, ulong key)
    {
        for (uint i = Home(key, shift); ; i = (i + 1) & mask)
        {
            if (slots[i].Value == 0 || (slots[i].Key == key && slots[i].Value != Buried))
            {
                return slots + i;
            }
        }
    }

    private bool Bury(ulong key)
    {
        Entry* entry = _old == null ? null : Search(_old, _oldMask, _oldShift, key);
        if (entry == null || entry->Value == 0)
        {
            return false;
        }

        entry->Value = Buried;
        return true;
    }

    // The old table is empty long before the new one is full: each change moves 32 slots, and at least half as many fill it as it has.
    private void Move()
    {
        for (int left = MovedAtOnce; left > 0 && _old != null; left--)
        {
            Entry entry = _old[_moved];
            if (entry.Value is not (0 or Buried))
            {
                *Search(_slots, _mask, _shift, entry.Key) = entry;
                _old[_moved].Value = Buried;
            }

            if (_moved++ == _oldMask)
            {
                NativeMemory.Free(_old);
                _old = null;
            }
        }
    }

    private void Make(uint slots)
    {
        // Safe: freed by Free. Zeroed pages come from the system as they are touched.
        _slots = (Entry*)NativeMemory.AllocZeroed(slots, (nuint)sizeof(Entry));
        _mask = slots - 1;
        _shift = 64 - int.CreateChecked(uint.Log2(slots));
    }

    private struct Entry
    {
        public ulong Key;
        public nint Value;
    }
}
