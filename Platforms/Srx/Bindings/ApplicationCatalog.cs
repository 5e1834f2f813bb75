using System.Collections.Frozen;
using System.Globalization;

namespace RouterOS.Srx.Bindings;

/// <summary>What the language knows without configuration: names of protocols and ports, and the predefined applications.</summary>
internal static class ApplicationCatalog
{
    private const uint Icmp = 1;
    private const uint Tcp = 6;
    private const uint Udp = 17;
    private const uint EchoRequest = 8;
    private const uint Icmp6 = 58;
    private const uint EchoRequest6 = 128;

    /// <summary>Names of IP protocols.</summary>
    public static FrozenDictionary<string, uint> Protocols { get; } = new Dictionary<string, uint>
    {
        ["ah"] = 51, ["egp"] = 8, ["esp"] = 50, ["gre"] = 47, ["icmp"] = Icmp, ["icmp6"] = Icmp6, ["igmp"] = 2, ["ipip"] = 4,
        ["ospf"] = 89, ["pim"] = 103, ["rsvp"] = 46, ["sctp"] = 132, ["tcp"] = Tcp, ["udp"] = Udp,
    }.ToFrozenDictionary();

    /// <summary>Predefined applications, <c>junos-ssh</c> and so on.</summary>
    public static FrozenDictionary<string, ApplicationTerm[]> Predefined { get; } = new Dictionary<string, ApplicationTerm[]>
    {
        ["junos-bgp"] = [At(Tcp, 179)],
        ["junos-chargen"] = [At(Udp, 19)],
        ["junos-cifs"] = [At(Tcp, 139), At(Tcp, 445)],
        ["junos-dhcp-client"] = [At(Udp, 68)],
        ["junos-dhcp-relay"] = [At(Udp, 67)],
        ["junos-dhcp-server"] = [At(Udp, 67)],
        ["junos-discard"] = [At(Tcp, 9), At(Udp, 9)],
        ["junos-dns-tcp"] = [At(Tcp, 53)],
        ["junos-dns-udp"] = [At(Udp, 53)],
        ["junos-echo"] = [At(Tcp, 7), At(Udp, 7)],
        ["junos-finger"] = [At(Tcp, 79)],
        ["junos-ftp"] = [At(Tcp, 21)],
        ["junos-gnutella"] = [At(Udp, 6346, 6347)],
        ["junos-gopher"] = [At(Tcp, 70)],
        ["junos-gre"] = [new(47)],
        ["junos-h323"] = [At(Tcp, 1720), At(Udp, 1719)],
        ["junos-http"] = [At(Tcp, 80)],
        ["junos-http-ext"] = [At(Tcp, 7001)],
        ["junos-https"] = [At(Tcp, 443)],
        ["junos-icmp-all"] = [new(Icmp)],
        ["junos-icmp6-all"] = [new(Icmp6)],
        ["junos-icmp6-echo-request"] = [At(Icmp6, EchoRequest6)],
        ["junos-icmp-ping"] = [At(Icmp, EchoRequest)],
        ["junos-ident"] = [At(Tcp, 113)],
        ["junos-ike"] = [At(Udp, 500)],
        ["junos-ike-nat"] = [At(Udp, 4500)],
        ["junos-imap"] = [At(Tcp, 143)],
        ["junos-imaps"] = [At(Tcp, 993)],
        ["junos-internet-locator-service"] = [At(Tcp, 389)],
        ["junos-irc"] = [At(Tcp, 6660, 6669)],
        ["junos-l2tp"] = [At(Udp, 1701)],
        ["junos-ldap"] = [At(Tcp, 389)],
        ["junos-ldp-tcp"] = [At(Tcp, 646)],
        ["junos-ldp-udp"] = [At(Udp, 646)],
        ["junos-lpr"] = [At(Tcp, 515)],
        ["junos-mail"] = [At(Tcp, 25)],
        ["junos-mgcp-ca"] = [At(Udp, 2727)],
        ["junos-mgcp-ua"] = [At(Udp, 2427)],
        ["junos-ms-sql"] = [At(Tcp, 1433)],
        ["junos-msn"] = [At(Tcp, 1863)],
        ["junos-nbds"] = [At(Udp, 138)],
        ["junos-nbname"] = [At(Udp, 137)],
        ["junos-netbios-session"] = [At(Tcp, 139)],
        ["junos-nfs"] = [At(Udp, 111)],
        ["junos-nfsd-tcp"] = [At(Tcp, 2049)],
        ["junos-nfsd-udp"] = [At(Udp, 2049)],
        ["junos-nntp"] = [At(Tcp, 119)],
        ["junos-ns-global"] = [At(Tcp, 15397)],
        ["junos-ns-global-pro"] = [At(Tcp, 15397)],
        ["junos-ntalk"] = [At(Udp, 518)],
        ["junos-ntp"] = [At(Udp, 123)],
        ["junos-ospf"] = [new(89)],
        ["junos-pc-anywhere"] = [At(Udp, 5632)],
        ["junos-ping"] = [At(Icmp, EchoRequest)],
        ["junos-pingv6"] = [At(Icmp6, EchoRequest6)],
        ["junos-pop3"] = [At(Tcp, 110)],
        ["junos-pptp"] = [At(Tcp, 1723)],
        ["junos-printer"] = [At(Tcp, 515)],
        ["junos-r2cp"] = [At(Udp, 28672)],
        ["junos-radacct"] = [At(Udp, 1813)],
        ["junos-radius"] = [At(Udp, 1812)],
        ["junos-realaudio"] = [At(Tcp, 554)],
        ["junos-rip"] = [At(Udp, 520)],
        ["junos-rsh"] = [At(Tcp, 514)],
        ["junos-rtsp"] = [At(Tcp, 554)],
        ["junos-sccp"] = [At(Tcp, 2000)],
        ["junos-sip"] = [At(Udp, 5060), At(Tcp, 5060)],
        ["junos-smb"] = [At(Tcp, 139), At(Tcp, 445)],
        ["junos-smb-session"] = [At(Tcp, 445)],
        ["junos-smtp"] = [At(Tcp, 25)],
        ["junos-snmp-agentx"] = [At(Tcp, 705)],
        ["junos-snpp"] = [At(Tcp, 444)],
        ["junos-sqlnet-v1"] = [At(Tcp, 1525)],
        ["junos-sqlnet-v2"] = [At(Tcp, 1521)],
        ["junos-ssh"] = [At(Tcp, 22)],
        ["junos-stun"] = [At(Tcp, 3478, 3479), At(Udp, 3478, 3479)],
        ["junos-sun-rpc-portmap-tcp"] = [At(Tcp, 111)],
        ["junos-sun-rpc-portmap-udp"] = [At(Udp, 111)],
        ["junos-syslog"] = [At(Udp, 514)],
        ["junos-tacacs"] = [At(Tcp, 49)],
        ["junos-tacacs-ds"] = [At(Tcp, 65)],
        ["junos-talk"] = [At(Udp, 517)],
        ["junos-tcp-any"] = [new(Tcp)],
        ["junos-telnet"] = [At(Tcp, 23)],
        ["junos-tftp"] = [At(Udp, 69)],
        ["junos-udp-any"] = [new(Udp)],
        ["junos-uucp"] = [At(Udp, 540)],
        ["junos-vdo-live"] = [At(Udp, 7000, 7010)],
        ["junos-vnc"] = [At(Tcp, 5800)],
        ["junos-wais"] = [At(Tcp, 210)],
        ["junos-who"] = [At(Udp, 513)],
        ["junos-whois"] = [At(Tcp, 43)],
        ["junos-winframe"] = [At(Tcp, 1494)],
        ["junos-wxcontrol"] = [At(Tcp, 3578)],
        ["junos-x-windows"] = [At(Tcp, 6000, 6063)],
        ["junos-xnm-clear-text"] = [At(Tcp, 3221)],
        ["junos-xnm-ssl"] = [At(Tcp, 3220)],
        ["junos-ymsg"] = [At(Tcp, 5000, 5010), At(Tcp, 5050)],
    }.ToFrozenDictionary();

