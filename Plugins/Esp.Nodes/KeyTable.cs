using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RouterOS.Esp.Nodes;

/// <summary>Values by 64-bit key in native memory: open addressing, at most half full, one or two cache lines a look-up.</summary>
/// <remarks>
/// A table that is full moves to one of twice the size a few slots at a time, with every change from then on, so that no change stalls
/// its worker. Values are never 0.
/// </remarks>
internal sealed unsafe class KeyTable
{
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private const int FirstSlots = 64;
    private const int SlotsMovedAtOnce = 64;

    private Slots _now = Slots.Make(FirstSlots);
    private Slots _old;
    private int _moved;

    /// <summary>Keys in the table.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of native memory.</summary>
    public long Bytes => (long)(_now.Count + _old.Count) * sizeof(Entry);

    /// <summary>The value of a key, or 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public nint Find(ulong key)
    {
        nint value = _now.Find(key);
        return value == 0 && _old.Count != 0 ? _old.Find(key) : value;
    }

    /// <summary>Stores the value of a key that is not there.</summary>
    public void Add(ulong key, nint value)
    {
        Move();
        if (++Count * 2 > _now.Count)
        {
            // The last move ended long before: it takes 1/64 of the changes that fill a table.
            _old = _now;
            _now = Slots.Make(_old.Count * 2);
            _moved = 0;
        }

        _now.Put(key, value);
    }

    /// <summary>Forgets a key.</summary>
    public void Remove(ulong key)
    {
        Move();
        if (_now.Remove(key) || (_old.Count != 0 && _old.Bury(key)))
        {
            Count--;
        }
    }

    /// <summary>Gives the memory back; the table is not used any more.</summary>
    public void Free()
    {
        _now.Free();
        _old.Free();
        Count = 0;
    }

    private void Move()
    {
        if (_old.Count == 0)
        {
            return;
        }

        int end = Math.Min(_moved + SlotsMovedAtOnce, _old.Count);
        for (; _moved < end; _moved++)
        {
            Entry* entry = _old.Start + _moved;
            if (entry->Value != 0 && entry->Value != Slots.Buried)
            {
                _now.Put(entry->Key, entry->Value);
                entry->Value = Slots.Buried;
            }
        }

        if (_moved == _old.Count)
        {
            _old.Free();
        }
    }

    private struct Entry
    {
        public ulong Key;
        public nint Value;
    }

    private struct Slots
    {
        /// <summary>In an old table: was here once; searches go on behind it.</summary>
        public const nint Buried = -1;

        public Entry* Start;
        public int Count;
        private int _shift;

        public static Slots Make(int count) => new()
        {
            // Safe: freed by Free; zeroed pages come from the system as they are touched.
            Start = (Entry*)NativeMemory.AllocZeroed((nuint)count, (nuint)sizeof(Entry)),
            Count = count,
            _shift = 64 - int.Log2(count),
        };

        public void Free()
        {
            NativeMemory.Free(Start);
            this = default;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly nint Find(ulong key)
        {
            uint mask = (uint)Count - 1;
            for (uint i = Home(key); ; i++)
            {
                Entry* entry = Start + (i & mask);
                if (entry->Value == 0 || (entry->Key == key && entry->Value != Buried))
                {
                    return entry->Value;
                }
            }
        }

        public readonly void Put(ulong key, nint value)
        {
            uint mask = (uint)Count - 1;
            uint i = Home(key);
            while (Start[i & mask].Value != 0)
            {
                i++;
            }

            Start[i & mask] = new Entry { Key = key, Value = value };
        }

        public readonly bool Bury(ulong key)
        {
            uint mask = (uint)Count - 1;
            for (uint i = Home(key); Start[i & mask].Value != 0; i++)
            {
                Entry* entry = Start + (i & mask);
                if (entry->Key == key && entry->Value != Buried)
                {
                    entry->Value = Buried;
                    return true;
                }
            }

            return false;
        }

        public readonly bool Remove(ulong key)
        {
            uint mask = (uint)Count - 1;
            uint hole = Home(key);
            while (Start[hole & mask].Key != key || Start[hole & mask].Value == 0)
            {
                if (Start[hole & mask].Value == 0)
                {
                    return false;
                }

                hole++;
            }

            // Entries behind the hole move up when their own slot lies at or before it, so that no search stops short.
            for (uint next = hole + 1; Start[next & mask].Value != 0; next++)
            {
                if (((next - Home(Start[next & mask].Key)) & mask) >= ((next - hole) & mask))
                {
                    Start[hole & mask] = Start[next & mask];
                    hole = next;
                }
            }

            Start[hole & mask] = default;
            return true;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly uint Home(ulong key) => (uint)((key * Golden) >> _shift);
    }
}
