using RouterOS.Sdk.Network;

namespace RouterOS.Aaa.Control;

/// <summary>A pool of the configuration, and what of it is given.</summary>
internal sealed class PoolUse(Proto.Aaa.V1.AddressPool pool)
{
    public string Name => Pool.Name;

    public Proto.Aaa.V1.AddressPool Pool { get; private set; } = pool;

    public AddressPool Addresses { get; } = new();

    /// <summary>Takes another configuration; ranges that stay keep what they have given.</summary>
    public PoolUse Apply(Proto.Aaa.V1.AddressPool pool)
    {
        Pool = pool;
        Addresses.Apply([.. pool.Ranges.Select(r => (Ipv4Number.Parse(r.First) ?? 0, Ipv4Number.Parse(r.Last) ?? 0))]);
        return this;
    }
}

/// <summary>Pools of addresses for users, by virtual router and name.</summary>
internal sealed class AddressPools
{
    private readonly Dictionary<(string VirtualRouter, string Name), PoolUse> _pools = [];

    public IEnumerable<PoolUse> All => _pools.Values;

    public void Apply(IReadOnlyList<Proto.Aaa.V1.AddressPool> pools)
    {
        foreach ((string, string) gone in _pools.Keys.Where(key => pools.All(p => (p.VirtualRouter, p.Name) != key)).ToArray())
        {
            _ = _pools.Remove(gone);
        }

        foreach (Proto.Aaa.V1.AddressPool pool in pools)
        {
            _pools[(pool.VirtualRouter, pool.Name)] = (_pools.GetValueOrDefault((pool.VirtualRouter, pool.Name)) ?? new PoolUse(pool)).Apply(pool);
        }
    }

    /// <summary>The pool of a name, the virtual router's own before any other; without a name the first of the virtual router.</summary>
    public PoolUse? Find(string name, string virtualRouter) => name.Length > 0
        ? _pools.GetValueOrDefault((virtualRouter, name)) ?? _pools.Values.FirstOrDefault(p => p.Name == name)
        : _pools.Values.FirstOrDefault(p => p.Pool.VirtualRouter == virtualRouter) ?? _pools.Values.FirstOrDefault(p => p.Pool.VirtualRouter.Length == 0);

    /// <summary>Gives an address of a pool back.</summary>
    public void Return(uint address, string name, string virtualRouter)
    {
        if (name.Length > 0)
        {
            Find(name, virtualRouter)?.Addresses.Return(address);
        }
    }
}
