using RouterOS.Sdk.Configuration;
using RouterOS.Srx.Bindings;
using static RouterOS.Sdk.Configuration.Schema;
using static RouterOS.Sdk.Configuration.Values;
using static RouterOS.Srx.Statements.SrxValues;

namespace RouterOS.Srx.Statements;

/// <summary><c>[edit security zones]</c> and the address books.</summary>
internal static class ZoneStatements
{
    /// <summary>The subtree.</summary>
    public static StatementSchema Tree { get; } = Container("zones", "Zones",
        Container("functional-zone", "Zones with a use of their own",
            Container("management", "Ports for management: nothing passes through them",
                Description,
                Screen,
                HostInbound,
                Container("interfaces", "Interfaces of the zone",
                    List(string.Empty, "Interface", InterfaceNames.Logical, HostInbound)
                        .Judged((view, profile) => InterfaceNames.IsTunnel(view.Key) || InterfaceNames.IsIpTunnel(view.Key)
                            ? Verdict.Refused("only ports are for management: a tunnel belongs to a security zone")
                            : InterfaceNames.Judge(InterfaceNames.PhysicalOf(view.Key), profile))))),
        List("security-zone", "Security zone", ObjectName("zone-name"),
            Description,
            Container("address-book", "Names of addresses", Addresses, AddressSets),
            Screen,
            Flag("tcp-rst", "Answer TCP packets without a session with RST"),
            HostInbound,
            Container("interfaces", "Interfaces of the zone",
                List(string.Empty, "Interface", InterfaceNames.Logical, HostInbound)
                    .Judged((view, profile) => InterfaceNames.IsManagement(view.Key)
                        ? Verdict.Refused($"a management port belongs to no security zone: write 'functional-zone management interfaces {view.Key}'")
                        : InterfaceNames.Judge(InterfaceNames.PhysicalOf(view.Key), profile))),
            Flag("application-tracking", "Follow applications").Refused(NotEnforced)));

    /// <summary><c>[edit security address-book]</c>: books for all zones, or for those that they are attached to.</summary>
    public static StatementSchema Books { get; } = Container("address-book", "Names of addresses",
        List(string.Empty, "Address book", ObjectName("book-name"),
            Description,
            Addresses,
            AddressSets,
            Container("attach", "Zones that use the book",
                List("zone", "Zone", Reference("zone-name", "security zones security-zone")))));

    /// <summary>Entries of an address book.</summary>
    private static StatementSchema Addresses => List("address", "Address", Name("address-name", 63),
        Description,
        Leaf(string.Empty, "Prefix", AnyPrefix()).Exclusive("address"),
        List("dns-name", "Name of a host, with the addresses that 'system static-host-mapping' gives it", HostName,
            Flag("ipv4-only", "Its IPv4 addresses").Exclusive("family"),
            Flag("ipv6-only", "Its IPv6 addresses").Exclusive("family"))
            .AtMost(1).OnLineWhenSingle().Exclusive("address").Judged(JudgeHost),
        List("range-address", "First address of a range", AnyAddress(),
            Container("to", "End of the range", Leaf(string.Empty, "Last address", AnyAddress())))
            .AtMost(1).Exclusive("address"),
        Leaf("wildcard-address", "Address and the bits of it that count, as in 10.0.5.0/255.0.255.0", Wildcard).Exclusive("address"))
        .OnLineWhenSingle().Requires("address");

    private static StatementSchema AddressSets => List("address-set", "Set of addresses", Name("set-name", 63),
        Description,
        List("address", "Address of the set", Text("address-name", 63)),
        List("address-set", "Set in the set", Text("set-name", 63)));

    private static StatementSchema Screen => Leaf("screen", "Screen of the zone", Reference("screen-name", ScreenStatements.ListPath));

    private static ValueSyntax Wildcard => new("address/mask", "an IPv4 address and a mask such as 10.0.5.0/255.0.255.0")
    {
        Read = text => text.Split('/') is [var address, var mask] && TryAddress(address, out System.Net.IPAddress? _) && TryAddress(mask, out System.Net.IPAddress? _)
            ? text
            : null,
    };

    private static Verdict JudgeHost(StatementView view, Abstractions.Chassis.ChassisProfile profile) =>
        HostMapping.Find(HostMapping.RootOf(view), view.Key).Count > 0
            ? Verdict.Applied
            : Verdict.Refused($"no name server is asked: write 'system static-host-mapping {view.Key} inet ADDRESS', or the prefix in place of the name");

    private static StatementSchema HostInbound => Container("host-inbound-traffic", "Traffic to the router itself",
        Container("system-services", "Services",
            List(string.Empty, "Service", OneOf([.. HostServices.Services.Select(s => Choice(s.Name, s.Help))]), Except)),
        Container("protocols", "Routing protocols",
            List(string.Empty, "Protocol", OneOf([.. HostServices.Protocols.Select(s => Choice(s.Name, s.Help))]), Except)));

    private static StatementSchema Except => Flag("except", "All but this one");
}
