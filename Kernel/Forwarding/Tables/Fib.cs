using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Tables;

/// <summary>Longest-prefix match of one routing instance: a multibit trie of 16, 8 and 8 bits.</summary>
/// <remarks>
/// A slot holds a route's number (0: none) or, with the top bit set, the number of the 256-slot ply below. Every slot that a prefix
/// covers names the longest prefix over it, so a look-up reads one to three words. An empty instance costs 256 KB, a full Internet
/// table (1 M routes, most of them /24) about 100 MB. Replacing a route writes its record only. One thread, the worker's, reads and writes.
/// Plies and records lie in native memory that is reserved for such a table and used page by page, so that growing copies nothing.
/// The default route is the record 0 that uncovered slots name: adding it paints nothing.
/// </remarks>
internal sealed unsafe class Fib
{
    private const uint PlyBit = 0x8000_0000;
    private const int RootBits = 16;
    private const int PlySlots = 256;

    // Address space, not memory: 128 MB and 48 MB. More routes than this move once, in one piece.
    private const uint ReservedPlies = 1 << 17;
    private const uint ReservedRoutes = 1 << 21;

    private readonly uint[] _root = new uint[1 << RootBits];
    private readonly PrefixMap _numbers = new();
    private uint* _plies = (uint*)NativeMemory.AllocZeroed(ReservedPlies, PlySlots * sizeof(uint));
    private uint _plyRoom = ReservedPlies;
    private uint _plyCount;
    private int _pliesInUse;
    private Route* _routes = (Route*)NativeMemory.AllocZeroed(ReservedRoutes, (nuint)sizeof(Route));
    private uint _routeRoom = ReservedRoutes;
    private uint _routeCount = 1;

    // Heads of lists through what is free: the first word of a ply, the gateway of a record. Number 0 of a ply is given out first, so
    // the list holds numbers plus one.
    private uint _freePly;
    private uint _freeRoute;

    // Safe: nobody reads a table that nobody refers to.
    ~Fib()
    {
        NativeMemory.Free(_plies);
        NativeMemory.Free(_routes);
    }

    /// <summary>Routes in the table.</summary>
    public int Count => _numbers.Count;

    /// <summary>Plies in use, for tests.</summary>
    public int Plies => _pliesInUse;

    /// <summary>The longest match, or the record of kind <see cref="RouteKind.None"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref readonly Route Lookup(uint address)
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

