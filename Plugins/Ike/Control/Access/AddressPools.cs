using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Control.State;
using RouterOS.Sdk.Network;

namespace RouterOS.Ike.Control.Access;

/// <summary>Which user has which address. A user who comes back gets the one it had, as long as there are others for everybody else.</summary>
internal sealed class AddressPools(IkeStore store, Action<AddressLeaseState> released)
{
    private readonly Dictionary<(string Pool, uint Address), AddressLeaseState> _leases = [];
    private readonly Dictionary<string, AddressPool> _pools = new(StringComparer.Ordinal);

    /// <summary>The addresses of a pool that are in use.</summary>
    public IEnumerable<AddressLeaseState> Of(string pool) => _leases.Values.Where(l => l.Pool == pool).OrderBy(l => l.Address);

    /// <summary>An address for a user behind a peer, or the very one that is <paramref name="wantedAddress"/>; null when none is left, or that one is taken.</summary>
    public uint? Assign(PoolPolicy pool, IkeSession session, string user, string identity, uint wantedAddress = 0)
    {
        AddressLeaseState wanted = new(pool.Name, 0, user, identity, session.Policy.Name, session.Key);
        AddressLeaseState? held = _leases.Values.FirstOrDefault(l => l with { Address = 0 } == wanted
            && (wantedAddress != 0 ? l.Address == wantedAddress : IsIn(pool, l.Address)));
        if (held is not null)
        {
            return held.Address;
        }

        AddressPool addresses = Of(pool);
        uint? free = wantedAddress == 0 ? addresses.Take(HolderOf(user, identity), a => _leases.ContainsKey((pool.Name, a)))
            : _leases.ContainsKey((pool.Name, wantedAddress)) ? null
            : wantedAddress;
        if (free is not { } address)
        {
            return null;
        }

        _leases[(pool.Name, address)] = wanted with { Address = address };
        _ = addresses.TryTake(address);
        store.WriteLeases(_leases.Values);
        return address;
    }

    /// <summary>Takes back what a session has and neither an SA of phase 1 nor one of phase 2 needs any more.</summary>
    public void Review(IkeSession session)
    {
        AddressLeaseState[] gone =
        [
            .. _leases.Values.Where(l => l.Gateway == session.Policy.Name && l.Peer == session.Key && !session.Uses(l.Address)),
        ];
        Release(gone);
    }

    /// <summary>After a restart: takes the addresses of the SAs that go on.</summary>
    public void Restore(IEnumerable<IkeSession> sessions)
    {
        Dictionary<(string, string), IkeSession> byKey = sessions.DistinctBy(s => (s.Policy.Name, s.Key)).ToDictionary(s => (s.Policy.Name, s.Key));
        foreach (AddressLeaseState lease in store.ReadLeases())
        {
            _leases[(lease.Pool, lease.Address)] = lease;
        }

        Release([.. _leases.Values.Where(l => !byKey.TryGetValue((l.Gateway, l.Peer), out IkeSession? session) || !session.Uses(l.Address))]);
    }

    private void Release(AddressLeaseState[] gone)
    {
        foreach (AddressLeaseState lease in gone)
        {
            _ = _leases.Remove((lease.Pool, lease.Address));
            released(lease);
            _pools.GetValueOrDefault(lease.Pool)?.Return(lease.Address, HolderOf(lease.User, lease.Identity));
        }

        if (gone.Length > 0)
        {
            store.WriteLeases(_leases.Values);
        }
    }

    private static string HolderOf(string user, string identity) => $"{user}\n{identity}";

    private AddressPool Of(PoolPolicy policy)
    {
        if (!_pools.TryGetValue(policy.Name, out AddressPool? pool))
        {
            _pools[policy.Name] = pool = new AddressPool();
        }

        pool.Apply([.. policy.Ranges.Select(r => (r.First, r.Last))]);
        return pool;
    }

    private static bool IsIn(PoolPolicy pool, uint address) => pool.Ranges.Any(r => r.First <= address && address <= r.Last);
}
