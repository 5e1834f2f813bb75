namespace RouterOS.Sdk.Network;

/// <summary>
/// Addresses out of ranges, for whoever gives them to users: who comes back gets the one it had, while that is free; others get one that nobody
/// had, in order, and then the one that has been free for longest.
/// </summary>
/// <remarks>Owned by one strand. Who has which address is for its owner to know.</remarks>
public sealed class AddressPool
{
    // Former holders that are remembered.
    private const int MostFormer = 4096;

    private readonly List<AddressPoolRange> _ranges = [];
    // Longest free first.
    private readonly LinkedList<uint> _returned = new();
    private readonly Dictionary<uint, LinkedListNode<uint>> _places = [];
    private readonly Dictionary<string, uint> _former = new(StringComparer.Ordinal);
    private readonly Dictionary<uint, string> _formerOf = [];
    private readonly Queue<string> _formerOrder = new();

    /// <summary>The ranges, in the order they are used.</summary>
    public IReadOnlyList<AddressPoolRange> Ranges => _ranges;

    /// <summary>Addresses of all ranges.</summary>
    public uint Size => (uint)_ranges.Sum(r => (long)r.Last - r.First + 1);

    /// <summary>Those that are given.</summary>
    public uint InUse => (uint)_ranges.Sum(r => r.InUse);

    /// <summary>Takes a configuration; ranges that stay keep what they have given.</summary>
    public void Apply(IReadOnlyList<(uint First, uint Last)> ranges)
    {
        ArgumentNullException.ThrowIfNull(ranges);
        if (ranges.SequenceEqual(_ranges.Select(r => (r.First, r.Last))))
        {
            return;
        }

        AddressPoolRange[] wanted = [.. ranges.Select(r => _ranges.Find(known => known.First == r.First && known.Last == r.Last) ?? new(r.First, r.Last))];
        _ranges.Clear();
        _ranges.AddRange(wanted);
        foreach (uint gone in _places.Keys.Where(a => RangeOf(a) is null).ToArray())
        {
            Unlist(gone);
        }
    }

    /// <summary>True for an address of its ranges.</summary>
    public bool Contains(uint address) => RangeOf(address) is not null;

    /// <summary>An address; null when all are given.</summary>
    /// <param name="holder">Who gets it; empty: nobody who will be known again.</param>
    /// <param name="isTaken">What is in use without having come from here.</param>
    public uint? Take(string holder = "", Func<uint, bool>? isTaken = null)
    {
        ArgumentNullException.ThrowIfNull(holder);
        if (_former.TryGetValue(holder, out uint last) && _places.ContainsKey(last) && isTaken?.Invoke(last) != true && TryTake(last))
        {
            return last;
        }

        foreach (AddressPoolRange range in _ranges)
        {
            while (range.NextFresh() is { } fresh)
            {
                if (isTaken?.Invoke(fresh) != true && range.TryTake(fresh))
                {
                    return fresh;
                }

                // It is another's for now, and comes back to its turn.
                List(fresh);
            }
        }

        for (LinkedListNode<uint>? node = _returned.First; node is not null; node = node.Next)
        {
            if (isTaken?.Invoke(node.Value) != true && TryTake(node.Value))
            {
                return node.Value;
            }
        }

        return null;
    }

    /// <summary>Takes a very address; false when it is none of the pool's, or given.</summary>
    public bool TryTake(uint address)
    {
        if (RangeOf(address)?.TryTake(address) != true)
        {
            return false;
        }

        Unlist(address);
        return true;
    }

    /// <summary>Gives an address back.</summary>
    /// <param name="address">The address; one of no range of the pool's is nothing.</param>
    /// <param name="holder">Who had it; empty: nobody who will be known again.</param>
    public void Return(uint address, string holder = "")
    {
        ArgumentNullException.ThrowIfNull(holder);
        if (RangeOf(address) is not { } range)
        {
            return;
        }

        range.Return(address);
        List(address);
        if (holder.Length > 0)
        {
            Remember(holder, address);
        }
    }

    private AddressPoolRange? RangeOf(uint address) => _ranges.Find(r => r.Contains(address));

    private void List(uint address)
    {
        Unlist(address);
        _places[address] = _returned.AddLast(address);
    }

    private void Unlist(uint address)
    {
        if (_places.Remove(address, out LinkedListNode<uint>? place))
        {
            _returned.Remove(place);
        }
    }

    private void Remember(string holder, uint address)
    {
        // An address is one holder's: the last one's.
        if (_formerOf.Remove(address, out string? other))
        {
            _ = _former.Remove(other);
        }

        if (_former.Remove(holder, out uint before))
        {
            _ = _formerOf.Remove(before);
        }

        (_former[holder], _formerOf[address]) = (address, holder);
        _formerOrder.Enqueue(holder);
        while (_former.Count > MostFormer || _formerOrder.Count > 4 * MostFormer)
        {
            string oldest = _formerOrder.Dequeue();
            if (_former.Remove(oldest, out uint its))
            {
                _ = _formerOf.Remove(its);
            }
        }
    }
}
