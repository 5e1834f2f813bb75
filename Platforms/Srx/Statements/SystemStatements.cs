using RouterOS.Sdk.Configuration;
using static RouterOS.Sdk.Configuration.Schema;
using static RouterOS.Sdk.Configuration.Values;
using static RouterOS.Srx.Statements.SrxValues;

namespace RouterOS.Srx.Statements;

/// <summary><c>[edit system]</c>: what the host does for the chassis is accepted without effect.</summary>
internal static class SystemStatements
{
    private const string HostLogin = "users and passwords are the host's: whoever may open the management socket may log in";
    private const string NoServices = "no network service is offered: management is by the local socket";
    private const string HostClock = "the clock is the host's";
    private const string HostNames = "no part of the router resolves names";
    private const string HostLog = "logs are the router's own: see 'show log messages'";
    private const string NoImages = "software is installed and licensed on the host";

    /// <summary>The subtree.</summary>
    public static StatementSchema Tree { get; } = Container("system", "System",
        Leaf("host-name", "Name of the router", Pattern("name", "[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62})", "a name of 1 to 63 letters, digits, '-', '_' or '.'")),
        Leaf("domain-name", "Domain", Text("domain")).Ignored(HostNames),
        Anything("domain-search", "Domains to search").Ignored(HostNames),
        Leaf("time-zone", "Time zone", Text("zone")).Ignored("times are shown in UTC"),
        Anything("default-address-selection", "Source address of the router").Ignored("packets of the router leave with the address of their interface"),
        Anything("no-redirects", "Send no ICMP redirects").Equivalent("ICMP redirects are never sent"),
        Anything("no-ping-record-route", "Do not record routes").Equivalent("routes are never recorded"),
        Anything("no-ping-time-stamp", "Do not record times").Equivalent("times are never recorded"),
        Anything("internet-options", "Options of TCP and ICMP").Ignored("the router opens no connection of its own"),
        Container("arp", "ARP options",
            Leaf("aging-timer", "Time for which an answer holds", Integer(1, 240, "minutes")),
            Flag("passive-learning", "Learn from what is not meant for the router").Ignored("neighbours are learnt when they are needed"),
            Flag("gratuitous-arp-on-ifup", "Announce addresses when a link comes up").Equivalent("addresses are announced when a link comes up"),
            Anything("gratuitous-arp-delay", "Delay of announcements").Ignored("addresses are announced at once"),
            Anything("interfaces", "Times of interfaces").Refused("one time holds for all interfaces: use 'aging-timer'")),
        Anything("authentication-order", "Order of authentication").Ignored(HostLogin),
        Anything("location", "Location").Ignored("it is a note and has no effect"),
        Anything("ports", "Console ports").Ignored("the console is the host's"),
        Container("root-authentication", "Authentication of root",
            Leaf("encrypted-password", "Hash of the password", Text("hash")),
            Anything("ssh-rsa", "SSH key"),
            Anything("ssh-dsa", "SSH key"),
            Anything("ssh-ecdsa", "SSH key"))
            .Ignored(HostLogin),
        Anything("name-server", "Name servers").Ignored(HostNames),
        Anything("radius-server", "RADIUS servers").Ignored(HostLogin),
        Anything("radius-options", "RADIUS options").Ignored(HostLogin),
        Anything("tacplus-server", "TACACS+ servers").Ignored(HostLogin),
        Anything("accounting", "Accounting of users").Ignored(HostLogin),
        Anything("login", "Users").Ignored(HostLogin),
        Container("static-host-mapping", "Names of hosts",
            List(string.Empty, "Addresses of a name that 'dns-name' and the 'address' of a gateway may say", HostName,
                LeafList("inet", "IPv4 addresses", Address()),
                LeafList("inet6", "IPv6 addresses", Address6),
                LeafList("alias", "Other names of the host", HostName),
                Anything("sysid", "IS-IS system").Ignored("IS-IS is not supported"))
                .OnLineWhenSingle()),
        Container("services", "Network services",
            Anything("ssh", "SSH").Ignored(NoServices),
            Anything("telnet", "Telnet").Ignored(NoServices),
            Anything("ftp", "FTP").Ignored(NoServices),
            Anything("finger", "Finger").Ignored(NoServices),
            Anything("netconf", "NETCONF").Ignored(NoServices),
            Anything("outbound-ssh", "SSH to a collector").Ignored(NoServices),
            Anything("xnm-clear-text", "XML in clear").Ignored(NoServices),
            Anything("xnm-ssl", "XML over SSL").Ignored(NoServices),
            Anything("rest", "REST").Ignored(NoServices),
            Anything("web-management", "Web pages").Ignored(NoServices),
            Anything("dhcp", "DHCP server").Refused("the router serves no DHCP: hosts would get no addresses"),
            Anything("dhcp-local-server", "DHCP server").Refused("the router serves no DHCP: hosts would get no addresses"),
            Anything("dns", "DNS proxy").Refused("the router serves no DNS: hosts would get no answers"),
            Anything("subscriber-management", "Subscribers").Refused("not supported")),
        Anything("syslog", "System log").Ignored(HostLog),
        Anything("tracing", "Remote traces").Ignored(HostLog),
        Anything("archival", "Archive of configurations").Ignored("configurations are kept in the state directory"),
        Leaf("max-configurations-on-flash", "Configurations to keep", Integer(0, 49)).Ignored("the last 50 are kept"),
        Leaf("max-configuration-rollbacks", "Rollbacks to keep", Integer(0, 49)).Ignored("the last 50 are kept"),
        Anything("license", "Licences").Ignored(NoImages),
        Anything("autoinstallation", "First configuration from the network").Ignored(NoImages),
        Anything("processes", "Processes").Ignored("the supervisor starts and watches the router's processes"),
        Anything("scripts", "Scripts").Refused("commit and event scripts are not run"),
        Anything("ntp", "Network time").Ignored(HostClock));
}
