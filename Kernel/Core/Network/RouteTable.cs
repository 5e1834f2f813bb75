using System.Net;
using RouterOS.Sdk.Network;

namespace RouterOS.Core.Network;

/// <summary>The routes of one instance at one moment, with longest-prefix match over the active ones. Immutable.</summary>
public sealed class RouteTable
{
    private readonly Dictionary<IpPrefix, RouteState> _active = [];

    // Bit n: there is an active prefix of length n, by family; a length of 128 has no bit and is always tried.
    private readonly UInt128 _lengths4;
    private readonly UInt128 _lengths6;

    /// <summary>Takes routes whose <see cref="RouteState.Active"/> is decided; at most one active per prefix.</summary>
    public RouteTable(IEnumerable<RouteState> routes)
    {
        All = [.. routes.OrderBy(r => PrefixOf(r).IsVersion6).ThenBy(r => PrefixOf(r).Address).ThenBy(r => r.PrefixLength).ThenBy(r => r.Preference).ThenBy(r => r.Metric).ThenBy(r => r.Protocol)];
        foreach (RouteState route in All)
        {
            if (route is { Active: true, NotInstalled: false })
            {
                _active.Add(PrefixOf(route), route);
                UInt128 bit = route.PrefixLength == 128 ? UInt128.Zero : UInt128.One << route.PrefixLength;
                _lengths4 |= PrefixOf(route).IsVersion6 ? UInt128.Zero : bit;
                _lengths6 |= PrefixOf(route).IsVersion6 ? bit : UInt128.Zero;
            }
        }
    }

    /// <summary>No routes.</summary>
    public static RouteTable Empty { get; } = new([]);

    /// <summary>All routes, ordered by family, prefix and preference.</summary>
    public IReadOnlyList<RouteState> All { get; }

    /// <summary>The prefix of a route.</summary>
    public static IpPrefix PrefixOf(RouteState route)
    {
        ArgumentNullException.ThrowIfNull(route);
        return IpPrefix.Around(route.Prefix, route.PrefixLength);
    }

    /// <summary>The active route with the longest prefix that holds an address, or null.</summary>
    public RouteState? Lookup(IPAddress address)
    {
        IpPrefix host = IpPrefix.Host(address);
        if (host.IsVersion6 && _active.TryGetValue(host, out RouteState? exact))
        {
            return exact;
        }

        for (UInt128 left = host.IsVersion6 ? _lengths6 : _lengths4; left != 0;)
        {
            int length = (int)UInt128.Log2(left);
            if (_active.TryGetValue(IpPrefix.Around(address, length), out RouteState? route))
            {
                return route;
            }

            left &= ~(UInt128.One << length);
        }

        return null;
    }

    /// <summary>The active route of exactly this prefix, or null.</summary>
    public RouteState? Find(IpPrefix prefix) => _active.GetValueOrDefault(prefix);
}
