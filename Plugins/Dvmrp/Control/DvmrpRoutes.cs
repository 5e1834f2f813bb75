using RouterOS.Sdk.Network;

namespace RouterOS.Dvmrp.Control;

/// <summary>All routes, with the longest match of a source.</summary>
internal sealed class DvmrpRoutes
{
    private readonly Dictionary<(uint Prefix, int Length), DvmrpRoute> _routes = [];
    private readonly int[] _lengths = new int[33];

    /// <summary>Routes there are.</summary>
    public int Count => _routes.Count;

    /// <summary>All of them.</summary>
    public IReadOnlyCollection<DvmrpRoute> All => _routes.Values;

    /// <summary>The route of a network; null for none.</summary>
    public DvmrpRoute? Find(uint prefix, int length) => _routes.GetValueOrDefault((prefix, length));

    /// <summary>The usable route with the longest prefix that holds an address; null for none.</summary>
    public DvmrpRoute? Lookup(uint address)
    {
        for (int length = 32; length >= 0; length--)
        {
            if (_lengths[length] > 0 && _routes.TryGetValue((address & Ipv4Number.Mask(length), length), out DvmrpRoute? route) && route.IsReachable)
            {
                return route;
            }
        }

        return null;
    }

    /// <summary>One more.</summary>
    public void Add(DvmrpRoute route)
    {
        _routes.Add((route.Prefix, route.PrefixLength), route);
        _lengths[route.PrefixLength]++;
    }

    /// <summary>One less.</summary>
    public void Remove(DvmrpRoute route)
    {
        if (_routes.Remove((route.Prefix, route.PrefixLength)))
        {
            _lengths[route.PrefixLength]--;
        }
    }

    /// <summary>None.</summary>
    public void Clear()
    {
        _routes.Clear();
        Array.Clear(_lengths);
    }
}
