using RouterOS.Sdk.Configuration;
using static RouterOS.Sdk.Configuration.Schema;
using static RouterOS.Sdk.Configuration.Values;
using static RouterOS.Srx.Statements.SrxValues;

namespace RouterOS.Srx.Statements;

/// <summary><c>[edit interfaces]</c>.</summary>
internal static class InterfaceStatements
{
    private const string HostMedium = "the wire's driver on the host decides speed, duplex and flow control";
    private const string TwoTags = "frames with two tags are not supported: use vlan-tagging, and a vlan-id in each unit";

    /// <summary>The subtree.</summary>
    public static StatementSchema Tree { get; } = Container("interfaces", "Interfaces",
        Anything("traceoptions", "Trace options").Ignored(TracesAlways),
        Ranges,
        List(string.Empty, "Interface", InterfaceNames.Physical, Interface)
            .Sorted()
            .Judged((view, profile) => InterfaceNames.Judge(view.Key, profile)));

    private static StatementSchema[] Interface =>
    [
        Description,
        Flag("disable", "Take the interface down"),
        Leaf("mtu", "Largest packet of the medium", Integer(256, 9192, "bytes")),
        Leaf("speed", "Speed", OneOf(
            Choice("10m", "10 Mbit/s"), Choice("100m", "100 Mbit/s"), Choice("1g", "1 Gbit/s"), Choice("10g", "10 Gbit/s"),
            Choice("auto", "Negotiated"))).Ignored(HostMedium),
        Leaf("link-mode", "Duplex", OneOf(
            Choice("automatic", "Negotiated"), Choice("full-duplex", "Full"), Choice("half-duplex", "Half"))).Ignored(HostMedium),
        Container("hold-time", "Time before a change of the link counts",
            Leaf("up", "Time up", Integer(0, 4294967295, "milliseconds")),
            Leaf("down", "Time down", Integer(0, 4294967295, "milliseconds")))
            .OnLine().Ignored("changes of the link count at once"),
        Flag("traps", "Send traps").Ignored("no traps are sent"),
        Flag("no-traps", "Send no traps").Equivalent("no traps are sent"),
        Flag("gratuitous-arp-reply", "Learn from gratuitous ARP").Equivalent("what a known neighbour says is always noted"),
        Flag("no-gratuitous-arp-reply", "Learn nothing from gratuitous ARP").Ignored("what a known neighbour says is always noted"),
        Flag("no-gratuitous-arp-request", "Do not answer gratuitous ARP").Equivalent("gratuitous ARP is never answered"),
        Flag("vlan-tagging", "802.1Q tags"),
        Anything("flexible-vlan-tagging", "802.1Q tags of several kinds").Refused(TwoTags),
        Leaf("encapsulation", "Encapsulation", Text("encapsulation")).Judged((view, _) => view.Key == "ethernet"
            ? Verdict.Applied
            : Verdict.Refused("only Ethernet is supported")),
        EthernetOptions("gigether-options"),
        EthernetOptions("fastether-options"),
        Anything("redundant-ether-options", "Redundant Ethernet").Refused("chassis clusters are not supported"),
        Anything("aggregated-ether-options", "Aggregated Ethernet").Refused("aggregated links are not supported yet"),
        Unit,
    ];

    // Taken apart by InterfaceRanges before anything is checked.
    private static StatementSchema Ranges => List("interface-range", "Several interfaces at once", Name("range-name", 63),
        [
            List("member", "Interface, or a pattern such as ge-0/0/* of the chassis' ports", Member).AsInheritance(),
            List("member-range", "Interfaces from one to another", [Key(string.Empty, InterfaceNames.Physical), Key("to", InterfaceNames.Physical)]).AsInheritance(),
            .. Interface,
        ]).AsInheritance();

    private static ValueSyntax Member => new("interface-name", "an interface such as ge-0/0/0, or a pattern such as ge-0/0/*")
    {
        Read = text => InterfaceNames.Physical.TryAccept(text, out string? name) ? name
            : text.Length <= 63 && text.AsSpan().ContainsAny("*?[") && NamePattern.Read(text) is not null ? text
            : null,
        Suggest = InterfaceNames.Physical.Suggest,
    };

