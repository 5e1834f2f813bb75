using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Tables;

/// <summary>Longest-prefix match of one routing instance: a multibit trie of 16, 8 and 8 bits in native memory.</summary>
/// <remarks>
/// <para>A slot is one 32-bit word: 0 for no route, the top bit and the number of the 256-slot ply below, or the length of the longest
/// prefix over it and the number of its next hop. So a look-up reads one to three words and a record that many routes share. Prefixes of
/// up to 8 bits, a default route above all, have a table of their own that is asked last: no route covers more than 128 slots of the root.</para>
/// <para>One writer, worker 0 between batches. Readers need no lock: every change shows by the write of single words, a ply is filled
/// before it is shown, and one that is taken out keeps its content for a grace period.</para>
/// </remarks>
internal sealed unsafe class Fib : IDisposable
{
    /// <summary>Slots of a ply.</summary>
    public const int PlySlots = 256;

    private const uint PlyBit = 0x8000_0000;
    private const int LengthShift = 25;
    private const uint NumberMask = (1 << LengthShift) - 1;
    private const int RootBits = 16;
    private const int ShortBits = 8;

    private readonly FibSet _set;
    private readonly uint* _root;
    private readonly uint* _short;
    private readonly uint* _plies;
    private readonly NextHop* _hops;
    private readonly GrowingMap _numbers = new();

    public Fib(FibSet set)
    {
        _set = set;
        // Safe: freed by Dispose or the finalizer; the set's memory never moves.
        _root = (uint*)NativeMemory.AllocZeroed((1 << RootBits) + (1 << ShortBits), sizeof(uint));
        _short = _root + (1 << RootBits);
        _plies = (uint*)set.Plies.Start;
        _hops = set.NextHops.Records;
    }

    ~Fib() => NativeMemory.Free(_root);

    /// <summary>Routes in the table.</summary>
    public int Count => _numbers.Count;

    /// <summary>Bytes of native memory that only this instance uses.</summary>
    public long Bytes => (((1 << RootBits) + (1 << ShortBits)) * sizeof(uint)) + _numbers.Bytes;

    /// <summary>The next hop of the longest match; the record of kind <see cref="RouteKind.None"/> for none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref readonly NextHop Lookup(uint address) => ref _hops[Slot(address) & NumberMask];

    /// <summary>The next hop of the longest match, and its prefix's length.</summary>
    public ref readonly NextHop Lookup(uint address, out byte length)
    {
        uint slot = Slot(address);
        length = (byte)LengthOf(slot);
        return ref _hops[slot & NumberMask];
    }

    /// <summary>First of the three steps of a look-up, for callers that do a batch at a time while memory answers: the root's slot.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint First(uint address) => First(_root, _plies, address);

    /// <summary>The slot after the one of <see cref="First(uint)"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Second(uint slot, uint address) => Second(_plies, slot, address);

    /// <summary>The next hop, from the slot of <see cref="Second(uint, uint)"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref readonly NextHop Last(uint slot, uint address) => ref _hops[Last(_root, _plies, slot, address)];

    /// <summary>The root of an instance's trie, for the three steps below; it stays where it is.</summary>
    public uint* Root => _root;

    /// <summary>The first step, from the root and the plies of all instances.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint First(uint* root, uint* plies, uint address)
    {
        uint slot = root[address >> 16];
        if ((slot & PlyBit) != 0)
        {
            CachePrefetch.Line(&plies[((slot & ~PlyBit) << 8) | ((address >> 8) & 0xff)]);
        }

        return slot;
    }

    /// <summary>The second step.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Second(uint* plies, uint slot, uint address)
    {
        if ((slot & PlyBit) == 0)
        {
            return slot;
        }

        slot = plies[((slot & ~PlyBit) << 8) | ((address >> 8) & 0xff)];
        if ((slot & PlyBit) != 0)
        {
            CachePrefetch.Line(&plies[((slot & ~PlyBit) << 8) | (address & 0xff)]);
        }

        return slot;
    }

    /// <summary>The third step: the number of the next hop.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Last(uint* root, uint* plies, uint slot, uint address)
    {
        if ((slot & PlyBit) != 0)
        {
            slot = plies[((slot & ~PlyBit) << 8) | (address & 0xff)];
        }

        return (slot != 0 ? slot : root[(1 << RootBits) + (address >> 24)]) & NumberMask;
    }

    /// <summary>The three steps at once: the number of the next hop.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Find(uint* root, uint* plies, uint address)
    {
        uint slot = root[address >> 16];
        if ((slot & PlyBit) != 0)
        {
            slot = plies[((slot & ~PlyBit) << 8) | ((address >> 8) & 0xff)];
        }

        return Last(root, plies, slot, address);
    }

    /// <summary>The next hop of exactly this prefix; 0 for none.</summary>
    public uint Find(uint prefix, int length) => (uint)_numbers.Find(Key(prefix, length));

