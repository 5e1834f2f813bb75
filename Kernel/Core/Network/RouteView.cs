using System.Net;
using System.Net.Sockets;
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
        return destination.AddressFamily == AddressFamily.InterNetwork ? network.Routes.Lookup(Ipv4Prefix.ToNumber(destination)) : null;
    }

    /// <inheritdoc/>
    public IReadOnlyList<RouteState> All() => network.Routes.All;

    /// <inheritdoc/>
    public void Subscribe(Action handler) => network.Subscribe(subscriber, handler, routes: true);
}
