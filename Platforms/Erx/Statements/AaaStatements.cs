using RouterOS.Sdk.Configuration;
using RouterOS.Sdk.Configuration.Scripts;
using static RouterOS.Erx.Statements.ErxValues;
using static RouterOS.Sdk.Configuration.Scripts.ScriptParameter;
using static RouterOS.Sdk.Configuration.Values;

namespace RouterOS.Erx.Statements;

/// <summary>Users, pools, RADIUS servers and domain maps.</summary>
internal static class AaaStatements
{
    private static readonly ValueSyntax s_user = ObjectName("userName", 64);

    /// <summary>Commands of the chassis.</summary>
    public static ScriptCommand[] Global =>
    [
        new("aaa authentication ppp default", "Choose who authenticates users",
            Of("method", "Method, in the order they are tried", OneOf(
                Choice("radius", "RADIUS servers"), Choice("local", "Users of the configuration"), Choice("none", "Nobody: all are let in"))).Many()),
        new("aaa accounting ppp default", "Choose who accounts for users",
            Of("method", "Method", OneOf(Choice("radius", "RADIUS servers"), Choice("none", "Nobody"))).Many()),
        new("aaa dns primary", "Set the first DNS server of users", Of("address", "Address", Address())),
        new("aaa dns secondary", "Set the second DNS server of users", Of("address", "Address", Address())),
        new("aaa wins primary", "Set the first NBNS server of users", Of("address", "Address", Address())),
        new("aaa wins secondary", "Set the second NBNS server of users", Of("address", "Address", Address())),
        new ScriptCommand("aaa domain-map", "Map the users of a domain", Of("domain", "Domain, 'none' or 'default'", ObjectName("domain", 64)).Key())
            .Enters(new ScriptMode("config-domain-map",
            [
                new("virtual-router", "Virtual router of the users", Of("name", "Name", VirtualRouter)),
                new("auth-router-name", "Virtual router that authenticates them", Of("name", "Name", VirtualRouter)),
                new("ip-router-name", "Virtual router of their interfaces", Of("name", "Name", VirtualRouter)),
                new("loopback", "Loopback whose address is the router's", Of("number", "Number", Integer(0, 999999999))),
                new("address-pool-name", "Pool of their addresses", Of("name", "Name", ObjectName("poolName", 31))),
            ])),
        new ScriptCommand("aaa local database", "Make a database of users", Of("name", "Name", ObjectName("databaseName", 32)).Key())
            .Ignored("the users of all databases are let in, in every virtual router"),
        new ScriptCommand("aaa local username", "Configure a user", Of("name", "Name", s_user).Key(), Named("database", "database", "Database", ObjectName("databaseName", 32)).Optional())
            .Enters(User),
        new ScriptCommand("username", "Configure a user", Of("name", "Name", s_user).Key(),
            Named("password", "password", "Password", Password).ShownAs(Clear).Optional())
            .Enters(new ScriptMode("config-local-user", UserCommands)),
    ];

    /// <summary>Commands of a virtual router.</summary>
    public static ScriptCommand[] OfRouter =>
    [
        new("ip address-pool", "Choose where addresses of users come from",
            Of("where", "Where", OneOf(Choice("local", "Local pools"), Choice("none", "Nowhere"), Choice("dhcp", "DHCP servers", Verdict.Refused("DHCP is not supported: use local pools"))))),
        new ScriptCommand(
            "ip local pool", "Make a pool of addresses for users",
            Of("name", "Name", ObjectName("poolName", 31)).Key(),
            Of("first", "First address", Address()).Optional(), Of("last", "Last address", Address()).Optional())
            .Enters(new ScriptMode("config-local-pool",
            [
                new("network", "Add the addresses of a network", Of("address", "Network", Address()).Key(), Of("mask", "Network mask", Mask)),
                new("warning", "Warn when few are left", Of("high", "Percent in use", Integer(1, 100)), Of("low", "Percent at which all is well again", Integer(1, 100))),
                new ScriptCommand("snmpTrap", "Send traps").Ignored("no SNMP agent runs"),
            ])),
        new ScriptCommand("radius authentication server", "Configure a RADIUS server", Of("address", "Address", Address()).Key()).Enters(Radius),
        new ScriptCommand("radius accounting server", "Configure a RADIUS server", Of("address", "Address", Address()).Key()).Enters(Radius),
        new("radius update-source-addr", "Set the source address", Of("address", "Address", Address())),
        new("radius algorithm", "Choose among servers", Of("how", "How", OneOf(Choice("direct", "The first that answers"), Choice("round-robin", "In turn")))),
        new ScriptCommand("radius calling-station-format", "Write Calling-Station-Id", Rest("text", "Format"))
            .Refused("not supported yet: Calling-Station-Id is what the tunnel's other end says"),
        new ScriptCommand(
            "radius include", "Choose what requests say", Of("attribute", "Attribute", OneOf([.. RadiusAttributes.All.Select(a => Choice(a.Word, "Attribute"))])).Key(),
            Of("request", "Kind of request", OneOf(
                Choice("access-request", "Access-Request"), Choice("acct-start", "Accounting-Start"), Choice("acct-stop", "Accounting-Stop and interim updates"))).Key(),
            Of("choice", "Whether it is there", OneOf(Choice("enable", "It is"), Choice("disable", "It is not"))))
            .Judged(RadiusAttributes.Judge),
        new("radius nas-identifier", "Set the router's name for servers", Of("name", "Name", ObjectName("name", 64))),
        new ScriptCommand("radius dynamic-request server", "Let a server end and change sessions", Of("address", "Address", Address()).Key())
            .Enters(DynamicRequests),
    ];

    private static ScriptMode User { get; } = new("config-local-user",
    [
        new("password", "Set the user's password", Of("password", "Password", Password).ShownAs(Clear)),
        .. UserCommands,
    ]);

    private static ScriptCommand[] UserCommands =>
    [
        new("secret", "Set the user's password", Of("password", "Password", Password).ShownAs(Clear)),
        new("ip address", "Give the user an address", Of("address", "Address", Address())),
        new("ip address-pool", "Give the user addresses of a pool", Of("name", "Name", ObjectName("poolName", 31))),
        new("operational-virtual-router", "Put the user into a virtual router", Of("name", "Name", VirtualRouter)),
    ];

    private static ScriptMode DynamicRequests { get; } = new("config-radius",
    [
        new("key", "Set the secret that is shared with the server", Of("secret", "Secret", Password).ShownAs(Clear)),
        new ScriptCommand("udp-port", "Set the port at which requests come in", Of("port", "Port", Integer(1, 65535))).Judged((view, _) =>
            view.Key is "1700" or "3799" ? Verdict.Applied : Verdict.Refused("requests of servers come in at UDP ports 1700 and 3799 alone")),
        new("subscriber disconnect", "Let it end sessions"),
        new("authorization change", "Let it change sessions"),
    ]);

    private static ScriptMode Radius { get; } = new("config-radius",
    [
        new("key", "Set the secret that is shared with the server", Of("secret", "Secret", Password).ShownAs(Clear)),
        new("udp-port", "Set the port", Of("port", "Port", Integer(1, 65535))),
        new("timeout", "Wait for an answer", Of("seconds", "Seconds", Integer(1, 1000, "seconds"))),
        new("retransmit", "Ask again", Of("times", "Times", Integer(0, 100))),
        new("max-sessions", "Limit requests at a time", Of("number", "Requests", Integer(1, 32000))),
        new("deadtime", "Leave a silent server alone", Of("minutes", "Minutes", Integer(0, 1440, "minutes"))),
    ]);
}