    /// <summary>Adds or replaces the route of a prefix; false when there is no memory for it.</summary>
    public bool Set(uint prefix, int length, uint nextHop)
    {
        if (!_set.Plies.HasRoom(2))
        {
            return false;
        }

        RouteKind before = _hops[Find(prefix, length)].Kind;
        _numbers.Set(Key(prefix, length), (nint)nextHop);
        Paint(prefix, length, ((uint)length << LengthShift) | nextHop, isRemoval: false);
        _set.Change(before, _hops[nextHop].Kind, length);
        return true;
    }

    /// <summary>Removes the route of a prefix, and the next shorter one takes its place; returns its next hop, or 0.</summary>
    public uint Remove(uint prefix, int length)
    {
        uint removed = (uint)_numbers.Remove(Key(prefix, length));
        if (removed == 0)
        {
            return 0;
        }

        uint cover = 0;
        int shortest = length > ShortBits ? ShortBits + 1 : 0;
        for (int shorter = length - 1; shorter >= shortest && cover == 0; shorter--)
        {
            uint number = (uint)_numbers.Find(Key(prefix & Ipv4Address.Mask(shorter), shorter));
            cover = number == 0 ? 0 : ((uint)shorter << LengthShift) | number;
        }

        Paint(prefix, length, cover, isRemoval: true);
        _set.Change(_hops[removed].Kind, RouteKind.None, length);
        return removed;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.Free(_root);
        _numbers.Free();
        GC.SuppressFinalize(this);
    }

    private static ulong Key(uint prefix, int length) => ((ulong)prefix << 6) | (uint)length;

    private static uint LengthOf(uint slot) => slot >> LengthShift;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint Slot(uint address)
    {
        uint slot = _root[address >> 16];
        if ((slot & PlyBit) != 0)
        {
            slot = _plies[((slot & ~PlyBit) << 8) | ((address >> 8) & 0xff)];
            if ((slot & PlyBit) != 0)
            {
                slot = _plies[((slot & ~PlyBit) << 8) | (address & 0xff)];
            }
        }

        return slot != 0 ? slot : _short[address >> 24];
    }

    // Writes `value` into every slot of the prefix that names it (removal), or a prefix that is not longer (insertion).
    private void Paint(uint prefix, int length, uint value, bool isRemoval)
    {
        if (length <= ShortBits)
        {
            PaintRange(_short + (prefix >> 24), 1 << (ShortBits - length), length, value, isRemoval);
            return;
        }

        uint* slot = _root + (prefix >> 16);
        if (length <= RootBits)
        {
            PaintRange(slot, 1 << (RootBits - length), length, value, isRemoval);
            return;
        }

        uint* second = Below(slot) + ((prefix >> 8) & 0xff);
        if (length <= 24)
        {
            PaintRange(second, 1 << (24 - length), length, value, isRemoval);
        }
        else
        {
            PaintRange(Below(second) + (prefix & 0xff), 1 << (32 - length), length, value, isRemoval);
            Collapse(second, 24, isRemoval);
        }

        Collapse(slot, RootBits, isRemoval);
    }

    private void PaintRange(uint* first, int count, int length, uint value, bool isRemoval)
    {
        for (uint* at = first; at < first + count; at++)
        {
            uint slot = *at;
            if ((slot & PlyBit) != 0)
            {
                PaintRange(_plies + ((slot & ~PlyBit) << 8), PlySlots, length, value, isRemoval);
            }
            else if (isRemoval ? slot != 0 && LengthOf(slot) == (uint)length : slot == 0 || LengthOf(slot) <= (uint)length)
            {
                *at = value;
            }
        }
    }

    // The ply below a slot, made when there is none.
    private uint* Below(uint* slot)
    {
        if ((*slot & PlyBit) == 0)
        {
            uint ply = _set.Plies.Take();
            new Span<uint>(_plies + (ply << 8), PlySlots).Fill(*slot);
            // A release: the ply is filled before a reader can find it.
            Volatile.Write(ref *slot, ply | PlyBit);
        }

        return _plies + ((*slot & ~PlyBit) << 8);
    }

    // A ply whose slots all name one route that is no longer than the slot above goes back.
    private void Collapse(uint* slot, int bits, bool isRemoval)
    {
        if (!isRemoval || (*slot & PlyBit) == 0)
        {
            return;
        }

        uint ply = *slot & ~PlyBit;
        var slots = new ReadOnlySpan<uint>(_plies + (ply << 8), PlySlots);
        uint only = slots[0];
        if ((only & PlyBit) != 0 || (only != 0 && LengthOf(only) > (uint)bits) || slots.ContainsAnyExcept(only))
        {
            return;
        }

        Volatile.Write(ref *slot, only);
        _set.Plies.Retire(ply);
    }
}
