using static RouterOS.Srx.Bindings.HostPackets;

namespace RouterOS.Srx.Bindings;

/// <summary>The words of <c>host-inbound-traffic</c>.</summary>
internal static class HostServices
{
    /// <summary>The word for all services that have one.</summary>
    public const string All = "all";

    /// <summary>The word for every port.</summary>
    public const string AnyService = "any-service";

    /// <summary>Words of <c>system-services</c>.</summary>
    public static IReadOnlyList<HostService> Services { get; } =
    [
        new(All, "All services that have a name"),
        new(AnyService, "Every service, named or not"),
        new("bootp", "BOOTP and DHCP relay", Udp(67, 68)),
        new("dhcp", "DHCP", Udp(67, 68)),
        new("dns", "DNS", Udp(53), Tcp(53)),
        new("finger", "Finger", Tcp(79)),
        new("ftp", "FTP", Tcp(21)),
        new("http", "Web management", Tcp(80)),
        new("https", "Web management over TLS", Tcp(443)),
        new("ident-reset", "Answer ident with RST", Tcp(113)),
        new("ike", "IKE", Udp(500), Udp(4500)),
        new("lsping", "Ping of label switched paths", Udp(3503)),
        new("netconf", "NETCONF", Tcp(830)),
        new("ntp", "Network time", Udp(123)),
        new("ping", "ICMP echo", Icmp(8)),
        new("r2cp", "Radio router control", Udp(28672)),
        new("reverse-ssh", "Reverse SSH", Tcp(2901)),
        new("reverse-telnet", "Reverse telnet", Tcp(2900)),
        new("rlogin", "Remote login", Tcp(513)),
        new("rpm", "Probes", Udp(7), Tcp(7)),
        new("rsh", "Remote shell", Tcp(514)),
        new("sip", "SIP", Udp(5060), Tcp(5060)),
        new("snmp", "SNMP", Udp(161)),
        new("snmp-trap", "SNMP traps", Udp(162)),
        new("ssh", "SSH", Tcp(22)),
        new("telnet", "Telnet", Tcp(23)),
        new("tftp", "TFTP", Udp(69)),
        new("traceroute", "Traceroute", Udp(33434, 33534)),
        new("xnm-clear-text", "XML in clear", Tcp(3221)),
        new("xnm-ssl", "XML over TLS", Tcp(3220)),
    ];

    /// <summary>Words of <c>protocols</c>.</summary>
    public static IReadOnlyList<HostService> Protocols { get; } =
    [
        new(All, "All routing protocols"),
        new("bfd", "Bidirectional forwarding detection", Udp(3784, 3785), Udp(4784)),
        new("bgp", "BGP", Tcp(179)),
        new("dvmrp", "DVMRP", Of(2)),
        new("igmp", "IGMP", Of(2)),
        new("ldp", "Label distribution", Udp(646), Tcp(646)),
        new("msdp", "Multicast source discovery", Tcp(639)),
        new("nhrp", "Next hop resolution", Of(54)),
        new("ospf", "OSPF", Of(89)),
        new("ospf3", "OSPF for IPv6", Of(89)),
        new("pgm", "Reliable multicast", Of(113)),
        new("pim", "PIM", Of(103)),
        new("rip", "RIP", Udp(520)),
        new("router-discovery", "Router discovery", Icmp(9), Icmp(10)),
        new("rsvp", "RSVP", Of(46)),
        new("sap", "Session announcements", Udp(9875)),
        new("vrrp", "VRRP", Of(112)),
    ];
}
