using RouterOS.Sdk.Configuration.Scripts;
using static RouterOS.Erx.Statements.ErxValues;
using static RouterOS.Sdk.Configuration.Scripts.ScriptParameter;
using static RouterOS.Sdk.Configuration.Values;

namespace RouterOS.Erx.Statements;

/// <summary>Routes and other parts of IP in a virtual router.</summary>
internal static class RoutingStatements
{
    private const string NoProtocols = "routing protocols are not supported yet: use 'ip route'";

    /// <summary>Commands of a virtual router.</summary>
    public static ScriptCommand[] OfRouter =>
    [
        new ScriptCommand("ip router-id", "Set the router's identifier", Of("address", "Address", Address())).Ignored("no routing protocol runs that would use it"),
        new ScriptCommand("ip domain-lookup", "Look names up").Ignored("addresses are given as numbers"),
        new ScriptCommand("ip name-server", "Name a DNS server", Of("address", "Address", Address()).Key()).Ignored("addresses are given as numbers"),
        new ScriptCommand(
            "ip route", "Make a static route",
            Of("prefix", "Network", Address()).Key(), Of("mask", "Network mask", Mask).Key(),
            NextHop.Key(), Of("distance", "Distance", Integer(1, 255)).Optional()),
        new ScriptCommand(
            "ipv6 route", "Make a static IPv6 route",
            Of("prefix", "Network with its prefix's length", Prefix6()).Key(), NextHop6.Key(), Of("distance", "Distance", Integer(1, 255)).Optional()),
        new ScriptCommand("ip tunnel reassembly", "Put fragments of tunnel packets together").Equivalent("fragments to the router are always put together"),
        new ScriptCommand("ip bgp", "Configure BGP", Rest("text", "Text").Key()).Refused(NoProtocols),
        new ScriptCommand("router bgp", "Configure BGP", Rest("text", "Text").Key()).Refused(NoProtocols),
        new ScriptCommand("router isis", "Configure IS-IS", Rest("text", "Text").Key()).Refused(NoProtocols),
        new ScriptCommand("router ospf", "Configure OSPF", Rest("text", "Text").Key()).Refused(NoProtocols),
        new ScriptCommand("router rip", "Run RIP").Refused(NoProtocols),
        new ScriptCommand("ip dhcp-local", "Configure the DHCP server", Rest("text", "Text").Key()).Refused("there is no DHCP server"),
        new ScriptCommand("ip http", "Configure the HTTP server", Rest("text", "Text").Key()).Ignored("there is no HTTP server"),
        new ScriptCommand("ip ftp", "Configure FTP", Rest("text", "Text").Key()).Ignored("there is no FTP client"),
        new ScriptCommand("ip ssh", "Configure SSH", Rest("text", "Text").Key()).Ignored("there is no SSH server"),
    ];

    private static ScriptParameter NextHop6 { get; } =
        InterfaceNames.Parameter("next-hop", "Next hop: an IPv6 address, or null 0", new("next-hop", "an IPv6 address, or null 0")
        {
            Read = text => TryAddress6(text, out System.Net.IPAddress? address) ? address!.ToString() : text == "null 0" ? text : null,
        });

    private static ScriptParameter NextHop { get; } =
        InterfaceNames.Parameter("next-hop", "Next hop: an address, or an interface", new("next-hop", "an address, or an interface such as null 0")
        {
            Read = text => TryAddress(text, out _) ? text : InterfaceNames.Any.Read!(text),
        });
}
