using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Tables;

/// <summary>Longest-prefix match of one routing instance for IPv6: a multibit trie of 16 bits and then 8 at a time in native memory.</summary>
/// <remarks>
/// The design is that of <see cref="Fib"/>, with which it shares plies and next hops; only the depth differs: as many reads as the longest
/// route over the address needs, six for a /48 or /56. A slot holds 8 bits of length above 20 of the next hop's number.
/// </remarks>
internal sealed unsafe class Fib6 : IDisposable
{
    /// <summary>Bits of an address.</summary>
    public const int Bits = 128;

    private const uint PlyBit = 0x8000_0000;
    private const int LengthShift = 20;
    private const uint NumberMask = (1 << LengthShift) - 1;
    private const int RootBits = 16;
    private const int ShortBits = 8;
    private const int Levels = (Bits - RootBits) / 8;

    private readonly FibSet _set;
    private readonly uint* _root;
    private readonly uint* _short;
    private readonly uint* _plies;
    private readonly NextHop* _hops;

    // Exact prefixes, for the writer alone.
    private readonly Dictionary<(UInt128 Prefix, byte Length), uint> _numbers = [];

    public Fib6(FibSet set)
    {
        _set = set;
        // Safe: freed by Dispose or the finalizer; the set's memory never moves.
        _root = (uint*)NativeMemory.AllocZeroed((1 << RootBits) + (1 << ShortBits), sizeof(uint));
        _short = _root + (1 << RootBits);
        _plies = (uint*)set.Plies.Start;
        _hops = set.NextHops.Records;
    }

    ~Fib6() => NativeMemory.Free(_root);

    /// <summary>Routes in the table.</summary>
    public int Count => _numbers.Count;

    /// <summary>The next hop of the longest match; the record of kind <see cref="RouteKind.None"/> for none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref readonly NextHop Lookup(UInt128 address) => ref _hops[Slot(address) & NumberMask];

    /// <summary>The next hop of the longest match, and its prefix's length.</summary>
    public ref readonly NextHop Lookup(UInt128 address, out byte length)
    {
        uint slot = Slot(address);
        length = (byte)LengthOf(slot);
        return ref _hops[slot & NumberMask];
    }

    /// <summary>The next hop of exactly this prefix; 0 for none.</summary>
    public uint Find(UInt128 prefix, int length) => _numbers.GetValueOrDefault((prefix, (byte)length));

    /// <summary>Adds or replaces the route of a prefix; false when there is no memory for it.</summary>
    public bool Set(UInt128 prefix, int length, uint nextHop)
    {
        if (!_set.Plies.HasRoom(Levels))
        {
            return false;
        }

        _numbers[(prefix, (byte)length)] = nextHop;
        Paint(prefix, length, ((uint)length << LengthShift) | nextHop, isRemoval: false);
        return true;
    }

    /// <summary>Removes the route of a prefix, and the next shorter one takes its place; returns its next hop, or 0.</summary>
    public uint Remove(UInt128 prefix, int length)
    {
        if (!_numbers.Remove((prefix, (byte)length), out uint removed))
        {
            return 0;
        }

        uint cover = 0;
        int shortest = length > ShortBits ? ShortBits + 1 : 0;
        for (int shorter = length - 1; shorter >= shortest && cover == 0; shorter--)
        {
            uint number = Find(prefix & Ipv6Address.Mask(shorter), shorter);
            cover = number == 0 ? 0 : ((uint)shorter << LengthShift) | number;
        }

        Paint(prefix, length, cover, isRemoval: true);
        return removed;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.Free(_root);
        GC.SuppressFinalize(this);
    }

    private static uint LengthOf(uint slot) => slot >> LengthShift;

    // The slot of an address in the ply that its first `bits` bits lead to.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint PlaceOf(UInt128 address, int bits) => (byte)(address >> (Bits - 8 - bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint Slot(UInt128 address)
    {
        uint slot = _root[(uint)(address >> (Bits - RootBits))];
        for (int bits = RootBits; (slot & PlyBit) != 0; bits += 8)
        {
            slot = _plies[((slot & ~PlyBit) << 8) | PlaceOf(address, bits)];
        }

        return slot != 0 ? slot : _short[(uint)(address >> (Bits - ShortBits))];
    }

    // Writes `value` into every slot of the prefix that names it (removal), or a prefix that is not longer (insertion).
    private void Paint(UInt128 prefix, int length, uint value, bool isRemoval)
    {
        if (length <= ShortBits)
        {
            PaintRange(_short + (uint)(prefix >> (Bits - ShortBits)), 1 << (ShortBits - length), length, value, isRemoval);
            return;
        }

        uint** path = stackalloc uint*[Levels];
        int depth = 0;
        int bits = RootBits;
        uint* slot = _root + (uint)(prefix >> (Bits - RootBits));
        while (length > bits)
        {
            path[depth++] = slot;
            slot = Below(slot) + PlaceOf(prefix, bits);
            bits += 8;
        }

        PaintRange(slot, 1 << (bits - length), length, value, isRemoval);
        while (isRemoval && depth > 0)
        {
            bits -= 8;
            Collapse(path[--depth], bits);
        }
    }

    private void PaintRange(uint* first, int count, int length, uint value, bool isRemoval)
    {
        for (uint* at = first; at < first + count; at++)
        {
            uint slot = *at;
            if ((slot & PlyBit) != 0)
            {
                PaintRange(_plies + ((slot & ~PlyBit) << 8), Fib.PlySlots, length, value, isRemoval);
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
            new Span<uint>(_plies + (ply << 8), Fib.PlySlots).Fill(*slot);
            // A release: the ply is filled before a reader can find it.
            Volatile.Write(ref *slot, ply | PlyBit);
        }

        return _plies + ((*slot & ~PlyBit) << 8);
    }

    // A ply whose slots all name one route that is no longer than the slot above goes back.
    private void Collapse(uint* slot, int bits)
    {
        if ((*slot & PlyBit) == 0)
        {
            return;
        }

        uint ply = *slot & ~PlyBit;
        var slots = new ReadOnlySpan<uint>(_plies + (ply << 8), Fib.PlySlots);
        uint only = slots[0];
        if ((only & PlyBit) != 0 || (only != 0 && LengthOf(only) > (uint)bits) || slots.ContainsAnyExcept(only))
        {
            return;
        }

        Volatile.Write(ref *slot, only);
        _set.Plies.Retire(ply);
    }
}
