using System.Runtime.CompilerServices;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Tables;

/// <summary>Longest-prefix match of one routing instance: a multibit trie of 16, 8 and 8 bits.</summary>
/// <remarks>
/// A slot holds a route's number (0: none) or, with the top bit set, the number of the 256-slot ply below. Every slot that a prefix
/// covers names the longest prefix over it, so a look-up reads one to three words. An empty instance costs 256 KB, a full Internet
/// table (1 M routes, most of them /24) about 50 MB. Replacing a route writes its record only. One thread, the worker's, reads and writes.
/// </remarks>
internal sealed class Fib
{
    private const uint PlyBit = 0x8000_0000;
    private const int RootBits = 16;
    private const int PlySlots = 256;

    private readonly uint[] _root = new uint[1 << RootBits];
    private readonly Dictionary<ulong, uint> _numbers = [];
    private readonly Stack<uint> _freeRoutes = new();
    private readonly Stack<uint> _freePlies = new();
    private uint[] _plies = new uint[64 * PlySlots];
    private uint _plyCount;
    private Route[] _routes = new Route[64];
    private uint _routeCount = 1;

    /// <summary>Routes in the table.</summary>
    public int Count => _numbers.Count;

    /// <summary>Plies in use, for tests.</summary>
    public int Plies => (int)_plyCount - _freePlies.Count;

    /// <summary>The longest match, or the record of kind <see cref="RouteKind.None"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref readonly Route Lookup(uint address)
    {
        uint slot = _root[address >> 16];
        if ((slot & PlyBit) != 0)
        {
            uint[] plies = _plies;
            slot = plies[((slot & ~PlyBit) << 8) | ((address >> 8) & 0xff)];
            if ((slot & PlyBit) != 0)
            {
                slot = plies[((slot & ~PlyBit) << 8) | (address & 0xff)];
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
            CachePrefetch.Line(ref _plies[((slot & ~PlyBit) << 8) | ((address >> 8) & 0xff)]);
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
                CachePrefetch.Line(ref _plies[((slot & ~PlyBit) << 8) | (address & 0xff)]);
                return slot;
            }
        }

        CachePrefetch.Line(ref _routes[slot]);
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
        bool found = _numbers.TryGetValue(Key(prefix, length), out uint number);
        route = _routes[number];
        return found;
    }

    /// <summary>Adds or replaces the route of a prefix.</summary>
    public void Set(in Route route)
    {
        ulong key = Key(route.Prefix, route.Length);
        if (_numbers.TryGetValue(key, out uint number))
        {
            _routes[number] = route;
            return;
        }

        if (!_freeRoutes.TryPop(out number))
        {
            number = _routeCount++;
            if (number == _routes.Length)
            {
                Array.Resize(ref _routes, _routes.Length * 2);
            }
        }

        _routes[number] = route;
        _numbers.Add(key, number);
        Paint(route.Prefix, route.Length, number, replaced: 0);
    }

    /// <summary>Removes the route of a prefix; the next shorter one takes its place.</summary>
    public bool Remove(uint prefix, int length)
    {
        if (!_numbers.Remove(Key(prefix, length), out uint number))
        {
            return false;
        }

        uint cover = 0;
        for (int shorter = length - 1; shorter >= 0 && cover == 0; shorter--)
        {
            _numbers.TryGetValue(Key(prefix & Ipv4Address.Mask(shorter), shorter), out cover);
        }

        Paint(prefix, length, cover, replaced: number);
        _routes[number] = default;
        _freeRoutes.Push(number);
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
        if (!_freePlies.TryPop(out uint ply))
        {
            ply = _plyCount++;
            if ((ply + 1) * PlySlots > _plies.Length)
            {
                Array.Resize(ref _plies, _plies.Length * 2);
            }
        }

        _plies.AsSpan((int)(ply << 8), PlySlots).Fill(fill);
        return ply;
    }

    // A ply whose slots all name one route that is no longer than the slot above goes back.
    private void Collapse(ref uint slot, int bits)
    {
        if ((slot & PlyBit) == 0)
        {
            return;
        }

        uint ply = slot & ~PlyBit;
        ReadOnlySpan<uint> slots = _plies.AsSpan((int)(ply << 8), PlySlots);
        uint only = slots[0];
        if ((only & PlyBit) != 0 || (only != 0 && _routes[only].Length > bits) || slots.ContainsAnyExcept(only))
        {
            return;
        }

        slot = only;
        _freePlies.Push(ply);
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