    private static StatementSchema EthernetOptions(string name) => Container(name, "Options of Ethernet ports",
        Flag("auto-negotiation", "Negotiate the link").Ignored(HostMedium),
        Flag("no-auto-negotiation", "Do not negotiate the link").Ignored(HostMedium),
        Flag("flow-control", "Send and obey pause frames").Ignored(HostMedium),
        Flag("no-flow-control", "Neither send nor obey pause frames").Ignored(HostMedium),
        Flag("loopback", "Loop packets back").Refused(NotEnforced),
        Flag("no-loopback", "Do not loop packets back").Equivalent("packets are never looped back"),
        Anything("802.3ad", "Member of an aggregated link").Refused("aggregated links are not supported yet"),
        Anything("redundant-parent", "Member of a redundant interface").Refused("chassis clusters are not supported"),
        Anything("ignore-l3-incompletes", "Count no incomplete packets").Ignored("incomplete packets are counted as drops"));

    private static StatementSchema Unit => List("unit", "Logical interface", Integer(0, 16385, placeholder: "unit"),
        Description,
        Flag("disable", "Take the logical interface down"),
        Leaf("bandwidth", "Bandwidth for information", Text("bandwidth")).Ignored("no routing protocol asks for it"),
        Flag("point-to-point", "Point-to-point link").Judged((view, _) =>
            view.Parent?.Parent?.Key is { } name && (name == "st0" || InterfaceNames.IsIpTunnel(name))
            ? Verdict.Equivalent("a tunnel is a point-to-point link")
            : Verdict.Refused("only tunnels are point-to-point links")),
        Flag("multipoint", "Several peers on one unit").Judged((view, _) => view.Parent?.Parent?.Key == "st0"
            ? Verdict.Applied
            : Verdict.Refused("only secure tunnels have several peers on one unit")),
        Flag("traps", "Send traps").Ignored("no traps are sent"),
        Flag("no-traps", "Send no traps").Equivalent("no traps are sent"),
        Leaf("vlan-id", "802.1Q tag", Integer(0, 4094)),
        Anything("vlan-tags", "802.1Q tags").Refused(TwoTags),
        Leaf("encapsulation", "Encapsulation", Text("encapsulation")).Refused(NotEnforced),
        TunnelStatements.Ends,
        Anything("ppp-options", "PPP options").Refused("PPP is not supported yet"),
        Container("family", "Protocol family",
            Inet,
            Inet6,
            Anything("ethernet-switching", "Switched port").Refused("switching is not supported: give the port a unit with 'family inet'"),
            Anything("bridge", "Bridged port").Refused("bridging is not supported"),
            Anything("iso", "ISO").Refused("IS-IS is not supported"),
            Anything("mpls", "MPLS").Refused("MPLS is not supported"))
            .JoinedToChildren())
        .Sorted();

    private static StatementSchema Inet => Container("inet", "IPv4",
        Leaf("mtu", "Largest IPv4 packet", Integer(256, 9192, "bytes")),
        Flag("no-redirects", "Send no ICMP redirects").Equivalent("ICMP redirects are never sent"),
        Anything("filter", "Packet filters").Refused(NotEnforced),
        Anything("policer", "Policers").Refused(NotEnforced),
        Anything("sampling", "Sampling").Refused(NotEnforced),
        ReversePath,
        Leaf("unnumbered-address", "Interface whose address is used", InterfaceNames.Logical).Judged((view, _) => IsTunnelUnit(view.Parent?.Parent?.Parent)
            ? Verdict.Applied
            : Verdict.Refused("only tunnels can do without an address: give the interface one")),
        Anything("dhcp", "Address by DHCP").Refused("DHCP is not supported yet: configure an address"),
        Anything("dhcp-client", "Address by DHCP").Refused("DHCP is not supported yet: configure an address"),
        NextHopTunnel(Address()),
        List("address", "Address", InterfaceAddress(),
            Flag("primary", "Preferred when several serve").Judged((view, _) => IsFirst(view)
                ? Verdict.Equivalent("the first address is the primary one")
                : Verdict.Refused("only the first address can be the primary one: put it first")),
            Flag("preferred", "Preferred on its network").Judged((view, _) => IsFirst(view)
                ? Verdict.Equivalent("the first address is the preferred one")
                : Verdict.Refused("only the first address can be the preferred one: put it first")),
            Leaf("broadcast", "Broadcast address", Address()).Judged((view, _) => view.Key == BroadcastOf(view.Parent?.Key ?? string.Empty)
                ? Verdict.Equivalent("it is the network's own")
                : Verdict.Refused("only the network's own broadcast address is known")),
            Leaf("destination", "Peer's address", Address()).Judged((view, _) => IsTunnelUnit(view.Parent?.Parent?.Parent?.Parent)
                ? Verdict.Applied
                : Verdict.Refused("only tunnels are point-to-point links: write the prefix length of the network")),
            Neighbor("arp", "Static ARP entry", Address()),
            Anything("vrrp-group", "VRRP").Refused("VRRP is not supported"),
            Anything("web-authentication", "Web authentication").Refused(NotEnforced)))
        .WithPresence();