    /// <summary>Predefined applications whose further connections a gateway of the vendor would open.</summary>
    public static FrozenSet<string> WithGateway { get; } = FrozenSet.ToFrozenSet(
    [
        "junos-ftp", "junos-h323", "junos-mgcp-ca", "junos-mgcp-ua", "junos-pptp", "junos-realaudio", "junos-rsh", "junos-rtsp",
        "junos-sccp", "junos-sip", "junos-sqlnet-v1", "junos-sqlnet-v2", "junos-sun-rpc-portmap-tcp", "junos-sun-rpc-portmap-udp",
        "junos-talk", "junos-ntalk", "junos-tftp",
    ]);

    /// <summary>Names of ICMP types that can begin a session.</summary>
    public static FrozenDictionary<string, uint> IcmpTypes { get; } = new Dictionary<string, uint>
    {
        ["echo-request"] = EchoRequest, ["info-request"] = 15, ["mask-request"] = 17, ["redirect"] = 5, ["router-advertisement"] = 9,
        ["router-solicit"] = 10, ["source-quench"] = 4, ["timestamp"] = 13, ["time-exceeded"] = 11, ["unreachable"] = 3,
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, ushort> s_ports = new Dictionary<string, ushort>
    {
        ["afs"] = 1483, ["bgp"] = 179, ["biff"] = 512, ["bootpc"] = 68, ["bootps"] = 67, ["cvspserver"] = 2401, ["dhcp"] = 67,
        ["domain"] = 53, ["exec"] = 512, ["finger"] = 79, ["ftp"] = 21, ["ftp-data"] = 20, ["http"] = 80, ["https"] = 443,
        ["ident"] = 113, ["imap"] = 143, ["kerberos-sec"] = 88, ["ldap"] = 389, ["ldp"] = 646, ["login"] = 513, ["msdp"] = 639,
        ["netbios-dgm"] = 138, ["netbios-ns"] = 137, ["netbios-ssn"] = 139, ["nfsd"] = 2049, ["nntp"] = 119, ["ntp"] = 123,
        ["pop3"] = 110, ["pptp"] = 1723, ["printer"] = 515, ["radacct"] = 1813, ["radius"] = 1812, ["rip"] = 520, ["smtp"] = 25,
        ["snmp"] = 161, ["snmptrap"] = 162, ["socks"] = 1080, ["ssh"] = 22, ["sunrpc"] = 111, ["syslog"] = 514, ["tacacs"] = 49,
        ["talk"] = 517, ["telnet"] = 23, ["tftp"] = 69, ["timed"] = 525, ["who"] = 513, ["xdmcp"] = 177,
    }.ToFrozenDictionary();

    /// <summary>A port by number or name, or null.</summary>
    public static ushort? Port(string text) =>
        s_ports.TryGetValue(text, out ushort named) ? named
        : ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort number) ? number
        : null;

    private static ApplicationTerm At(uint protocol, uint first, uint? last = null) => new(protocol, first, last ?? first);
}
