using RouterOS.Sdk.Configuration;
using static RouterOS.Sdk.Configuration.Schema;
using static RouterOS.Sdk.Configuration.Values;
using static RouterOS.Srx.Statements.SrxValues;

namespace RouterOS.Srx.Statements;

/// <summary><c>[edit security screen]</c>.</summary>
internal static class ScreenStatements
{
    /// <summary>Path of the list of screens.</summary>
    public const string ListPath = "security screen ids-option";

    private const string NotFollowed = "what one source tries over time is not followed yet";

    /// <summary>The subtree.</summary>
    public static StatementSchema Tree { get; } = Container("screen", "Screens",
        TraceOptions,
        List("ids-option", "Screen", ObjectName("screen-name"),
            Description,
            Flag("alarm-without-drop", "Count and let pass"),
            Container("icmp", "Checks of ICMP",
                Flood("ICMP packets to one address"),
                Flag("fragment", "Fragments of ICMP"),
                Flag("large", "Over 1024 bytes"),
                Flag("ping-death", "Fragments beyond the largest packet"),
                Anything("ip-sweep", "One source, many addresses").Refused(NotFollowed),
                Anything("icmpv6-malformed", "ICMPv6 that is cut off").Equivalent("ICMPv6 that is cut off never passes")),
            Container("ip", "Checks of IP",
                Flag("bad-option", "Options of impossible length"),
                Flag("block-frag", "All fragments"),
                Flag("loose-source-route-option", "Loose source routes"),
                Flag("record-route-option", "Record of the route"),
                Flag("security-option", "Security labels"),
                Flag("source-route-option", "Source routes of both kinds"),
                Flag("spoofing", "Sources that are not behind the zone"),
                Flag("stream-option", "Stream identifiers"),
                Flag("strict-source-route-option", "Strict source routes"),
                Flag("tear-drop", "Overlapping fragments").Equivalent("fragments that overlap are never put together"),
                Flag("timestamp-option", "Timestamps"),
                Flag("unknown-protocol", "Protocols from 137"),
                Anything("tunnel", "Tunnels").Refused(NotEnforced),
                Anything("ipv6-extension-header", "Extension headers").Refused(NotEnforced),
                Anything("ipv6-malformed-header", "IPv6 headers that are wrong").Equivalent("IPv6 packets with a wrong header never pass")),
            Container("tcp", "Checks of TCP",
                Flag("fin-no-ack", "FIN without ACK"),
                Flag("land", "SYN from an address to itself"),
                Flag("syn-fin", "SYN together with FIN"),
                Flag("syn-frag", "SYN in fragments"),
                Flag("tcp-no-flag", "No flag at all"),
                Flag("winnuke", "Urgent data to port 139, which lose the mark"),
                Container("syn-flood", "Too many SYN",
                    Leaf("alarm-threshold", "Half-open connections a second", Threshold).Ignored("no alarms are raised: every SYN that is dropped is counted"),
                    Leaf("attack-threshold", "SYN a second to one address and port, beyond which they are dropped", Threshold),
                    Leaf("destination-threshold", "SYN a second to one address", Threshold),
                    Leaf("source-threshold", "SYN a second from one address", Threshold),
                    Leaf("timeout", "Time of half-open connections", Integer(1, 50, "seconds")).Ignored("the router answers for nobody: half-open sessions last 20 seconds"),
                    Anything("white-list", "Addresses that are not counted").Refused("addresses are not excepted yet"))
                    .WithPresence(),
                Anything("port-scan", "One source, many ports").Refused(NotFollowed),
                Anything("tcp-sweep", "One source, many addresses").Refused(NotFollowed),
                Anything("syn-ack-ack-proxy", "Connections through the SYN proxy").Equivalent("there is no SYN proxy")),
            Container("udp", "Checks of UDP",
                Flood("UDP packets to one address"),
                Anything("udp-sweep", "One source, many addresses").Refused(NotFollowed),
                Anything("port-scan", "One source, many ports").Refused(NotFollowed)),
            Anything("limit-session", "Limits of sessions").Refused(NotEnforced)),
        Anything("white-list", "Addresses that are not checked").Refused("addresses are not excepted yet"));

    private static ValueSyntax Threshold => Integer(1, 1_000_000);

    private static StatementSchema Flood(string what) => Container("flood", what,
        Leaf("threshold", "Packets a second, beyond which they are dropped", Threshold)).WithPresence();
}
