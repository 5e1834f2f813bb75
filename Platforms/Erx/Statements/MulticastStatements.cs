using RouterOS.Sdk.Configuration;
using RouterOS.Sdk.Configuration.Scripts;
using static RouterOS.Sdk.Configuration.Scripts.ScriptParameter;
using static RouterOS.Sdk.Configuration.Values;

namespace RouterOS.Erx.Statements;

/// <summary>Multicast forwarding, IGMP and DVMRP.</summary>
internal static class MulticastStatements
{
    private const string NoDistance = "sources are looked up in DVMRP's routes alone, so there is nothing that a distance would weigh them against";

    /// <summary>Commands of a virtual router.</summary>
    public static ScriptCommand[] OfRouter =>
    [
        new("ip multicast-routing", "Route multicast packets"),
        new("ip dvmrp route-limit", "Limit the DVMRP routes that are told on an interface", Of("routes", "Routes", Integer(0, 4294967295, "routes"))),
        new("ip dvmrp routehog-notification", "Warn of many DVMRP routes", Of("routes", "Routes", Integer(1, 4294967295, "routes"))),
        new ScriptCommand("router dvmrp", "Run DVMRP").Enters(new ScriptMode("config-router",
        [
            new("disable dvmrp", "Suspend DVMRP"),
            new("redistribute", "Tell routes of another protocol to DVMRP neighbors",
                Of("protocol", "Protocol", OneOf(Choice("connected", "Networks of interfaces"), Choice("static", "Static routes"))).Key(),
                Named("metric", "metric", "Metric that they are told with", Integer(1, 31)).Optional()),
            new ScriptCommand("distribute-list", "Choose routes", Rest("text", "Access list")).Refused("say it for each interface: ip dvmrp announce-filter, ip dvmrp accept-filter"),
            new ScriptCommand("table-map", "Change routes", Rest("text", "Route map")).Refused("route maps are not supported"),
        ])),
    ];

    /// <summary>Commands of an interface.</summary>
    public static ScriptCommand[] OfInterface =>
    [
        new ScriptCommand("ip dvmrp", "Run DVMRP on the interface").KeptAs("ip dvmrp run"),
        new("ip dvmrp disable", "Suspend DVMRP on the interface"),
        new("ip dvmrp metric-offset", "Add to metrics",
            Of("direction", "Reports received or sent", OneOf(Choice("in", "Received"), Choice("out", "Sent"))).Key(), Of("offset", "Offset", Integer(1, 31))),
        new ScriptCommand("ip dvmrp accept-filter", "Take only routes that an access list permits",
            Of("list", "Access list of the routes", AccessListStatements.ListName).Key(),
            Of("distance", "Distance of the routes", Integer(0, 255)).Optional(),
            Named("neighbor-list", "neighbor-list", "Take them only from neighbors that this access list permits", AccessListStatements.ListName).Optional())
            .Judged((view, _) => view.Number("distance") is > 0 ? Verdict.Refused(NoDistance) : Verdict.Applied),
        new("ip dvmrp announce-filter", "Tell only routes that an access list permits", Of("list", "Access list of the routes", AccessListStatements.ListName)),
        new ScriptCommand("ip dvmrp auto-summary", "Summarize routes").Ignored("routes are told as they are, which is right everywhere"),
        new ScriptCommand("ip dvmrp summary-address", "Summarize routes", Rest("text", "Network")).Ignored("routes are told as they are, which is right everywhere"),
        new ScriptCommand("ip dvmrp unicast-routing", "Exchange unicast routes").Refused("DVMRP routes are used for multicast only"),
        new ScriptCommand("ip igmp", "Run IGMP on the interface").KeptAs("ip igmp run"),
        new("ip igmp disable", "Suspend IGMP on the interface"),
        new("ip igmp version", "Choose the version", Of("version", "Version", Integer(1, 3))),
        new("ip igmp query-interval", "Ask hosts for their groups", Of("seconds", "Seconds", Integer(1, 300, "seconds"))),
        new("ip igmp query-max-response-time", "Time for hosts to answer", Of("tenths", "Tenths of a second", Integer(1, 255, "tenths of a second"))),
        new("ip igmp last-member-query-interval", "Ask for the last member", Of("tenths", "Tenths of a second", Integer(1, 255, "tenths of a second"))),
        new("ip igmp robustness", "Expect losses", Of("number", "Messages that may be lost, and one", Integer(1, 4))),
        new("ip igmp querier-timeout", "Wait before taking over from a querier", Of("seconds", "Seconds", Integer(1, 600, "seconds"))),
        new("ip igmp immediate-leave", "Believe a host that leaves"),
        new("ip igmp group limit", "Limit the groups", Of("groups", "Groups", Integer(0, 65535, "groups"))),
        new("ip igmp static-group", "Forward a group whoever joins", Of("group", "Group", Address()).Key()),
        new ScriptCommand("ip igmp access-group", "Choose groups", Rest("text", "Access list")).Refused("who may join what is not filtered: it would let in more than it says"),
        new ScriptCommand("ip igmp promiscuous", "Take reports from other networks", Rest("how", "How")).Refused("reports are taken from the interface's network alone"),
        new("ip multicast ttl-threshold", "Forward only packets with a larger TTL", Of("ttl", "TTL", Integer(0, 255))),
        new("ip multicast rate-limit", "Limit multicast packets that leave", Of("kbps", "Kilobits per second", Integer(1, 4294967, "kbps"))),
    ];
}
