using System.Net;
using RouterOS.Proto.Kernel.V1;
using RouterOS.Sdk.Network;

namespace RouterOS.Core.Network;

/// <summary>From interfaces and static routes to the routing table: pure.</summary>
public static class RouteComputation
{
    private const uint DirectPreference = 0;
    private const uint StaticPreference = 5;
    private const uint AggregatePreference = 130;

    // Next hops that are found by way of other next hops: deeper than anybody builds.
    private const int MaximumRecursion = 8;

    /// <summary>Computes the table of an instance from its own static routes. A route that was there before keeps its age.</summary>
    public static RouteTable Compute(
        InterfaceTable interfaces, IReadOnlyList<StaticRoute> staticRoutes, RouteTable before, DateTimeOffset now, uint instance = 0,
        IReadOnlyList<AggregateRoute>? aggregates = null)
    {
        ArgumentNullException.ThrowIfNull(interfaces);
        ArgumentNullException.ThrowIfNull(staticRoutes);
        ArgumentNullException.ThrowIfNull(before);
        InterfaceState[] usable = [.. interfaces.All.Where(i => i.Instance == instance && i.Enabled && i.LinkUp)];
        List<RouteState> routes = [];
        foreach (InterfaceState state in usable)
        {
            foreach (InterfaceAddressState address in state.Addresses.Concat(state.Addresses6))
            {
                AddDirect(routes, state, address, now);
            }
        }

        RouteTable direct = new(Choose(routes));
        List<StaticRoute> left = [];
        foreach (StaticRoute route in staticRoutes)
        {
            if (Resolve(route, usable, direct, now) is { } resolved)
            {
                routes.Add(resolved);
            }
            else
            {
                left.Add(route);
            }
        }

        ResolveByOthers(routes, left, usable, now);
        routes.AddRange(left.Where(route => route.Passive).Select(route => Made(route, now, RouteProtocol.StaticReject, string.Empty, null)).OfType<RouteState>());
        AddAggregates(routes, aggregates ?? [], now);

        Dictionary<(IpPrefix, RouteProtocol, string, IPAddress?), DateTimeOffset> ages = [];
        foreach (RouteState old in before.All)
        {
            ages[Identity(old)] = old.Since;
        }

        return new(Choose(routes).Select(r => ages.TryGetValue(Identity(r), out DateTimeOffset since) ? r with { Since = since } : r));
    }

    /// <summary>Where a static route would lead: null when no next hop of it can be used now.</summary>
    public static RouteState? Resolve(StaticRoute route, IReadOnlyList<InterfaceState> usable, RouteTable direct, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(route);
        ArgumentNullException.ThrowIfNull(usable);
        ArgumentNullException.ThrowIfNull(direct);
        if (!IpPrefix.TryParse(route.Prefix, route.PrefixLength, out IPAddress number))
        {
            return null;
        }

        if (route.Discard || route.Reject || route.Receive)
        {
            return Made(
                route, now, route.Discard ? RouteProtocol.StaticDiscard : route.Reject ? RouteProtocol.StaticReject : RouteProtocol.StaticReceive, string.Empty, null);
        }

        if (route.NextHopAddresses.Count > 0 && route.NextHopInterfaces.Count > 0)
        {
            string carrier = route.NextHopInterfaces[0];
            return IpPrefix.TryParse(route.NextHopAddresses[0], out IPAddress there) && usable.Any(i => i.Name == carrier)
                ? Made(route, now, RouteProtocol.Static, carrier, there)
                : null;
        }

        foreach (string text in route.NextHopAddresses)
        {
            // A next hop lies on a link of ours and is not ourselves; what other routes lead to is asked later, where that is wanted.
            if (IpPrefix.TryParse(text, out IPAddress gateway) && gateway.AddressFamily == number.AddressFamily
                && direct.Lookup(gateway) is { Protocol: RouteProtocol.Direct } via
                && !IsOwn(usable, gateway))
            {
                return Made(route, now, RouteProtocol.Static, via.Interface, gateway);
            }
        }

        foreach (string name in route.NextHopInterfaces)
        {
            if (usable.Any(i => i.Name == name))
            {
                return Made(route, now, RouteProtocol.Static, name, null);
            }
        }

        return null;
    }

    private static RouteState? Made(StaticRoute route, DateTimeOffset now, RouteProtocol protocol, string @interface, IPAddress? gateway)
    {
        if (!IpPrefix.TryParse(route.Prefix, route.PrefixLength, out IPAddress number))
        {
            return null;
        }

        IpPrefix prefix = IpPrefix.Around(number, (int)route.PrefixLength);
        return new(prefix.Network, prefix.Length, protocol, route.Preference == 0 ? StaticPreference : route.Preference, false, now, @interface, gateway)
        {
            Metric = route.Metric,
            NotInstalled = route.NoInstall,
        };
    }

