namespace RouterOS.Forwarding;

/// <summary>The named places of the path where plugins attach features, in the order a packet meets them.</summary>
public static class Arcs
{
    /// <summary>Frames as they come from a port, before the link header is read.</summary>
    public const string Input = "input";

    /// <summary>Checked IPv4 packets, before the route look-up. <c>IngressInterface</c> and <c>Instance</c> are set.</summary>
    public const string PreRoute = "pre-route";

    /// <summary>
    /// Routed transit packets, after the look-up and before encapsulation: <c>EgressInterface</c>, <c>NextHop</c> and
    /// <c>Adjacency</c> are set. Packets into a tunnel pass here in the clear.
    /// </summary>
    public const string Output = "output";

    /// <summary>Whole packets to the router's own addresses, before they reach a protocol.</summary>
    public const string LocalIn = "local-in";

    /// <summary>Packets of the router's own, after the look-up; tunnel outer packets included (<c>TunnelOuter</c>).</summary>
    public const string LocalOut = "local-out";

    /// <summary><see cref="PreRoute"/> of IPv6.</summary>
    public const string PreRoute6 = "pre-route6";

    /// <summary><see cref="Output"/> of IPv6; <c>NextHop</c> is the number of the gateway.</summary>
    public const string Output6 = "output6";

    /// <summary><see cref="LocalIn"/> of IPv6.</summary>
    public const string LocalIn6 = "local-in6";

    /// <summary><see cref="LocalOut"/> of IPv6; neighbour discovery does not pass here.</summary>
    public const string LocalOut6 = "local-out6";
}
