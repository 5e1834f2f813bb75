using System.Numerics;
using RouterOS.Sdk.Network;

namespace RouterOS.Core.Network;

/// <summary>The routes of the main instance at one moment, with longest-prefix match over the active ones. Immutable.</summary>
public sealed class RouteTable
{
    private readonly Dictionary<Ipv4Prefix, RouteState> _active = [];

    // Bit n: there is an active prefix of length n.
    private readonly ulong _lengths;

    /// <summary>Takes routes whose <see cref="RouteState.Active"/> is decided; at most one active per prefix.</summary>
    public RouteTable(IEnumerable<RouteState> routes)
    {
        All = [.. routes.OrderBy(r => Ipv4Prefix.ToNumber(r.Prefix)).ThenBy(r => r.PrefixLength).ThenBy(r => r.Preference).ThenBy(r => r.Protocol)];
        foreach (RouteState route in All)
        {
            if (route.Active)
            {
                _active.Add(PrefixOf(route), route);
                _lengths |= 1ul << route.PrefixLength;
            }
        }
    }

    /// <summary>No routes.</summary>
    public static RouteTable Empty { get; } = new([]);

    /// <summary>All routes, ordered by prefix and preference.</summary>
    public IReadOnlyList<RouteState> All { get; }

    /// <summary>The prefix of a route.</summary>
    public static Ipv4Prefix PrefixOf(RouteState route)
    {
        ArgumentNullException.ThrowIfNull(route);
        return new(Ipv4Prefix.ToNumber(route.Prefix), route.PrefixLength);
    }

    /// <summary>The active route with the longest prefix that holds an address, or null.</summary>
    public RouteState? Lookup(uint address)
    {
        for (ulong left = _lengths; left != 0;)
        {
            int length = BitOperations.Log2(left);
            if (_active.TryGetValue(Ipv4Prefix.Around(address, length), out RouteState? route))
            {
                return route;
            }

            left &= ~(1ul << length);
        }

        return null;
    }

    /// <summary>The active route of exactly this prefix, or null.</summary>
    public RouteState? Find(Ipv4Prefix prefix) => _active.GetValueOrDefault(prefix);
}
