namespace RouterOS.Flow.Nodes;

/// <summary>How many sessions each address has, as the one that opened them and as the one they go to.</summary>
/// <remarks>One worker's. Fixed memory: no more addresses than two of each session.</remarks>
internal sealed class AddressCounts
{
    private const ulong Version6 = 1UL << 32;
    private const ulong Opener = 1UL << 33;
    private const int InstanceShift = 34;

    private readonly ulong[] _keys;
    private readonly uint[] _counts;
    private readonly uint _mask;

    public AddressCounts(int maximumSessions)
    {
        uint places = 1;
        while (places < (uint)maximumSessions * 4)
        {
            places <<= 1;
        }

        _mask = places - 1;
        _keys = new ulong[places];
        _counts = new uint[places];
    }

    /// <summary>Sessions that an address has opened.</summary>
    public uint From(in FlowKey key) => _counts[Find(KeyOf(key, key.Source) | Opener)];

    /// <summary>Sessions that go to an address.</summary>
    public uint To(in FlowKey key) => _counts[Find(KeyOf(key, key.Destination))];

    /// <summary>A session begins.</summary>
    public void Add(in FlowKey key)
    {
        Add(KeyOf(key, key.Source) | Opener);
        Add(KeyOf(key, key.Destination));
    }

    /// <summary>A session ends.</summary>
    public void Remove(in FlowKey key)
    {
        Remove(KeyOf(key, key.Source) | Opener);
        Remove(KeyOf(key, key.Destination));
    }

    // Numbers of IPv6 addresses stand for themselves while a session has them. Instances go around after 2^30, which is more than there are.
    private static ulong KeyOf(in FlowKey key, uint address) => address | (key.IsVersion6 ? Version6 : 0) | ((ulong)key.Instance << InstanceShift);

    private uint Place(ulong key) => (uint)(FlowHash.Mix(key) >> 32) & _mask;

    // Where a key is, or would be: a place with a count of 0 is free.
    private uint Find(ulong key)
    {
        uint place = Place(key);
        while (_counts[place] != 0 && _keys[place] != key)
        {
            place = (place + 1) & _mask;
        }

        return place;
    }

    private void Add(ulong key)
    {
        uint place = Find(key);
        _keys[place] = key;
        _counts[place]++;
    }

    private void Remove(ulong key)
    {
        uint gap = Find(key);
        if (_counts[gap] == 0 || --_counts[gap] != 0)
        {
            return;
        }

        // Close the gap: what stands behind it moves into it unless its own place lies after the gap.
        for (uint next = (gap + 1) & _mask; _counts[next] != 0; next = (next + 1) & _mask)
        {
            if (((next - Place(_keys[next])) & _mask) >= ((next - gap) & _mask))
            {
                (_keys[gap], _counts[gap]) = (_keys[next], _counts[next]);
                _counts[next] = 0;
                gap = next;
            }
        }
    }
}