    private static StatementSchema Inet6 => Container("inet6", "IPv6",
        Leaf("mtu", "Largest IPv6 packet", Integer(1280, 9192, "bytes")),
        Flag("no-redirects", "Send no ICMP redirects").Equivalent("ICMP redirects are never sent"),
        Flag("dad-disable", "Do not ask whether addresses are taken"),
        Anything("filter", "Packet filters").Refused(NotEnforced),
        Anything("policer", "Policers").Refused(NotEnforced),
        Anything("sampling", "Sampling").Refused(NotEnforced),
        ReversePath,
        Anything("dhcpv6-client", "Address by DHCP").Refused("DHCP is not supported yet: configure an address"),
        NextHopTunnel(AnyAddress() with { Read = text => TryAddress6(text, out System.Net.IPAddress? address) ? address!.ToString() : null }),
        List("address", "Address", InterfaceAddress6(),
            Flag("primary", "Preferred when several serve").Judged((view, _) => IsFirst(view)
                ? Verdict.Equivalent("the first address is the primary one")
                : Verdict.Refused("only the first address can be the primary one: put it first")),
            Flag("preferred", "Preferred on its network").Judged((view, _) => IsFirst(view)
                ? Verdict.Equivalent("the first address is the preferred one")
                : Verdict.Refused("only the first address can be the preferred one: put it first")),
            Flag("eui-64", "Make the rest of the address from the port's").Refused("not supported yet: write the whole address"),
            Neighbor("ndp", "Static neighbour", SrxValues.Address6),
            Anything("vrrp-inet6-group", "VRRP").Refused("VRRP is not supported")))
        .WithPresence();

    private static StatementSchema NextHopTunnel(ValueSyntax address) =>
        List("next-hop-tunnel", "Next hop that leads to one of several VPNs", address,
            Leaf("ipsec-vpn", "VPN", Reference("vpn-name", "security ipsec vpn")).Mandatory())
            .OnLine().Judged((view, _) => view.Parent?.Parent?.Parent?.Parent?.Key == "st0"
                ? Verdict.Applied
                : Verdict.Refused("only secure tunnels have next hops of VPNs"));

    private static StatementSchema ReversePath => Container("rpf-check", "Check of source addresses",
        Leaf("mode", "How they are checked", OneOf(Choice("loose", "A route by any interface will do"))),
        Anything("fail-filter", "Filter for what fails").Refused(NotEnforced))
        .WithPresence();

    private static StatementSchema Neighbor(string name, string help, ValueSyntax address) => List(name, help, address,
        Leaf("mac", "Ethernet address", MacAddress).Mandatory(),
        Flag("publish", "Answer for it").Refused("the router answers for its own addresses only"),
        Anything("l2-interface", "Port below").Refused("switching is not supported"))
        .OnLine();

    private static ValueSyntax MacAddress
    {
        get
        {
            ValueSyntax digits = Pattern("mac", "[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}", "six bytes such as 00:00:5e:00:53:01");
            return digits with { Read = text => digits.Read!(text)?.ToLowerInvariant() };
        }
    }

    private static bool IsTunnelUnit(StatementView? unit) => unit?.Parent?.Key is { } name && (name == "st0" || InterfaceNames.IsIpTunnel(name));

    private static string? BroadcastOf(string address)
    {
        string[] parts = address.Split('/');
        if (parts.Length != 2 || !TryAddress(parts[0], out System.Net.IPAddress? own) || int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture) is not (> 0 and < 31 and var length))
        {
            return null;
        }

        byte[] bytes = own!.GetAddressBytes();
        for (int bit = length; bit < 32; bit++)
        {
            bytes[bit / 8] |= (byte)(0x80 >> (bit % 8));
        }

        return new System.Net.IPAddress(bytes).ToString();
    }

    private static bool IsFirst(StatementView flag) => flag.Parent?.Parent?.List("address").FirstOrDefault()?.Key == flag.Parent?.Key;
}