    // Routes whose next hops other routes lead to, until no more are found.
    private static void ResolveByOthers(List<RouteState> routes, List<StaticRoute> left, InterfaceState[] usable, DateTimeOffset now)
    {
        bool found = left.Exists(route => route.Resolve);
        for (int round = 0; found && round < MaximumRecursion; round++)
        {
            found = false;
            RouteTable known = new(Choose(routes));
            foreach (StaticRoute route in left.Where(route => route.Resolve).ToArray())
            {
                foreach (string text in route.NextHopAddresses)
                {
                    if (IpPrefix.TryParse(text, out IPAddress gateway) && known.Lookup(gateway) is { Protocol: RouteProtocol.Static } via && !IsOwn(usable, gateway)
                        && Made(route, now, RouteProtocol.Static, via.Interface, via.Gateway) is { } made)
                    {
                        routes.Add(made);
                        found |= left.Remove(route);
                        break;
                    }
                }
            }
        }
    }

    // The longer ones first: they are part of the shorter ones.
    private static void AddAggregates(List<RouteState> routes, IReadOnlyList<AggregateRoute> aggregates, DateTimeOffset now)
    {
        foreach (AggregateRoute aggregate in aggregates.OrderByDescending(a => a.PrefixLength))
        {
            if (!IpPrefix.TryParse(aggregate.Prefix, aggregate.PrefixLength, out IPAddress number))
            {
                continue;
            }

            IpPrefix prefix = IpPrefix.Around(number, (int)aggregate.PrefixLength);
            RouteState[] parts = [.. Choose(routes).Where(r => r.Active && r.PrefixLength > prefix.Length && r.Prefix.AddressFamily == number.AddressFamily
                && IpPrefix.Around(r.Prefix, prefix.Length) == prefix)];
            // What a link has itself leads to no other router.
            RouteState? best = parts.Where(r => r.Protocol == RouteProtocol.Static).OrderBy(r => r.Preference).ThenBy(r => RouteTable.PrefixOf(r).Address).FirstOrDefault();
            bool isThere = aggregate.Generate ? best is not null : parts.Length > 0;
            if (isThere || aggregate.Passive)
            {
                RouteState? by = isThere && aggregate is { Generate: true, Discard: false } ? best : null;
                RouteProtocol what = by is not null ? RouteProtocol.Static : isThere && aggregate.Discard ? RouteProtocol.StaticDiscard : RouteProtocol.StaticReject;
                uint preference = aggregate.Preference == 0 ? AggregatePreference : aggregate.Preference;
                routes.Add(new(prefix.Network, prefix.Length, what, preference, false, now, by?.Interface ?? string.Empty, by?.Gateway)
                {
                    Metric = aggregate.Metric,
                    IsAggregate = true,
                });
            }
        }
    }

    private static void AddDirect(List<RouteState> routes, InterfaceState state, InterfaceAddressState address, DateTimeOffset now)
    {
        IpPrefix network = IpPrefix.Around(address.Address, address.PrefixLength);
        routes.Add(new(network.Network, network.Length, RouteProtocol.Direct, DirectPreference, false, now, state.Name, null));
        if (network.Length < network.Bits)
        {
            routes.Add(new(address.Address, network.Bits, RouteProtocol.Local, DirectPreference, false, now, state.Name, null));
        }

        if (address.Destination is { } end && !IpPrefix.Around(end, network.Length).Equals(network))
        {
            routes.Add(new(end, network.Bits, RouteProtocol.Direct, DirectPreference, false, now, state.Name, null));
        }
    }

    private static bool IsOwn(IReadOnlyList<InterfaceState> usable, IPAddress address) =>
        usable.Any(i => i.Addresses.Concat(i.Addresses6).Any(a => a.Address.Equals(address)));

    private static IEnumerable<RouteState> Choose(List<RouteState> routes)
    {
        HashSet<IpPrefix> decided = [];

        // OrderBy is stable: of equals, the first known wins.
        foreach (RouteState route in routes.OrderBy(r => r.Preference).ThenBy(r => r.Metric).ThenBy(r => r.Protocol))
        {
            yield return route with { Active = decided.Add(RouteTable.PrefixOf(route)) };
        }
    }

    private static (IpPrefix, RouteProtocol, string, IPAddress?) Identity(RouteState route) =>
        (RouteTable.PrefixOf(route), route.Protocol, route.Interface, route.Gateway);
}
