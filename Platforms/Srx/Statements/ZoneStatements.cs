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
        Anything("functional-zone", "Zone for management").Refused("a zone for management is not supported yet: use a security zone"),
        List("security-zone", "Security zone", ObjectName("zone-name"),
            Description,
            Container("address-book", "Names of addresses", Addresses, AddressSets),
            Leaf("screen", "Screen of the zone", Reference("screen-name", ScreenStatements.ListPath)),
            Flag("tcp-rst", "Answer TCP packets without a session with RST"),
            HostInbound,
            Container("interfaces", "Interfaces of the zone",
                List(string.Empty, "Interface", InterfaceNames.Logical, HostInbound)
                    .Judged((view, profile) => InterfaceNames.IsManagement(view.Key)
                        ? Verdict.Refused("a management port belongs to no zone")
                        : InterfaceNames.Judge(InterfaceNames.PhysicalOf(view.Key), profile))),
            Flag("application-tracking", "Follow applications").Refused(NotEnforced)));

    /// <summary>Entries of an address book.</summary>
    private static StatementSchema Addresses => List("address", "Address", Name("address-name", 63),
        Description,
        Leaf(string.Empty, "Prefix", AnyPrefix()).Exclusive("address"),
        Anything("dns-name", "Name to resolve").Exclusive("address").Refused("names are not resolved yet: write the prefix"),
        Anything("range-address", "Range of addresses").Exclusive("address").Refused("ranges are not supported yet: write prefixes"),
        Anything("wildcard-address", "Address with a wildcard mask").Exclusive("address").Refused("wildcards are not supported yet: write prefixes"))
        .OnLineWhenSingle().Requires("address");

    private static StatementSchema AddressSets => List("address-set", "Set of addresses", Name("set-name", 63),
        Description,
        List("address", "Address of the set", Text("address-name", 63)),
        List("address-set", "Set in the set", Text("set-name", 63)));

    private static StatementSchema HostInbound => Container("host-inbound-traffic", "Traffic to the router itself",
        Container("system-services", "Services",
            List(string.Empty, "Service", OneOf([.. HostServices.Services.Select(s => Choice(s.Name, s.Help))]), Except)),
        Container("protocols", "Routing protocols",
            List(string.Empty, "Protocol", OneOf([.. HostServices.Protocols.Select(s => Choice(s.Name, s.Help))]), Except)));

    private static StatementSchema Except => Flag("except", "All but this one");
}
