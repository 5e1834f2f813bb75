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
