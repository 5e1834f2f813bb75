using RouterOS.Sdk.Configuration;
using static RouterOS.Sdk.Configuration.Schema;
using static RouterOS.Sdk.Configuration.Values;
using static RouterOS.Srx.Statements.SrxValues;

namespace RouterOS.Srx.Statements;

/// <summary><c>[edit security]</c>: the large subtrees, and all that is not done yet.</summary>
internal static class SecurityStatements
{
    private const string NoGateway = "no application gateway runs";

    // Gateways of the family; each takes `disable` and options.
    private static readonly string[] s_gateways =
    [
        "dns", "ftp", "h323", "ike-esp-nat", "mgcp", "msrpc", "pptp", "real", "rsh", "rtsp", "sccp", "sip", "sql", "sunrpc", "talk", "tftp",
    ];

    /// <summary>The subtree.</summary>
    public static StatementSchema Tree { get; } = Container("security", "Security",
        TraceOptions,
        Anything("log", "Log of the data path").Ignored("sessions are logged to 'show log traffic-log'; nothing is sent elsewhere"),
        Anything("ssh-known-hosts", "Keys of SSH servers").Ignored("the router opens no connection of its own"),
        Anything("certificates", "Certificates").Refused("certificates are not supported yet"),
        Container("pki", "Certificates",
            List("ca-profile", "Authority whose certificate is loaded under this name", ObjectName("profile-name"),
                Leaf("ca-identity", "Name of the authority", Text("identity")).Ignored("the certificate itself says whose it is"),
                Container("revocation-check", "Ask whether certificates were revoked",
                    Flag("disable", "Do not ask").Equivalent("no list of revoked certificates is fetched"),
                    Anything("crl", "Lists of revoked certificates").Refused("lists of revoked certificates are not fetched yet"),
                    Anything("ocsp", "Online answers").Refused("authorities are not asked yet")),
                Anything("enrollment", "Where certificates are requested").Refused("certificates are loaded from files: request security pki"),
                Anything("administrator", "Mail address").Ignored("nothing is mailed")),
            Anything("auto-re-enrollment", "Renew certificates").Refused("certificates are loaded from files: request security pki"),
            TraceOptions),
        IkeStatements.Tree,
        IpsecStatements.Tree,
        Anything("group-vpn", "Group VPN").Refused("group VPNs are not supported"),
        Anything("dynamic-vpn", "VPN of single users").Refused("nothing is downloaded to clients: configure them by themselves, and 'xauth access-profile' at the gateway"),
        ZoneStatements.Books,
        Container("alg", "Application gateways",
            [TraceOptions, Anything("alg-manager", "All gateways").Equivalent(NoGateway), .. s_gateways.Select(Gateway)]),
        Anything("application-firewall", "Policies by application").Refused(NotEnforced),
        Anything("application-tracking", "Follow applications").Refused(NotEnforced),
        Container("flow", "Handling of sessions",
            TraceOptions,
            Container("aging", "Early end of sessions while the session table is full",
                Leaf("early-ageout", "Idle time after which they end", Integer(1, 65535, "seconds")),
                Leaf("high-watermark", "Part of the table in use at which it begins", Integer(0, 100, "percent")),
                Leaf("low-watermark", "Part of the table in use below which it ends", Integer(0, 100, "percent")))
                .WithPresence(),
            Flag("allow-dns-reply", "Let DNS answers open sessions"),
            Anything("bridge", "Bridged packets").Refused("bridging is not supported"),
            Anything("force-ip-reassembly", "Reassemble fragments").Equivalent("fragments are always reassembled before they are judged"),
            Anything("ipsec-performance-acceleration", "Faster IPsec").Ignored("IPsec already runs in the fast path"),
            Anything("load-distribution", "Spread of sessions").Ignored("sessions are spread by their addresses and ports"),
            Anything("pending-sess-queue-length", "Packets kept for a new session").Ignored("the first packet decides at once: none is kept"),
            Leaf("route-change-timeout", "Time of sessions whose route is gone", Integer(6, 1800, "seconds")),
            Anything("syn-flood-protection-mode", "Protection against SYN floods").Ignored("too many SYN are dropped: nothing answers for the hosts"),
            Container("tcp-mss", "Limit of TCP segments",
                SegmentLimit("all-tcp", "All TCP connections"),
                SegmentLimit("ipsec-vpn", "TCP connections into or out of a VPN"),
                GreSegmentLimit("gre-in", "TCP connections out of GRE"),
                GreSegmentLimit("gre-out", "TCP connections into GRE")),
            Container("tcp-session", "Checks of TCP sessions",
                Flag("no-sequence-check", "Do not check sequence numbers").Equivalent("sequence numbers are not checked"),
                Flag("no-syn-check", "Let segments without a session open one").Equivalent("segments without a session open one where a policy permits them"),
                Flag("no-syn-check-in-tunnel", "The same for what comes out of tunnels")
                    .Equivalent("segments without a session open one where a policy permits them"),
                Anything("maximum-window", "Largest window").Ignored("sequence numbers are not checked"),
                Anything("rst-invalidate-session", "End sessions at RST").Equivalent("RST always ends a session"),
                Flag("rst-sequence-check", "Check sequence numbers of RST"),
                Flag("strict-syn-check", "Let nothing pass before the handshake is over"),
                Leaf("tcp-initial-timeout", "Time for the handshake", Integer(4, 300, "seconds")),
                Container("time-wait-state", "Sessions after the last FIN",
                    Flag("session-ageout", "They last as long as open ones").Exclusive("time"),
                    Leaf("session-timeout", "Time", Integer(2, 600, "seconds")).Exclusive("time"),
                    Flag("apply-to-half-close-state", "The same after the first FIN"))
                    .WithPresence())),
        Container("forwarding-options", "Packets of other families",
            Container("family", "Protocol family",
                Container("inet6", "IPv6",
                    Leaf("mode", "What happens to IPv6 packets", OneOf(
                        Choice("drop", "They are dropped"),
                        Choice("flow-based", "Sessions and policies judge them"),
                        Choice("packet-based", "Packet by packet", Verdict.Refused("only sessions and policies are supported: use flow-based"))))),
                Anything("iso", "ISO").Refused("IS-IS is not supported"),
                Anything("mpls", "MPLS").Refused("MPLS is not supported"))),
        Anything("forwarding-process", "Forwarding process").Refused(NotEnforced),
        Anything("firewall-authentication", "Authentication of users").Refused(NotEnforced),
        Anything("idp", "Intrusion prevention").Refused(NotEnforced),
        Anything("utm", "Inspection of content").Refused(NotEnforced),
        ScreenStatements.Tree,
        Anything("nat", "Address translation").Refused("address translation is not supported yet"),
        PolicyStatements.Tree,
        Anything("resource-manager", "Limits of sessions").Refused(NotEnforced),
        Anything("user-identification", "Users").Refused(NotEnforced),
        ZoneStatements.Tree);

    private static StatementSchema SegmentLimit(string name, string help) => Container(name, help,
        Leaf("mss", "Largest segment that a handshake may offer", Integer(64, 65535, "bytes")).Mandatory());

    private static StatementSchema GreSegmentLimit(string name, string help) => Container(name, help,
        Leaf("mss", "Largest segment that a handshake may offer", Integer(64, 65535, "bytes"))).WithPresence();

    private static StatementSchema Gateway(string name) => Container(name, "Application gateway",
        Flag("disable", "Do not run it").Equivalent(NoGateway),
        Anything("traceoptions", "Trace options").Ignored(TracesAlways),
        Anything("application-screen", "Checks of the application").Refused(NotEnforced))
        .WithPresence();
}
