namespace RouterOS.Sdk.Network;

/// <summary>Where a route comes from.</summary>
public enum RouteProtocol
{
    /// <summary>A network on an interface.</summary>
    Direct,

    /// <summary>An address of the router.</summary>
    Local,

    /// <summary>Configured, with a next hop.</summary>
    Static,

    /// <summary>Configured to drop silently.</summary>
    StaticDiscard,

    /// <summary>Configured to drop with ICMP unreachable.</summary>
    StaticReject,

    /// <summary>Configured to be taken by the router itself.</summary>
    StaticReceive,
}
