using RouterOS.Sdk.Configuration;
using RouterOS.Sdk.Configuration.Scripts;
using static RouterOS.Erx.Statements.ErxValues;
using static RouterOS.Sdk.Configuration.Scripts.ScriptParameter;
using static RouterOS.Sdk.Configuration.Values;

namespace RouterOS.Erx.Statements;

/// <summary>The configuration language of the series: global mode, with all that can be entered from it.</summary>
internal static class ErxStatements
{
    /// <summary>List of virtual routers.</summary>
    public const string VirtualRouters = "virtual-router";

    /// <summary>The virtual router that is always there.</summary>
    public const string DefaultRouter = "default";

    private const string HostDoes = "the host does that";

    /// <summary>Global configuration mode.</summary>
    public static ScriptMode Global { get; } = new("config",
    [
        new("hostname", "Set the name of the router", Of("name", "Name", Name("name", 64))),
        .. Elsewhere,
        .. AaaStatements.Global,
        .. IpsecStatements.Chassis,
        .. L2tpStatements.Global,
        ProfileStatements.Profile,
        new ScriptCommand("tunnel-server", "Configure a tunnel-server port", Of("port", "Slot and port", Pattern("slot/port", @"\d{1,2}/\d{1,2}(?:/\d{1,2})?", "a place such as 4/0")).Key())
            .Enters(new ScriptMode("config-tunnel-server",
            [
                new ScriptCommand("max-interfaces", "Limit the interfaces of the port", Of("number", "Number of interfaces, or all", Integer(0, 65535).Or(Choice("all-available", "As many as there can be"))))
                    .Ignored("interfaces are limited by memory, not by a port"),
                new ScriptCommand("reserve-bandwidth", "Keep bandwidth for tunnels", Of("percent", "Percent of the port's bandwidth", Integer(0, 100)))
                    .Ignored("tunnels share the processors with everything else"),
            ])),
        new ScriptCommand("virtual-router", "Enter the context of a virtual router, and make it if there is none", Of("name", "Name", VirtualRouter).Key())
            .EntersTheContext().Judged((view, _) => view.Key.Contains(':', StringComparison.Ordinal)
                ? Verdict.Refused("VRFs inside a virtual router are not supported: make a virtual router of each") : Verdict.Applied),
        .. InterfaceStatements.OfRouter.Select(c => c.OfContext()),
        .. RoutingStatements.OfRouter.Select(c => c.OfContext()),
        .. AccessListStatements.OfRouter.Select(c => c.OfContext()),
        .. MulticastStatements.OfRouter.Select(c => c.OfContext()),
        .. AaaStatements.OfRouter.Select(c => c.OfContext()),
        .. IpsecStatements.OfRouter.Select(c => c.OfContext()),
        .. L2tpStatements.OfRouter.Select(c => c.OfContext()),
    ]);

    /// <summary>The root.</summary>
    public static StatementSchema Root { get; } = ScriptSchema.Of(Global, VirtualRouters);

    // What a box has and a router on a host has not. Each kind may come many times, told apart by its text.
    private static ScriptCommand[] Elsewhere =>
    [
        Text("banner", "Set banners", "no session shows a banner"),
        Text("boot", "Choose what is booted", HostDoes),
        Text("clock", "Set the clock", "the clock is the host's"),
        Password("enable password"), Password("enable secret"),
        Text("exception", "Say where dumps go", HostDoes),
        Text("line", "Configure terminal lines", "terminals are the host's"),
        new ScriptCommand("log severity", "Choose what 'show log data' shows",
            Of("severity", "The least severity, its number, or off", OneOf([.. Layouts.LogLayout.Words.Select(w => Choice(w.Word, w.Help))])),
            Of("category", "Category of events, itm for IPsec transport mode; without one, all", ObjectName("category", 40)).Key().Optional(Layouts.LogLayout.All)),
        Text("log verbosity", "Choose how much of each event is shown", "an event is one line"),
        Text("log destination", "Choose where events go", "events go to the host's journal, and to 'show log data'"),
        Text("log engineering", "Show internal events", "there are none besides those that 'show log data' shows"),
        Text("ntp", "Configure NTP", "the clock is the host's"),
        Text("service", "Configure services", "keys are sealed on disk, and no such service runs"),
        Text("snmp-server", "Configure SNMP", "no SNMP agent runs: nothing answers, and no trap is sent"),
        Text("telnet", "Configure Telnet", "no Telnet server runs"),
        Text("timing", "Configure timing", "a host has no timing module"),
    ];

    private static ScriptCommand Password(string words) =>
        new ScriptCommand(words, "Set the password of Privileged Exec mode", Of("password", "Password", SecretText("password")).Many().ShownAs(Clear))
            .Ignored("who may attach is decided by the rights on the socket");

    private static ScriptCommand Text(string words, string help, string why) =>
        new ScriptCommand(words, help, Rest("text", "Text").Key()).Ignored(why);
}
