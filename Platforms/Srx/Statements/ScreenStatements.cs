using RouterOS.Sdk.Configuration;
using RouterOS.Srx.Bindings;
using static RouterOS.Sdk.Configuration.Schema;
using static RouterOS.Sdk.Configuration.Values;
using static RouterOS.Srx.Statements.SrxValues;

namespace RouterOS.Srx.Statements;

/// <summary><c>[edit security screen]</c>.</summary>
internal static class ScreenStatements
{
    /// <summary>Path of the list of screens.</summary>
    public const string ListPath = "security screen ids-option";

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
                Tries("ip-sweep", "One source, many addresses"),
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
                Container("tunnel", "Tunnels that are not encrypted",
                    Flag("bad-inner-header", "Around what is no packet"),
                    Container("gre", "GRE", [.. ScreenTunnels.Gre.Select(pair => Flag(pair.Word, pair.Help))]),
                    Container("ipip", "IP in IP", [.. ScreenTunnels.Ipip.Select(pair => Flag(pair.Word, pair.Help))]),
                    Container("ip-in-udp", "IP in UDP", [.. ScreenTunnels.Udp.Select(pair => Flag(pair.Word, pair.Help))])),
                Container("ipv6-extension-header", "Extension headers", [
                    .. ScreenHeaders.Plain.Select(pair => Flag(pair.Word, "This header")),
                    Options(ScreenHeaders.HopByHop, ScreenHeaders.HopOptions),
                    Options(ScreenHeaders.Destination, ScreenHeaders.DestinationOptions),
                    Range("user-defined-header-type", "Headers of these numbers")]),
                Leaf("ipv6-extension-header-limit", "More extension headers than that", Integer(0, 32)),
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
                    List("white-list", "Addresses that are not counted", ObjectName("white-list-name"),
                        LeafList("source-address", "Sources", AnyPrefix()),
                        LeafList("destination-address", "Destinations", AnyPrefix())))
                    .WithPresence(),
                Tries("port-scan", "One source, many ports"),
                Tries("tcp-sweep", "One source, many addresses"),
                Anything("syn-ack-ack-proxy", "Connections through the SYN proxy").Equivalent("there is no SYN proxy")),
            Container("udp", "Checks of UDP",
                Flood("UDP packets to one address",
                    LeafList("white-list", "Sources that are not counted", Reference("white-list-name", "security screen white-list"))),
                Tries("udp-sweep", "One source, many addresses"),
                Tries("port-scan", "One source, many ports")),
            Container("limit-session", "Limits of sessions",
                Leaf("source-ip-based", "Sessions that one address may have opened", Integer(1, 50000)),
                Leaf("destination-ip-based", "Sessions to one address", Integer(1, 50000)))),
        List("white-list", "Addresses that screens name", ObjectName("white-list-name"),
            LeafList("address", "Addresses", AnyPrefix())));

    private static ValueSyntax Threshold => Integer(1, 1_000_000);

    private static StatementSchema Flood(string what, params StatementSchema[] more) => Container("flood", what,
        [Leaf("threshold", "Packets a second, beyond which they are dropped", Threshold), .. more]).WithPresence();

    private static StatementSchema Tries(string name, string help) => Container(name, help,
        Leaf("threshold", "Time within which the tenth different one is the last", Integer(1000, 1_000_000, "microseconds"))).WithPresence();

    private static StatementSchema Options(ScreenNumber header, IReadOnlyList<ScreenNumber> options) => Container(header.Word, "This header, or what is named of it",
        [.. options.Select(pair => Flag(pair.Word, "This option")), Range("user-defined-option-type", "Options of these numbers")]).WithPresence();

    private static StatementSchema Range(string name, string help) => List(name, help, Integer(0, 255),
        Leaf("to", "Last one", Integer(0, 255))).OnLine();
}