        return ref _routes[slot];
    }

    /// <summary>First of the three steps of <see cref="Lookup"/>, for callers that do a batch at a time while memory answers: the root's slot.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint First(uint address)
    {
        uint slot = _root[address >> 16];
        if ((slot & PlyBit) != 0)
        {
            CachePrefetch.Line(_plies + (((slot & ~PlyBit) << 8) | ((address >> 8) & 0xff)));
        }

        return slot;
    }

    /// <summary>The slot after the one of <see cref="First"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Second(uint slot, uint address)
    {
        if ((slot & PlyBit) != 0)
        {
            slot = _plies[((slot & ~PlyBit) << 8) | ((address >> 8) & 0xff)];
            if ((slot & PlyBit) != 0)
            {
                CachePrefetch.Line(_plies + (((slot & ~PlyBit) << 8) | (address & 0xff)));
                return slot;
            }
        }

        CachePrefetch.Line(_routes + slot);
        return slot;
    }

    /// <summary>The match, from the slot of <see cref="Second"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref readonly Route Last(uint slot, uint address)
    {
        if ((slot & PlyBit) != 0)
        {
            slot = _plies[((slot & ~PlyBit) << 8) | (address & 0xff)];
        }

        return ref _routes[slot];
    }

    /// <summary>The route of exactly this prefix.</summary>
    public bool TryGet(uint prefix, int length, out Route route)
    {
        bool found = _numbers.TryGet(Key(prefix, length), out uint number);
        route = found ? _routes[number] : default;
        return found;
    }

    /// <summary>Adds or replaces the route of a prefix.</summary>
    public void Set(in Route route)
    {
        ulong key = Key(route.Prefix, route.Length);
        if (_numbers.TryGet(key, out uint number))
        {
            _routes[number] = route;
            return;
        }

        if (route.Length > 0)
        {
            number = NewRoute();
        }

        _routes[number] = route;
        _numbers.Add(key, number);
        if (number != 0)
        {
            Paint(route.Prefix, route.Length, number, replaced: 0);
        }
    }

    /// <summary>Removes the route of a prefix; the next shorter one takes its place.</summary>
    public bool Remove(uint prefix, int length)
    {
        if (!_numbers.Remove(Key(prefix, length), out uint number))
        {
            return false;
        }

        if (number == 0)
        {
            _routes[0] = default;
            return true;
        }

        uint cover = 0;
        for (int shorter = length - 1; shorter >= 0 && cover == 0; shorter--)
        {
            _numbers.TryGet(Key(prefix & Ipv4Address.Mask(shorter), shorter), out cover);
        }

        Paint(prefix, length, cover, replaced: number);
        _routes[number] = new Route { Gateway = _freeRoute };
        _freeRoute = number;
        return true;
    }

    private static ulong Key(uint prefix, int length) => ((ulong)prefix << 6) | (uint)length;

    // Writes `number` into every slot of the prefix that names `replaced` (removal) or a prefix that is not longer (insertion: 0).
    private void Paint(uint prefix, int length, uint number, uint replaced)
    {
        if (length <= RootBits)
        {
            int first = (int)(prefix >> 16);
            int count = 1 << (RootBits - length);
            for (int i = first; i < first + count; i++)
            {
                PaintSlot(ref _root[i], length, number, replaced);
            }

            return;
        }

        uint ply = Below(ref _root[prefix >> 16]);
        uint second = (ply << 8) | ((prefix >> 8) & 0xff);
        if (length <= 24)
        {
            PaintPly(second, 1 << (24 - length), length, number, replaced);
        }
        else
        {
            // Below may move the array of plies, so the slot is looked up again after it.
            uint lower = (_plies[second] & PlyBit) != 0 ? _plies[second] & ~PlyBit : NewPly(_plies[second]);
            _plies[second] = lower | PlyBit;
            PaintPly((lower << 8) | (prefix & 0xff), 1 << (32 - length), length, number, replaced);
            if (replaced != 0)
            {
                Collapse(ref _plies[second], 24);
            }
        }

        if (replaced != 0)
        {
            Collapse(ref _root[prefix >> 16], RootBits);
        }
    }

    private void PaintPly(uint first, int count, int length, uint number, uint replaced)
    {
        for (uint i = first; i < first + (uint)count; i++)
        {
            PaintSlot(ref _plies[i], length, number, replaced);
        }
    }

    private void PaintSlot(ref uint slot, int length, uint number, uint replaced)
    {
        if ((slot & PlyBit) != 0)
        {
            PaintPly((slot & ~PlyBit) << 8, PlySlots, length, number, replaced);
        }
        else if (replaced != 0 ? slot == replaced : slot == 0 || _routes[slot].Length <= length)
        {
            slot = number;
        }
    }

    private uint Below(ref uint slot)
    {
        if ((slot & PlyBit) == 0)
        {
            // The root never moves; a slot of a ply is handled by the caller.
            slot = NewPly(slot) | PlyBit;
        }

        return slot & ~PlyBit;
    }

    private uint NewPly(uint fill)
    {
        uint ply;
        if (_freePly != 0)
        {
            ply = _freePly - 1;
            _freePly = _plies[ply << 8];
        }
        else
        {
            ply = _plyCount++;
            if (_plyCount > _plyRoom)
            {
                _plyRoom *= 2;
                _plies = (uint*)NativeMemory.Realloc(_plies, (nuint)_plyRoom * PlySlots * sizeof(uint));
            }
        }

        _pliesInUse++;
        new Span<uint>(_plies + (ply << 8), PlySlots).Fill(fill);
        return ply;
    }

    private uint NewRoute()
    {
        uint number = _freeRoute;
        if (number != 0)
        {
            _freeRoute = _routes[number].Gateway;
            return number;
        }

        if (_routeCount == _routeRoom)
        {
            _routeRoom *= 2;
            _routes = (Route*)NativeMemory.Realloc(_routes, (nuint)_routeRoom * (nuint)sizeof(Route));
        }

        return _routeCount++;
    }

    // A ply whose slots all name one route that is no longer than the slot above goes back.
    private void Collapse(ref uint slot, int bits)
    {
        if ((slot & PlyBit) == 0)
        {
            return;
        }

        uint ply = slot & ~PlyBit;
        ReadOnlySpan<uint> slots = new(_plies + (ply << 8), PlySlots);
        uint only = slots[0];
        if ((only & PlyBit) != 0 || (only != 0 && _routes[only].Length > bits) || slots.ContainsAnyExcept(only))
        {
            return;
        }

        slot = only;
        _plies[ply << 8] = _freePly;
        _freePly = ply + 1;
        _pliesInUse--;
    }

    /// <summary>One route: prefix and what it says.</summary>
    internal struct Route
    {
        public uint Prefix;
        public uint Interface;
        public uint Gateway;
        public uint Adjacency;
        public byte Length;
        public RouteKind Kind;
    }
}
