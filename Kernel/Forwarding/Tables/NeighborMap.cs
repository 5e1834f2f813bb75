using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RouterOS.Forwarding.Tables;

/// <summary>Ethernet addresses of known neighbours for the plain pass and for the workers that do not resolve them: one writer, worker 0, and lock-free readers.</summary>
/// <remarks>
/// Open addressing, at most a quarter full. While the writer works its count is odd, and a reader that has met it, or a count that
/// changed meanwhile, knows nothing: it leaves the packet to worker 0, which is always right.
/// </remarks>
internal sealed unsafe class NeighborMap
{
    private const int Places = 4 * Neighbors.Maximum;
    private const uint Mask = Places - 1;
    private const ulong Golden = 0x9E37_79B9_7F4A_7C15;

    private readonly Entry* _entries;
    private int _writes;

    public NeighborMap() =>
        // Safe: freed by the finalizer only; commits memory where neighbours are.
        _entries = (Entry*)NativeMemory.AllocZeroed(Places, (nuint)sizeof(Entry));

    ~NeighborMap() => NativeMemory.Free(_entries);

    /// <summary>Changes with every change of the map. Any worker.</summary>
    public int Writes => Volatile.Read(ref _writes);

    /// <summary>Finds a neighbour's Ethernet address, two words in memory order. Any worker.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryFind(ulong key, out uint first, out ushort last)
    {
        int before = Volatile.Read(ref _writes);
        ulong link = 0;
        for (uint i = Home(key); (before & 1) == 0; i++)
        {
            ulong known = Volatile.Read(ref _entries[i & Mask].Key);
            if (known == key)
            {
                link = Volatile.Read(ref _entries[i & Mask].Link);
                break;
            }

            if (known == 0)
            {
                break;
            }
        }

        first = (uint)link;
        last = (ushort)(link >> 32);
        return link != 0 && Volatile.Read(ref _writes) == before;
    }

    /// <summary>Sets a neighbour's address. Worker 0.</summary>
    public void Set(ulong key, uint first, ushort last)
    {
        uint i = Home(key);
        while (_entries[i & Mask].Key != key && _entries[i & Mask].Key != 0)
        {
            i++;
        }

        // The top bit tells an address of zeros from none.
        ulong link = (1ul << 63) | ((ulong)last << 32) | first;
        if (_entries[i & Mask].Key == key && _entries[i & Mask].Link == link)
        {
            return;
        }

        Interlocked.Increment(ref _writes);
        _entries[i & Mask] = new Entry { Key = key, Link = link };
        Interlocked.Increment(ref _writes);
    }

    /// <summary>Forgets a neighbour. Worker 0.</summary>
    public void Remove(ulong key)
    {
        uint hole = Home(key);
        while (_entries[hole & Mask].Key != key)
        {
            if (_entries[hole & Mask].Key == 0)
            {
                return;
            }

            hole++;
        }

        Interlocked.Increment(ref _writes);
        // Entries behind the hole move up when their own place lies at or before it, so that no search stops short.
        for (uint next = hole + 1; _entries[next & Mask].Key != 0; next++)
        {
            uint home = Home(_entries[next & Mask].Key);
            if (((next - home) & Mask) >= ((next - hole) & Mask))
            {
                _entries[hole & Mask] = _entries[next & Mask];
                hole = next;
            }
        }

        _entries[hole & Mask] = default;
        Interlocked.Increment(ref _writes);
    }

    private static uint Home(ulong key) => (uint)((key * Golden) >> 48);

    private struct Entry
    {
        public ulong Key;
        public ulong Link;
    }
}
