using RouterOS.Sdk.Configuration;
using RouterOS.Sdk.Configuration.Scripts;
using static RouterOS.Erx.Statements.ErxValues;
using static RouterOS.Sdk.Configuration.Scripts.ScriptParameter;
using static RouterOS.Sdk.Configuration.Values;

namespace RouterOS.Erx.Statements;

/// <summary><c>interface</c> and what is configured of one.</summary>
internal static class InterfaceStatements
{
    /// <summary>Why parts of a tunnel's configuration do nothing by themselves.</summary>
    private const string OfTunnel = "it is part of a tunnel interface, whose own verdict holds";

    /// <summary>Commands of a virtual router.</summary>
    public static ScriptCommand[] OfRouter =>
    [
        new ScriptCommand(
            "interface", "Configure an interface",
            InterfaceNames.Parameter("interface", "Kind of interface, then its place or name").Key(),
            Named("transport-virtual-router", "transport-virtual-router", "Virtual router that carries the tunnel", VirtualRouter).Optional(),
            Flag("ipsec-transport", "Secure the tunnel with IPsec").OnlyAtCreation(
                "a tunnel cannot be converted between clear and IPSec-secured: delete it, then configure it as the new type"))
            .Enters(Interface, keys => InterfaceNames.IsSubinterface(keys[0]) ? "config-subif" : "config-if")
            .Judged(InterfaceNames.Judge).Sorted(),
    ];

    // The interface of a command of two words.
    private static bool IsOfMajor(StatementView view) => view.Parent?.Parent?.Key is { } name && !InterfaceNames.IsSubinterface(name);

    private static ScriptMode Interface { get; } = new("config-if",
    [
        new("description", "Describe the interface", Rest("text", "Text")),
        new ScriptCommand("ip description", "Describe the IP interface", Rest("text", "Text")).Ignored("it is kept and changes nothing"),
        new ScriptCommand(
            "ip address", "Set the address and network of the interface",
            Of("address", "Address", Address()).Key(), Of("mask", "Network mask", Mask), Flag("secondary", "An address besides the first"))
            .OneWithout("secondary"),
        new ScriptCommand("ip unnumbered", "Take the address of another interface", InterfaceNames.Parameter("interface", "Interface with the address"))
            .Refused("only interfaces that a profile makes can be unnumbered"),
        new("ipv6 address", "Set an IPv6 address and its network", Of("address", "Address with the prefix's length", InterfaceAddress6()).Key()),
        new("ipv6 enable", "Speak IPv6, with a link-local address at least"),
        new("ipv6 mtu", "Set the largest IPv6 packet", Of("bytes", "Bytes", Integer(1280, 10240, "bytes"))),
        new("ip mtu", "Set the largest IP packet", Of("bytes", "Bytes", Integer(128, 10240, "bytes"))),
        new("mtu", "Set the largest frame", Of("bytes", "Bytes", Integer(256, 9192, "bytes"))),
        new("shutdown", "Disable the interface"),
        new ScriptCommand("encapsulation vlan", "Carry VLAN subinterfaces").Judged((view, _) =>
            IsOfMajor(view) ? Verdict.Applied : Verdict.Refused("it is configured on the port that carries VLAN subinterfaces")),
        new ScriptCommand("vlan id", "Set the VLAN of the subinterface", Of("id", "VLAN identifier", Integer(1, 4094))).Judged((view, _) =>
            IsOfMajor(view) ? Verdict.Refused("only a subinterface is in a VLAN") : Verdict.Applied),
        new ScriptCommand("svlan id", "Set the outer tag", Rest("text", "Identifier")).Refused("frames with two tags are not supported"),
        new ScriptCommand("speed", "Set the speed", Of("speed", "Speed", Text("speed", 32))).Ignored("the host's port negotiates its speed"),
        new ScriptCommand("duplex", "Set the duplex mode", Of("duplex", "Mode", Text("mode", 32))).Ignored("the host's port negotiates its duplex mode"),
        .. MulticastStatements.OfInterface,
        new ScriptCommand("ip policy", "Attach a policy", Rest("text", "Policy")).Refused("policies on packets are not enforced yet"),
        new ScriptCommand("snmp trap", "Send traps about the interface", Rest("text", "Trap")).Ignored("no SNMP agent runs"),
        .. TunnelStatements.OfInterface,
        new ScriptCommand("tunnel transform-set", "Choose transforms", Of("name", "Name of a transform set", ObjectName("name", 64))).Ignored(OfTunnel),
        new ScriptCommand("tunnel signaling", "Choose how keys are made", Of("how", "How", OneOf(Choice("isakmp", "By IKE"), Choice("manual", "By hand")))).Ignored(OfTunnel),
        new ScriptCommand("tunnel local-identity", "Set the local selector", Rest("identity", "Address, subnet or range")).Ignored(OfTunnel),
        new ScriptCommand("tunnel peer-identity", "Set the remote selector", Rest("identity", "Address, subnet or range")).Ignored(OfTunnel),
        new ScriptCommand("tunnel pfs group", "Use perfect forward secrecy", Of("group", "Group", IpsecStatements.Group)).Ignored(OfTunnel),
        new ScriptCommand("tunnel lifetime", "Limit the keys' life", Rest("lifetime", "Seconds and kilobytes")).Ignored(OfTunnel),
        new ScriptCommand("tunnel session-key-inbound", "Set inbound keys", Of("keys", "Transform, SPI and keys", SecretText("keys")).Many()).Ignored(OfTunnel),
        new ScriptCommand("tunnel session-key-outbound", "Set outbound keys", Of("keys", "Transform, SPI and keys", SecretText("keys")).Many()).Ignored(OfTunnel),
    ]);
}
