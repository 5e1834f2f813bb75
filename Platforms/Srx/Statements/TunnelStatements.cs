using RouterOS.Sdk.Configuration;
using static RouterOS.Sdk.Configuration.Schema;
using static RouterOS.Sdk.Configuration.Values;

namespace RouterOS.Srx.Statements;

/// <summary>Ends of tunnels of GRE and of IP in IP, and their keepalives.</summary>
internal static class TunnelStatements
{
    /// <summary><c>tunnel</c> of a unit.</summary>
    public static StatementSchema Ends => Container("tunnel", "End points of a tunnel",
        Leaf("source", "Local end", Address()).Judged((view, _) => Judge(view)),
        Leaf("destination", "Remote end", Address()).Judged((view, _) => Judge(view)),
        Leaf("key", "Key, which tells tunnels between the same addresses apart", Integer(0, uint.MaxValue)).Judged((view, _) =>
            NameOf(view) == InterfaceNames.IpInIp ? Verdict.Refused("only GRE has keys") : Judge(view)),
        Leaf("ttl", "Hops of the tunnel's packets", Integer(1, 255)).Judged((view, _) => Judge(view)),
        Flag("allow-fragmentation", "Let the tunnel's packets be fragmented").Judged((view, _) => Judge(view)),
        Flag("do-not-fragment", "Do not let the tunnel's packets be fragmented")
            .Equivalent("those around packets that must not be fragmented never are"),
        Flag("path-mtu-discovery", "Learn what the path takes").Equivalent("it is learned unless fragmentation is allowed"),
        Flag("no-path-mtu-discovery", "Do not learn what the path takes").Refused("write allow-fragmentation"),
        Anything("routing-instance", "Instance of the remote end").Refused("only the main instance is supported yet"),
        Anything("backup-destination", "Second remote end").Refused("one remote end is supported"));

    /// <summary><c>protocols oam gre-tunnel</c>.</summary>
    public static StatementSchema Keepalives => Container("oam", "Operation and maintenance",
        Container("gre-tunnel", "Keepalives of GRE tunnels",
            List("interface", "Interface", InterfaceNames.Logical,
                Leaf("keepalive-time", "Time between two", Integer(1, 50, "seconds")),
                Leaf("hold-time", "Time without one after which the tunnel is down", Integer(5, 250, "seconds")))
                .Judged((view, _) => InterfaceNames.PhysicalOf(view.Key) == InterfaceNames.Gre
                    ? Verdict.Applied : Verdict.Refused("only GRE tunnels have keepalives"))),
        Anything("ethernet", "Ethernet").Refused("not supported"));

    private static string NameOf(StatementView view) => view.Parent?.Parent?.Parent?.Key ?? string.Empty;

    private static Verdict Judge(StatementView view) => InterfaceNames.IsIpTunnel(NameOf(view))
        ? Verdict.Applied
        : Verdict.Refused($"only units of {InterfaceNames.Gre} and {InterfaceNames.IpInIp} are such tunnels");
}
