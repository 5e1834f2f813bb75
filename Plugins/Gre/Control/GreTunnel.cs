using RouterOS.Proto.Gre.V1;
using RouterOS.Sdk.Network;

namespace RouterOS.Gre.Control;

/// <summary>One tunnel: what is configured, and how it is.</summary>
internal sealed class GreTunnel(Tunnel configured)
{
    /// <summary>What is configured.</summary>
    public Tunnel Configured { get; set; } = configured;

    /// <summary>Outer addresses; 0 where not configured.</summary>
    public uint Local => Ipv4Number.Parse(Configured.LocalAddress) ?? 0;

    /// <summary>The other end's outer address.</summary>
    public uint Remote => Ipv4Number.Parse(Configured.RemoteAddress) ?? 0;

    /// <summary>Number of the routing instance of its outer packets; null while there is none of that name.</summary>
    public uint? Instance { get; set; }

    /// <summary>Why it is down.</summary>
    public DownReason Reason { get; set; } = DownReason.NotConfigured;

    /// <summary>True once it was found out whether it is up.</summary>
    public bool IsKnown { get; set; }

    /// <summary>Times that it came up.</summary>
    public uint Ups { get; set; }

    /// <summary>Index of its interface, under which its row is written; 0: none is.</summary>
    public uint Index { get; set; }

    /// <summary>The row as written.</summary>
    public TunnelRow? Row { get; set; }

    /// <summary>Counters when they were cleared.</summary>
    public TunnelCounters? Baseline { get; set; }

    /// <summary>Keepalives, where they are configured.</summary>
    public KeepaliveWatch? Keepalives { get; set; }

    /// <summary>What its encapsulation is called in logs.</summary>
    public string Kind => Configured.Encapsulation == Encapsulation.Ip ? "ip" : "gre";

    /// <summary>Key in the modules' table.</summary>
    public string Key => Index.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>One sentence why it is down; empty when it is up.</summary>
    public string Words => Reason switch
    {
        DownReason.None => string.Empty,
        DownReason.Disabled => "it is disabled by configuration",
        DownReason.NotConfigured => "its source or its destination is not configured",
        DownReason.NoTransport => $"virtual router {Configured.TransportInstance} does not forward",
        DownReason.NoSource => $"its source {Configured.LocalAddress} is no address of an interface that is up",
        DownReason.NoRoute => $"there is no route to its destination {Configured.RemoteAddress}",
        DownReason.Recursion => $"the route to its destination {Configured.RemoteAddress} leads into the tunnel itself",
        DownReason.NoProfile => "no IPsec transport profile has its source, its destination and its application",
        DownReason.NoAssociation => "it has no IPsec security association",
        DownReason.NoKeepalive => "the peer does not send keepalives back",
        _ => Reason.ToString(),
    };
}
