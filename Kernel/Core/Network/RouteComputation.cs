using System.Net;
using RouterOS.Proto.Kernel.V1;
using RouterOS.Sdk.Network;

namespace RouterOS.Core.Network;

/// <summary>From interfaces and static routes to the routing table: pure.</summary>
public static class RouteComputation
{
    private const uint DirectPreference = 0;
    private const uint StaticPreference = 5;

    /// <summary>Computes the table of an instance from its own static routes. A route that was there before keeps its age.</summary>
    public static RouteTable Compute(
        InterfaceTable interfaces, IReadOnlyList<StaticRoute> staticRoutes, RouteTable before, DateTimeOffset now, uint instance = 0)
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
        foreach (StaticRoute route in staticRoutes)
        {
            if (Resolve(route, usable, direct, now) is { } resolved)
            {
                routes.Add(resolved);
            }
        }

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

        IpPrefix prefix = IpPrefix.Around(number, (int)route.PrefixLength);
        uint preference = route.Preference == 0 ? StaticPreference : route.Preference;
        RouteState Made(RouteProtocol protocol, string @interface, IPAddress? gateway) =>
            new(prefix.Network, prefix.Length, protocol, preference, false, now, @interface, gateway);

        if (route.Discard || route.Reject)
        {
            return Made(route.Discard ? RouteProtocol.StaticDiscard : RouteProtocol.StaticReject, string.Empty, null);
        }

        if (route.NextHopAddresses.Count > 0 && route.NextHopInterfaces.Count > 0)
        {
            string carrier = route.NextHopInterfaces[0];
            return IpPrefix.TryParse(route.NextHopAddresses[0], out IPAddress there) && usable.Any(i => i.Name == carrier)
                ? Made(RouteProtocol.Static, carrier, there)
                : null;
        }

        foreach (string text in route.NextHopAddresses)
        {
            // A next hop lies on a link of ours; what another static route leads to is not asked (no recursion), nor ourselves.
            if (IpPrefix.TryParse(text, out IPAddress gateway) && gateway.AddressFamily == number.AddressFamily
                && direct.Lookup(gateway) is { Protocol: RouteProtocol.Direct } via
                && !IsOwn(usable, gateway))
            {
                return Made(RouteProtocol.Static, via.Interface, gateway);
            }
        }

        foreach (string name in route.NextHopInterfaces)
        {
            if (usable.Any(i => i.Name == name))
            {
                return Made(RouteProtocol.Static, name, null);
            }
        }

        return null;
    }

    private static void AddDirect(List<RouteState> routes, InterfaceState state, InterfaceAddressState address, DateTimeOffset now)
    {
        IpPrefix network = IpPrefix.Around(address.Address, address.PrefixLength);
        routes.Add(new(network.Network, network.Length, RouteProtocol.Direct, DirectPreference, false, now, state.Name, null));
        if (network.Length < network.Bits)
        {
            routes.Add(new(address.Address, network.Bits, RouteProtocol.Local, DirectPreference, false, now, state.Name, null));
        }
    }

    private static bool IsOwn(IReadOnlyList<InterfaceState> usable, IPAddress address) =>
        usable.Any(i => i.Addresses.Concat(i.Addresses6).Any(a => a.Address.Equals(address)));

    private static IEnumerable<RouteState> Choose(List<RouteState> routes)
    {
        HashSet<IpPrefix> decided = [];

        // OrderBy is stable: of equals, the first known wins.
        foreach (RouteState route in routes.OrderBy(r => r.Preference).ThenBy(r => r.Protocol))
        {
            yield return route with { Active = decided.Add(RouteTable.PrefixOf(route)) };
        }
    }

    private static (IpPrefix, RouteProtocol, string, IPAddress?) Identity(RouteState route) =>
        (RouteTable.PrefixOf(route), route.Protocol, route.Interface, route.Gateway);
}
