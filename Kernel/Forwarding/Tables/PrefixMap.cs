using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RouterOS.Forwarding.Tables;

/// <summary>Numbers by prefix in native memory: open addressing, at most half full.</summary>
/// <remarks>A full table moves to one of twice the size a few slots with every later change, so that no single change stalls the worker.</remarks>
internal sealed unsafe class PrefixMap
{
    private const uint FirstSlots = 1024;
    private const int MovedPerChange = 16;
    private const ulong Empty = 0;
    private const ulong Gone = 1;
    private const ulong FirstKey = 2;

    private Slot* _slots = Allocate(FirstSlots);
    private uint _mask = FirstSlots - 1;
    private Slot* _old;
    private uint _oldMask;
    private uint _moved;
    private uint _used;

    ~PrefixMap()
    {
        NativeMemory.Free(_slots);
        NativeMemory.Free(_old);
    }

    /// <summary>Entries there are.</summary>
    public int Count { get; private set; }

    public bool TryGet(ulong key, out uint value)
    {
        Slot* slot = Find(key + FirstKey);
        value = slot == null ? 0 : slot->Value;
        return slot != null;
    }

    /// <summary>Adds a key that is not there.</summary>
    public void Add(ulong key, uint value)
    {
        Move();
        if (_old == null && (_used + 1) * 2 > _mask)
        {
            _old = _slots;
            _oldMask = _mask;
            _moved = 0;
            _used = 0;
            _mask = (_mask * 2) + 1;
            _slots = Allocate(_mask + 1);
        }

        Insert(key + FirstKey, value);
        Count++;
    }

    public bool Remove(ulong key, out uint value)
    {
        Move();
        Slot* slot = Find(key + FirstKey);
        value = slot == null ? 0 : slot->Value;
        if (slot == null)
        {
            return false;
        }

        Count--;
        if (_old != null && slot >= _old && slot <= _old + _oldMask)
        {
            slot->Key = Gone;
        }
        else
        {
            Close((uint)(slot - _slots));
        }

        return true;
    }

    // Safe: slots are zeroed, so empty; every index is masked.
    private static Slot* Allocate(uint slots) => (Slot*)NativeMemory.AllocZeroed(slots, (nuint)sizeof(Slot));

    private static uint Hash(ulong key)
    {
        key *= 0x9E3779B97F4A7C15;
        return (uint)((key ^ (key >> 29)) >> 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Slot* FindIn(Slot* slots, uint mask, ulong key)
    {
        for (uint i = Hash(key) & mask; slots[i].Key != Empty; i = (i + 1) & mask)
        {
            if (slots[i].Key == key)
            {
                return slots + i;
            }
        }

        return null;
    }

    private Slot* Find(ulong key)
    {
        Slot* slot = FindIn(_slots, _mask, key);
        return slot == null && _old != null ? FindIn(_old, _oldMask, key) : slot;
    }

    private void Insert(ulong key, uint value)
    {
        uint i = Hash(key) & _mask;
        while (_slots[i].Key != Empty)
        {
            i = (i + 1) & _mask;
        }

        _slots[i].Key = key;
        _slots[i].Value = value;
        _used++;
    }

    // An entry behind the gap moves into it unless its own place lies after the gap.
    private void Close(uint gap)
    {
        for (uint next = (gap + 1) & _mask; _slots[next].Key != Empty; next = (next + 1) & _mask)
        {
            if (((next - Hash(_slots[next].Key)) & _mask) >= ((next - gap) & _mask))
            {
                _slots[gap] = _slots[next];
                gap = next;
            }
        }

        _slots[gap].Key = Empty;
        _used--;
    }

    private void Move()
    {
        for (int left = MovedPerChange; left > 0 && _old != null; left--)
        {
            Slot* slot = _old + _moved;
            if (slot->Key > Gone)
            {
                Insert(slot->Key, slot->Value);
                slot->Key = Gone;
            }

            if (_moved++ == _oldMask)
            {
                NativeMemory.Free(_old);
                _old = null;
            }
        }
    }

    private struct Slot
    {
        public ulong Key;
        public uint Value;
    }
}
