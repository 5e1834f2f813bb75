using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RouterOS.Packets;

namespace RouterOS.Flow.Nodes;

/// <summary>All sessions of a module in native memory, found by the key of either direction.</summary>
/// <remarks>
/// Owned by one worker and alive as long as its module. Open addressing with linear probing over an index four times as large as the table; removal shifts back, so
/// there are no tombstones and look-ups stay short however long the router runs.
/// </remarks>
internal sealed unsafe class SessionTable
{
    public const int NotFound = -1;

    private readonly FlowSession* _sessions;
    private readonly int* _free;
    private readonly uint* _begun;
    private readonly int* _index;
    private readonly uint _mask;
    private readonly FlowHash _hash;
    private int _freeCount;

    public SessionTable(int maximum, ulong seed)
    {
        Maximum = maximum;
        _hash = new FlowHash(seed);
        uint buckets = 1;
        while (buckets < (uint)maximum * 4)
        {
            buckets <<= 1;
        }

        _mask = buckets - 1;
        // Safe: never freed while the module lives; the finalizer frees what a test leaves behind.
        _sessions = (FlowSession*)LargePages.AllocateZeroed((nuint)maximum, FlowSession.Bytes);
        _index = (int*)LargePages.AllocateZeroed(buckets, sizeof(int));
        _begun = (uint*)NativeMemory.AllocZeroed((nuint)maximum, sizeof(uint));
        _free = (int*)NativeMemory.Alloc((nuint)maximum, sizeof(int));
        for (int i = maximum - 1; i >= 0; i--)
        {
            _free[_freeCount++] = i;
        }
    }

    /// <summary>Frees the memory.</summary>
    ~SessionTable()
    {
        LargePages.Free(_sessions);
        LargePages.Free(_index);
        NativeMemory.Free(_begun);
        NativeMemory.Free(_free);
    }

    /// <summary>Sessions that fit.</summary>
    public int Maximum { get; }

    /// <summary>Sessions there are.</summary>
    public int Count => Maximum - _freeCount;

    /// <summary>Numbers of the IPv6 addresses in the keys.</summary>
    public AddressNumbers Addresses6 { get; } = new();

    /// <summary>Sessions of each address; null while nobody asks.</summary>
    public AddressCounts? Counts { get; private set; }

    /// <summary>The session in a row.</summary>
    public ref FlowSession this[int row] => ref _sessions[row];

    /// <summary>Second at which the session in a row began.</summary>
    public ref uint Begun(int row) => ref _begun[row];

    /// <summary>The addresses that the numbers in a key stand for; 0 of IPv4.</summary>
    public (UInt128 Source, UInt128 Destination) AddressesOf(in FlowKey key) =>
        key.IsVersion6 ? (Addresses6[key.Source], Addresses6[key.Destination]) : default;

    /// <summary>The row of the session that a packet with this key belongs to, and in which direction; or <see cref="NotFound"/>.</summary>
    public int Find(in FlowKey key, out bool reverse)
    {
        for (uint slot = key.Hash(_hash) & _mask; _index[slot] != 0; slot = (slot + 1) & _mask)
        {
            int entry = _index[slot] - 1;
            reverse = (entry & 1) != 0;
            ref FlowSession session = ref _sessions[entry >> 1];
            if (reverse ? session.Forward.Reversed == key : session.Forward == key)
            {
                return entry >> 1;
            }
        }

        reverse = false;
        return NotFound;
    }

    /// <summary>The same for a packed key, from the slot that <see cref="PrefetchIndex"/> gave.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public FlowSession* Find(uint slot, in PackedKey key, out bool reverse)
    {
        for (int entry = _index[slot]; entry != 0; slot = (slot + 1) & _mask, entry = _index[slot])
        {
            reverse = ((entry - 1) & 1) != 0;
            FlowSession* session = _sessions + ((entry - 1) >> 1);
            if (key.IsOf((byte*)session, reverse))
            {
                return session;
            }
        }

        reverse = false;
        return null;
    }

