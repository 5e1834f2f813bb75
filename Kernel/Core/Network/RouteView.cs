using System.Net;
using RouterOS.Sdk.Network;
using RouterOS.Sdk.Strands;

namespace RouterOS.Core.Network;

/// <summary>Routes as one subscriber sees them; reading is safe from any thread.</summary>
public sealed class RouteView(NetworkState network, IStrand subscriber) : IRouteView
{
    /// <inheritdoc/>
    public RouteState? Lookup(IPAddress destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        return network.Routes.Lookup(destination);
    }

    /// <inheritdoc/>
    public RouteState? Lookup(uint instance, IPAddress destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        return network.RoutesOf(instance).Lookup(destination);
    }

    /// <inheritdoc/>
    public IReadOnlyList<RouteState> AllOf(uint instance) => network.RoutesOf(instance).All;

    /// <inheritdoc/>
    public IReadOnlyList<RouteState> All() => [.. network.Routes.All.Where(route => !RouteTable.PrefixOf(route).IsVersion6)];

    /// <inheritdoc/>
    public IReadOnlyList<RouteState> All6() => [.. network.Routes.All.Where(route => RouteTable.PrefixOf(route).IsVersion6)];

    /// <inheritdoc/>
    public void Subscribe(Action handler) => network.Subscribe(subscriber, handler, routes: true);
}
