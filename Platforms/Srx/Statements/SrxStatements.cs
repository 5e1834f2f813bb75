using RouterOS.Sdk.Configuration;
using static RouterOS.Sdk.Configuration.Schema;
using static RouterOS.Sdk.Configuration.Values;
using static RouterOS.Srx.Statements.SrxValues;

namespace RouterOS.Srx.Statements;

/// <summary>The configuration language of the family: its whole tree.</summary>
internal static class SrxStatements
{
    private const string NoProtocols = "routing protocols are not supported yet: use static routes";

    /// <summary>The root.</summary>
    public static StatementSchema Root { get; } = Schema.Root(
        Leaf("version", "Release that wrote the file", Text("release")).Ignored("it says who wrote the file"),
        SystemStatements.Tree,
        Anything("logical-systems", "Logical systems").Refused("only one system is supported"),
        Container("chassis", "Chassis",
            Anything("cluster", "Chassis cluster").Refused("chassis clusters are not supported"),
            Anything("aggregated-devices", "Aggregated links").Refused("aggregated links are not supported yet"),
            Anything("alarm", "Alarms").Ignored("a host has no alarm lamps"),
            Anything("craft-lockout", "Front panel").Ignored("a host has no front panel"),
            Anything("fpc", "Cards").Ignored("the cards are those of the model"),
            Anything("config-button", "Front panel").Ignored("a host has no front panel"),
            Anything("usb", "USB").Ignored("the host decides about USB"),
            Anything("network-services", "Network services").Ignored("there is one kind of forwarding")),
        InterfaceStatements.Tree,
        Anything("snmp", "SNMP").Ignored("no SNMP agent runs: nothing answers, and no trap is sent"),
        Anything("forwarding-options", "Sampling, mirroring, relays").Refused(NotEnforced),
        Anything("event-options", "Event scripts").Refused("event scripts are not run"),
        RoutingStatements.Tree,
        Container("protocols", "Protocols",
            Anything("stp", "Spanning tree").Ignored("ports are routed, so there is no loop to prevent"),
            Anything("rstp", "Spanning tree").Ignored("ports are routed, so there is no loop to prevent"),
            Anything("lldp", "Link layer discovery").Ignored("nothing is announced to neighbours"),
            Anything("bgp", "BGP").Refused(NoProtocols),
            Anything("dvmrp", "DVMRP").Refused("multicast is not supported on this platform"),
            Anything("igmp", "IGMP").Refused(NoProtocols),
            Anything("isis", "IS-IS").Refused(NoProtocols),
            Anything("mpls", "MPLS").Refused("MPLS is not supported"),
            TunnelStatements.Keepalives,
            Anything("ospf", "OSPF").Refused(NoProtocols),
            Anything("ospf3", "OSPF for IPv6").Refused(NoProtocols),
            Anything("pim", "PIM").Refused(NoProtocols),
            Anything("rip", "RIP").Refused(NoProtocols),
            Anything("router-advertisement", "IPv6 advertisements").Refused("IPv6 is not supported yet")),
        Anything("policy-options", "Policies of routing protocols").Ignored("no routing protocol runs that would use them"),
        Anything("class-of-service", "Class of service").Refused(NotEnforced),
        Anything("firewall", "Packet filters").Ignored("a filter acts only where an interface names it, which is refused"),
        AccessStatements.Tree,
        Anything("services", "Services").Refused(NotEnforced),
        ScheduleStatements.Tree,
        SecurityStatements.Tree,
        Anything("poe", "Power over Ethernet").Ignored("the host's ports give no power"),
        Anything("routing-instances", "Routing instances").Refused("only the main instance is supported yet"),
        Anything("smtp", "Mail").Ignored("no mail is sent"),
        Anything("switch-options", "Switching").Refused("switching is not supported"),
        ApplicationStatements.Tree,
        Anything("ethernet-switching-options", "Switching").Refused("switching is not supported"),
        Anything("vlans", "VLANs").Refused("VLANs are not supported yet"),
        Anything("wlan", "Access points").Refused("access points are not supported"))
        .WithGroups(behind: "version");
}
