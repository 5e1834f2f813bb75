using RouterOS.Sdk.Configuration.Scripts;
using static RouterOS.Erx.Statements.ErxValues;
using static RouterOS.Sdk.Configuration.Scripts.ScriptParameter;
using static RouterOS.Sdk.Configuration.Values;

namespace RouterOS.Erx.Statements;

/// <summary><c>profile</c>: what interfaces of users get.</summary>
internal static class ProfileStatements
{
    /// <summary>The command.</summary>
    public static ScriptCommand Profile { get; } = new ScriptCommand("profile", "Configure interfaces that come with users", Of("name", "Name", ObjectName("profileName")).Key())
        .Enters(new ScriptMode("config-profile",
        [
            new("ip unnumbered", "Take the address of another interface", InterfaceNames.Parameter("interface", "Interface with the address")),
            new("ip virtual-router", "Put users into a virtual router", Of("name", "Name", VirtualRouter)),
            new("ip mtu", "Set the largest IP packet", Of("bytes", "Bytes", Integer(128, 10240, "bytes"))),
            new ScriptCommand("ip sa-validate", "Check source addresses").Equivalent("packets with a source that is not the user's are always dropped"),
            new ScriptCommand("ip policy", "Attach a policy", Rest("text", "Policy")).Refused("policies on packets are not enforced yet"),
            new("ipv6 enable", "Negotiate IPv6 with users"),
            new("ipv6 unnumbered", "Take the IPv6 address of another interface", InterfaceNames.Parameter("interface", "Interface with the address")),
            new("ipv6 mtu", "Set the largest IPv6 packet", Of("bytes", "Bytes", Integer(1280, 10240, "bytes"))),
            new ScriptCommand("ipv6 sa-validate", "Check source addresses").Equivalent("packets with a source that is not the user's are always dropped"),
            new ScriptCommand("ipv6 policy", "Attach a policy", Rest("text", "Policy")).Refused("policies on packets are not enforced yet"),
            new("ipv6 nd prefix-advertisement", "Advertise a prefix to users for whom RADIUS has none",
                Of("prefix", "Prefix of 64 bits", UserPrefix), Of("valid", "Seconds for which it is valid", Integer(0, uint.MaxValue, "seconds")),
                Of("preferred", "Seconds for which it is preferred", Integer(0, uint.MaxValue, "seconds")),
                Flag("onlink", "The prefix is on the link"), Flag("autoconfig", "Users may make addresses of it")),
            new("ipv6 nd ra-interval", "Set the time between router advertisements", Of("seconds", "Seconds", Integer(4, 1800, "seconds"))),
            new("ipv6 nd ra-lifetime", "Set how long users take this router as theirs", Of("seconds", "Seconds", Integer(0, 9000, "seconds"))),
            new("ipv6 nd reachable-time", "Set how long users take a neighbour as reachable", Of("milliseconds", "Milliseconds", Integer(0, 3600000, "milliseconds"))),
            new("ipv6 nd managed-config-flag", "Send users to DHCP for addresses"),
            new("ipv6 nd other-config-flag", "Send users to DHCP for other settings"),
            new("ipv6 nd suppress-ra", "Send no router advertisements"),
            new("ppp authentication", "Choose how users prove who they are",
                Of("method", "Method, in the order they are tried", OneOf(
                    Choice("pap", "Password Authentication Protocol"), Choice("chap", "Challenge Handshake Authentication Protocol"),
                    Choice("mschap", "MS-CHAP version 1"), Choice("mschapv2", "MS-CHAP version 2"))).Many()),
            new("ppp keepalive", "Ask users for a sign of life", Of("seconds", "Seconds between two", Integer(10, 64800, "seconds"))),
            new("ppp mru", "Set the largest frame to receive", Of("bytes", "Bytes", Integer(64, 9996, "bytes"))),
            new ScriptCommand("ppp description", "Describe the interfaces", Rest("text", "Text")).Ignored("it is kept and changes nothing"),
            new ScriptCommand("ppp ipcp", "Configure IPCP", Rest("text", "Text")).Ignored("users are given DNS and NBNS servers as they ask"),
            new ScriptCommand("ppp log", "Log PPP", Rest("text", "Text")).Ignored("negotiations and failures are always logged"),
        ]));
}
