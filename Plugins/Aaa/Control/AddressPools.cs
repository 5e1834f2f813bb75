using RouterOS.Proto.Aaa.V1;

namespace RouterOS.Aaa.Control;

/// <summary>One range of a pool: free addresses are given in order, and given back ones last.</summary>
internal sealed class PoolRangeUse(uint first, uint last)
{
    private readonly HashSet<uint> _used = [];
    private readonly Queue<uint> _returned = new();
    private ulong _next = first;

    public uint First { get; } = first;

    public uint Last { get; } = last;

    public int InUse => _used.Count;

    public bool Contains(uint address) => address >= First && address <= Last;

    /// <summary>An address, or 0 when all are taken.</summary>
    public uint Take(Func<uint, bool> isTaken)
    {
        while (_next <= Last)
        {
            uint address = (uint)_next++;
            if (!isTaken(address) && _used.Add(address))
            {
                return address;
            }
        }

        for (int i = _returned.Count; i > 0; i--)
        {
            uint address = _returned.Dequeue();
            if (!isTaken(address) && _used.Add(address))
            {
                return address;
            }

            if (!_used.Contains(address))
            {
                _returned.Enqueue(address);
            }
        }

        return 0;
    }

    /// <summary>Takes a very address; false when it is taken.</summary>
    public bool TryTake(uint address) => _used.Add(address);

    public void Return(uint address)
    {
        if (_used.Remove(address))
        {
            _returned.Enqueue(address);
        }
    }
}

/// <summary>A pool with its ranges.</summary>
internal sealed class PoolUse(AddressPool pool)
{
    public string Name => Pool.Name;

    public AddressPool Pool { get; private set; } = pool;

    public List<PoolRangeUse> Ranges { get; } = [.. pool.Ranges.Select(r => new PoolRangeUse(Addresses.Parse(r.First), Addresses.Parse(r.Last)))];

    public uint Size => (uint)Ranges.Sum(r => (long)r.Last - r.First + 1);

    public uint InUse => (uint)Ranges.Sum(r => r.InUse);

    /// <summary>Takes another configuration; ranges that stay keep what they have given.</summary>
    public void Apply(AddressPool pool)
    {
        Pool = pool;
        List<PoolRangeUse> wanted = [];
        foreach (AddressRange range in pool.Ranges)
        {
            uint first = Addresses.Parse(range.First);
            uint last = Addresses.Parse(range.Last);
            wanted.Add(Ranges.FirstOrDefault(r => r.First == first && r.Last == last) ?? new(first, last));
        }

        Ranges.Clear();
        Ranges.AddRange(wanted);
    }
}

/// <summary>Pools of addresses for users.</summary>
internal sealed class AddressPools
{
    private readonly Dictionary<(string VirtualRouter, string Name), PoolUse> _pools = [];

    public IEnumerable<PoolUse> All => _pools.Values;

    public void Apply(IReadOnlyList<AddressPool> pools)
    {
        foreach ((string, string) gone in _pools.Keys.Where(key => pools.All(p => (p.VirtualRouter, p.Name) != key)).ToArray())
        {
            _ = _pools.Remove(gone);
        }

        foreach (AddressPool pool in pools)
        {
            if (_pools.TryGetValue((pool.VirtualRouter, pool.Name), out PoolUse? known))
            {
                known.Apply(pool);
            }
            else
            {
                _pools[(pool.VirtualRouter, pool.Name)] = new PoolUse(pool);
            }
        }
    }

    /// <summary>The pool of a name, the virtual router's own before any other; without a name the first of the virtual router.</summary>
    public PoolUse? Find(string name, string virtualRouter) => name.Length > 0
        ? _pools.GetValueOrDefault((virtualRouter, name)) ?? _pools.Values.FirstOrDefault(p => p.Name == name)
        : _pools.Values.FirstOrDefault(p => p.Pool.VirtualRouter == virtualRouter) ?? _pools.Values.FirstOrDefault(p => p.Pool.VirtualRouter.Length == 0);

    /// <summary>An address of a pool that nobody has; 0 when there is none.</summary>
    public static uint Take(PoolUse pool, Func<uint, bool> isTaken)
    {
        foreach (PoolRangeUse range in pool.Ranges)
        {
            if (range.Take(isTaken) is not 0 and uint address)
            {
                return address;
            }
        }

        return 0;
    }

    /// <summary>Gives an address of a pool back.</summary>
    public void Return(uint address, string name, string virtualRouter)
    {
        foreach (PoolRangeUse range in Find(name, virtualRouter)?.Ranges.Where(r => r.Contains(address)) ?? [])
        {
            range.Return(address);
        }
    }
}
