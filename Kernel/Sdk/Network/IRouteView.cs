using System.Net;

namespace RouterOS.Sdk.Network;

/// <summary>The routing tables: per prefix the routes of every protocol, the best of them active.</summary>
public interface IRouteView
{
    /// <summary>The active route for a destination of the main instance, or null.</summary>
    RouteState? Lookup(IPAddress destination);

    /// <summary>The active route for a destination in a routing instance, or null.</summary>
    RouteState? Lookup(uint instance, IPAddress destination) => instance == 0 ? Lookup(destination) : null;

    /// <summary>All routes of a routing instance and of both families, active and not, ordered by family, prefix and preference.</summary>
    IReadOnlyList<RouteState> AllOf(uint instance) => instance == 0 ? [.. All(), .. All6()] : [];

    /// <summary>All IPv4 routes of the main instance, active and not, ordered by prefix and preference.</summary>
    IReadOnlyList<RouteState> All();

    /// <summary>All IPv6 routes of the main instance, in the same order.</summary>
    IReadOnlyList<RouteState> All6() => [];

    /// <summary>Calls <paramref name="handler"/> on the subscriber's strand after a route has changed.</summary>
    void Subscribe(Action handler);
}
