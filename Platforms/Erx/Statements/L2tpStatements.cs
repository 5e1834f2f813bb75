using RouterOS.Erx.Profiles;
using RouterOS.Sdk.Configuration;
using RouterOS.Sdk.Configuration.Scripts;
using static RouterOS.Erx.Statements.ErxValues;
using static RouterOS.Sdk.Configuration.Scripts.ScriptParameter;
using static RouterOS.Sdk.Configuration.Values;

namespace RouterOS.Erx.Statements;

/// <summary>L2TP: what holds for the chassis, and destination profiles.</summary>
internal static class L2tpStatements
{
    private const string NoLac = "the router is an LNS only: it calls nobody";
    private const string NoMultilink = "multilink PPP is not supported";

    /// <summary>Commands of the chassis.</summary>
    public static ScriptCommand[] Global =>
    [
        new("l2tp tunnel idle-timeout", "End tunnels without sessions", Of("seconds", "Seconds, 0 for never", Integer(0, 86400, "seconds"))),
        new("l2tp destruct-timeout", "Keep what has ended for show", Of("seconds", "Seconds", Integer(10, 3600, "seconds"))),
        new("l2tp retransmission", "Limit retransmissions", Of("times", "Times", Integer(2, 7)),
            Of("state", "Tunnels that it is for", OneOf(Choice("established", "Those that are up"), Choice("not-established", "Those that are not up"), Choice("all", "All"))).Key().Optional("all")),
        new("l2tp tunnel short-drain-timeout", "Answer a peer after the end", Of("seconds", "Seconds", Integer(0, 31, "seconds"))),
        new("l2tp checksum", "Use UDP checksums on data"),
        new ScriptCommand("l2tp tunnel-switching", "Switch tunnels").Refused("tunnels are not switched into others"),
        new("l2tp ignore-receive-data-sequencing", "Take data in any order"),
        new("l2tp disable challenge", "Send no challenges"),
        new ScriptCommand("l2tp disable calling-number-avp", "Send no calling number").Ignored(NoLac),
        new("l2tp disconnect-cause", "Tell peers why PPP ended"),
        new ScriptCommand("l2tp ignore-transmit-address-change", "Send to where a peer was first", Of("part", "Part of the address", Part).Optional()).Judged(JudgePart),
        new ScriptCommand("l2tp reject-transmit-address-change", "Drop what comes from elsewhere", Of("part", "Part of the address", Part).Optional()).Judged(JudgePart),
        new ScriptCommand("l2tp tunnel default-receive-window", "Set the window", Of("packets", "Messages", Integer(4, 4))),
        new ScriptCommand("l2tp destination lockout-timeout", "Leave a silent destination alone", Of("seconds", "Seconds", Integer(60, 3600, "seconds"))).Ignored(NoLac),
        new ScriptCommand("l2tp destination lockout-test", "Test a destination before use").Ignored(NoLac),
        new ScriptCommand("l2tp fail-over-within-preference", "Try destinations of equal preference").Ignored(NoLac),
        new ScriptCommand("l2tp weighted-load-balancing", "Spread calls by weight").Ignored(NoLac),
        new("l2tp failover-resync", "Choose how tunnels survive a restart",
            Of("how", "How", OneOf(
                Choice("disable", "Not at all"), Choice("failover-protocol", "RFC 4951"), Choice("silent-failover", "Without the peer"),
                Choice("failover-protocol-fallback-to-silent-failover", "RFC 4951, else without the peer")))),
        new ScriptCommand("l2tp rx-connect-speed-when-equal", "Always send the receive speed").Ignored(NoLac),
        new("l2tp drain", "Take no new tunnels and sessions"),
        new("l2tp shutdown", "Close all tunnels and sessions, and take no new ones"),
    ];

    /// <summary>Commands of a virtual router.</summary>
    public static ScriptCommand[] OfRouter =>
    [
        new ScriptCommand(
            "l2tp destination profile", "Configure the peers of an address",
            Of("name", "Name", ObjectName("profileName")).Key(),
            Named("virtual-router", "virtual-router", "Virtual router that leads to the peers", VirtualRouter).Context(),
            Named("ip address", "address", "Address of the peer, or 0.0.0.0 for any", Address()).ForCreation())
            .Enters(Destination).AtMost(ErxLimits.DestinationProfiles),
    ];

    private static Verdict JudgePart(StatementView view, Abstractions.Chassis.ChassisProfile profile) =>
        view.Text("part") is null ? Verdict.Applied : Verdict.Equivalent("it holds for address and port alike");

    private static ValueSyntax Part { get; } = OneOf(Choice("ip-address", "The address"), Choice("udp-port", "The port"));

    private static ScriptMode Destination { get; } = new("config-l2tp-dest-profile",
    [
        new("max-sessions", "Limit the sessions", Of("number", "Sessions", Integer(1, 65535))),
        new ScriptCommand("remote host", "Configure a peer by its name", Of("name", "Name, or 'default' for all others", ObjectName("hostName", 64)).Key())
            .Enters(new ScriptMode("config-l2tp-dest-profile-host",
            [
                new ScriptCommand("enable ipsec-transport", "Take tunnels under IPsec only").Or("enable ipsec transport").Judged((_, profile) => NeedsIsm(profile)),
                new("single-shot-tunnel", "One session in the life of a tunnel"),
                new("local ip address", "Set the address that packets come from", Of("address", "Address", Address())),
                new("local host", "Set the router's name towards the peer", Of("name", "Name", ObjectName("hostName", 64))),
                new("profile", "Choose the profile of the interfaces", Of("name", "Name", ObjectName("profileName"))),
                new("tunnel password", "Set the secret that is shared with the peer", Of("password", "Password", Password).ShownAs(Clear)),
                new("disconnect-cause", "Tell the peer why PPP ended"),
                new("disable proxy lcp", "Negotiate LCP anew"),
                new("disable proxy authenticate", "Authenticate anew"),
                new ScriptCommand("enable proxy authenticate", "Use the LAC's authentication").Equivalent("it is used where nothing says otherwise"),
                new ScriptCommand("default-upper-type mlppp", "Expect multilink PPP").Refused(NoMultilink),
                new ScriptCommand("bundled-group-id", "Number a bundle", Of("number", "Number", Integer(0, 4294967295))).Refused(NoMultilink),
                new ScriptCommand("bundled-group-id-overrides-mlppp-ed", "Prefer the number of the bundle").Refused(NoMultilink),
                new ScriptCommand("radius connect-info-format l2tp-connect-speed", "Tell the speed to RADIUS").Ignored("servers are not told of speeds"),
                new ScriptCommand("session-out-of-resource-result-code-override", "Send another result code").Ignored("peers are told the reason as it is"),
                new("receive-window", "Set the window", Of("packets", "Messages", Integer(4, 1024))),
                new("max-sessions", "Limit the sessions", Of("number", "Sessions", Integer(1, 65535))),
            ])),
    ]);
}