    /// <summary>Asks for the index entry of a key; returns what <see cref="PrefetchSession"/> needs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint PrefetchIndex(in PackedKey key)
    {
        uint slot = key.Hash(_hash) & _mask;
        CachePrefetch.Line(_index + slot);
        return slot;
    }

    /// <summary>Asks for the session that the index entry names.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchSession(uint slot)
    {
        int entry = _index[slot] - 1;
        if (entry >= 0)
        {
            CachePrefetch.Line(_sessions + (entry >> 1));
        }
    }

    /// <summary>Begins or ends to count the sessions of addresses.</summary>
    public void CountAddresses(bool isWanted)
    {
        if (isWanted == (Counts is not null))
        {
            return;
        }

        Counts = isWanted ? new AddressCounts(Maximum) : null;
        for (int row = 0; row < Maximum && isWanted; row++)
        {
            if (_sessions[row].State != FlowSessionState.Free)
            {
                Counts!.Add(_sessions[row].Forward);
            }
        }
    }

    /// <summary>Makes a session of a key that is not in the table in either direction; its row, or <see cref="NotFound"/> when all are in use.</summary>
    public int Add(in FlowKey forward)
    {
        if (_freeCount == 0)
        {
            return NotFound;
        }

        int row = _free[--_freeCount];
        ref FlowSession session = ref _sessions[row];
        uint use = session.Use + 1;
        session = default;
        session.Use = use;
        session.Forward = forward;
        Insert(forward, row << 1);
        // A flow to itself (same address and port both ways) has one key.
        if (forward.Reversed != forward)
        {
            Insert(forward.Reversed, (row << 1) | 1);
        }

        Counts?.Add(forward);
        return row;
    }

    /// <summary>The same for a flow of IPv6, whose addresses may not have numbers yet.</summary>
    public int Add(in FlowKey forward, UInt128 source, UInt128 destination)
    {
        if (_freeCount == 0)
        {
            return NotFound;
        }

        return Add(forward with { Source = Addresses6.Take(source), Destination = Addresses6.Take(destination) });
    }

    /// <summary>Ends a session.</summary>
    public void Remove(int row)
    {
        ref FlowSession session = ref _sessions[row];
        Counts?.Remove(session.Forward);
        Delete(session.Forward, row << 1);
        if (session.Forward.Reversed != session.Forward)
        {
            Delete(session.Forward.Reversed, (row << 1) | 1);
        }

        if (session.Forward.IsVersion6)
        {
            Addresses6.Release(session.Forward.Source);
            Addresses6.Release(session.Forward.Destination);
        }

        session.State = FlowSessionState.Free;
        _free[_freeCount++] = row;
    }

    private void Insert(in FlowKey key, int entry)
    {
        uint slot = key.Hash(_hash) & _mask;
        while (_index[slot] != 0)
        {
            slot = (slot + 1) & _mask;
        }

        _index[slot] = entry + 1;
    }

    private void Delete(in FlowKey key, int entry)
    {
        uint slot = key.Hash(_hash) & _mask;
        while (_index[slot] != entry + 1)
        {
            slot = (slot + 1) & _mask;
        }

        // Close the gap: an entry behind it moves into it unless its own place lies after the gap.
        uint gap = slot;
        for (uint next = (slot + 1) & _mask; _index[next] != 0; next = (next + 1) & _mask)
        {
            int moving = _index[next] - 1;
            ref FlowSession session = ref _sessions[moving >> 1];
            uint home = ((moving & 1) != 0 ? session.Forward.Reversed : session.Forward).Hash(_hash) & _mask;
            if (((next - home) & _mask) >= ((next - gap) & _mask))
            {
                _index[gap] = _index[next];
                gap = next;
            }
        }

        _index[gap] = 0;
    }
}
