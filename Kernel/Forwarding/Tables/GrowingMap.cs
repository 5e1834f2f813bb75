using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RouterOS.Forwarding.Tables;

/// <summary>Numbers (not 0) by 64-bit key in native memory; a table that is full moves to a larger one a few slots at a time.</summary>
/// <remarks>So no change takes long, however many keys there are. Open addressing, at most three quarters full. One thread.</remarks>
internal sealed unsafe class GrowingMap : IDisposable
{
    private const ulong Golden = 0x9E37_79B9_7F4A_7C15;
    private const int FirstSlots = 256;
    private const int MovedAtOnce = 32;

    // In the old table: moved or removed; searches go on behind it.
    private const uint Buried = uint.MaxValue;

    private Entry* _slots;
    private Entry* _old;
    private uint _mask;
    private uint _oldMask;
    private uint _moved;
    private int _shift;
    private int _oldShift;

    public GrowingMap() => Make(FirstSlots);

    /// <summary>Frees what nobody has disposed.</summary>
    ~GrowingMap() => Release();

    /// <summary>Keys in the map.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of native memory.</summary>
    public long Bytes => (_mask + 1L + (_old != null ? _oldMask + 1L : 0)) * sizeof(Entry);

    /// <summary>The number of a key, or 0.</summary>
    public uint Find(ulong key)
    {
        Entry* entry = Search(_slots, _mask, _shift, key);
        if (entry->Number == 0 && _old != null)
        {
            entry = Search(_old, _oldMask, _oldShift, key);
        }

        return entry->Number == Buried ? 0 : entry->Number;
    }

    /// <summary>Sets the number of a key.</summary>
    public void Set(ulong key, uint number)
    {
        Move();
        Entry* entry = Search(_slots, _mask, _shift, key);
        if (entry->Number != 0)
        {
            entry->Number = number;
            return;
        }

        if (!Bury(key))
        {
            Count++;
        }

        *entry = new Entry { Key = key, Number = number };
        if (_old == null && (ulong)Count * 4 > (_mask + 1ul) * 3)
        {
            _old = _slots;
            _oldMask = _mask;
            _oldShift = _shift;
            _moved = 0;
            Make((_mask + 1) * 2);
        }
    }

    /// <summary>Forgets a key; returns its number, or 0.</summary>
    public uint Remove(ulong key)
    {
        Move();
        Entry* hole = Search(_slots, _mask, _shift, key);
        uint number = hole->Number;
        if (number == 0)
        {
            number = Find(key);
            Count -= Bury(key) ? 1 : 0;
            return number;
        }

        // Entries behind the hole move up when their own place lies at or before it, so that no search stops short.
        uint gap = (uint)(hole - _slots);
        for (uint next = (gap + 1) & _mask; _slots[next].Number != 0; next = (next + 1) & _mask)
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
        return number;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private static uint Home(ulong key, int shift) => (uint)((key * Golden) >> shift);

    // The entry of a key, or the free one that ends the search.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Entry* Search(Entry* slots, uint mask, int shift, ulong key)
    {
        for (uint i = Home(key, shift); ; i = (i + 1) & mask)
        {
            if (slots[i].Number == 0 || (slots[i].Key == key && slots[i].Number != Buried))
            {
                return slots + i;
            }
        }
    }

    private bool Bury(ulong key)
    {
        Entry* entry = _old == null ? null : Search(_old, _oldMask, _oldShift, key);
        if (entry == null || entry->Number == 0)
        {
            return false;
        }

        entry->Number = Buried;
        return true;
    }

    // The old table is empty long before the new one is full: each change moves 32 slots, and at least half as many fill it as it has.
    private void Move()
    {
        for (int left = MovedAtOnce; left > 0 && _old != null; left--)
        {
            Entry entry = _old[_moved];
            if (entry.Number is not (0 or Buried))
            {
                *Search(_slots, _mask, _shift, entry.Key) = entry;
                _old[_moved].Number = Buried;
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
        // Safe: freed by Release. Zeroed pages come from the system as they are touched.
        _slots = (Entry*)NativeMemory.AllocZeroed(slots, (nuint)sizeof(Entry));
        _mask = slots - 1;
        _shift = 64 - int.CreateChecked(uint.Log2(slots));
    }

    private void Release()
    {
        NativeMemory.Free(_slots);
        NativeMemory.Free(_old);
        _slots = null;
        _old = null;
    }

    private struct Entry
    {
        public ulong Key;
        public uint Number;
    }
}
