using Google.Protobuf;
using RouterOS.Abstractions.Chassis;
using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Kernel.V1;
using RouterOS.Sdk.Configuration;
using RouterOS.Sdk.Intents;
using static RouterOS.Sdk.Configuration.Schema;

namespace RouterOS.Unit.Core.Configuration;

/// <summary>A small language that has one of everything.</summary>
internal sealed class TestLanguage : IConfigurationLanguage
{
    public static readonly ChassisProfile Profile = new(
        "box", "BOX", "A test box", "junos", [], new HashSet<string> { "aes" }, new Dictionary<string, int>());

    public static readonly StatementSchema Tree = Root(
        Container("system", "System parameters",
            Leaf("host-name", "Hostname of this router", Values.Name("host-name", 32)),
            Leaf("location", "Where it stands", Values.Text("location", 40)).Ignored("nothing here depends on it"),
            Flag("no-redirects", "Send no redirects"),
            Container("login", "Who may log in",
                List("user", "A user", Values.Name("user"),
                    Leaf("class", "Class of the user", Values.OneOf(
                        Values.Choice("operator", "May look"),
                        Values.Choice("super-user", "May do anything"),
                        Values.Choice("wizard", "May do magic", Verdict.Refused("there is no magic here"))))))),
        Container("interfaces", "Interfaces",
            List(string.Empty, "A port", Values.Pattern("interface-name", "[a-z]+-[0-9]+/[0-9]+/[0-9]+", "an interface name"),
                Leaf("description", "Text", Values.Text("text")),
                Flag("disable", "Switch it off"),
                List("unit", "A logical interface", Values.Integer(0, 16383),
                    Container("family", "Protocol family",
                        Container("inet", "IPv4",
                            Leaf("mtu", "MTU", Values.Integer(68, 9192, "bytes")),
                            List("address", "An address", Values.InterfaceAddress(), Flag("primary", "The first")))
                            .WithPresence()).JoinedToChildren()).Sorted()).Sorted()),
        Container("vpn", "Tunnels",
            List("proposal", "A proposal", Values.Name("proposal", 32),
                Leaf("cipher", "Cipher", Values.OneOf(Values.Choice("aes", "Good"), Values.Choice("des", "Bad"))).Mandatory()
                    .Judged((view, profile) => profile.Capabilities.Contains(view.Key)
                        ? Verdict.Applied : Verdict.Refused($"the chassis cannot do {view.Key}")),
                Leaf("lifetime-seconds", "Lifetime", Values.Integer(180, 86400, "seconds"))),
            List("policy", "A policy", Values.Name("policy", 32),
                LeafList("proposals", "Proposals", Values.Reference("proposal", "vpn proposal")).Exclusive("proposal").AtMost(4),
                Leaf("proposal-set", "Ready-made proposals", Values.OneOf(
                    Values.Choice("basic", "Basic"), Values.Choice("standard", "Standard"))).Exclusive("proposal"),
                Container("pre-shared-key", "Key",
                    Leaf("ascii-text", "Key as text", Values.SecretText("key")).Exclusive("key"),
                    Leaf("hexadecimal", "Key as digits", Values.SecretHexadecimal("key")).Exclusive("key")).OnLine())
                .Requires("proposal"),
            List("gateway", "A peer", Values.Name("gateway"),
                Leaf("policy", "Its policy", Values.Reference("policy", "vpn policy")),
                LeafList("address", "Its addresses", Values.Address()),
                Container("local-identity", "Who we are",
                    Leaf("inet", "By address", Values.Address()).Exclusive("id"),
                    Leaf("hostname", "By name", Values.Name("name")).Exclusive("id")).OnLine(),
                Container("dead-peer-detection", "Look whether the peer lives",
                    Leaf("interval", "Seconds", Values.Integer(10, 60)),
                    Leaf("threshold", "Times", Values.Integer(1, 5))).WithPresence())),
        Container("rules", "Rules",
            List("from-zone", "Between zones", [Key(string.Empty, Values.Name("zone")), Key("to-zone", Values.Name("zone"))],
                List("policy", "A rule", Values.Name("rule"),
                    Container("then", "What happens",
                        Container("permit", "Let it pass",
                            Leaf("tunnel", "Through a tunnel", Values.Name("tunnel"))).WithPresence().Exclusive("action"),
                        Flag("deny", "Drop it").Exclusive("action"))))),
        Container("book", "Addresses",
            List("address", "An address", Values.Name("name"),
                Leaf(string.Empty, "Its prefix", Values.Prefix()),
                Leaf("description", "Text", Values.Text("text"))).OnLineWhenSingle()),
        Container("routes", "Routes",
            List("route", "A route", Values.Prefix(),
                LeafList("next-hop", "Where to", Values.Address()).Exclusive("next"),
                Flag("discard", "Nowhere").Exclusive("next"),
                Leaf("preference", "Preference", Values.Integer(0, 255))).OnLineWhenSingle()),
        Anything("snmp", "Network management").Ignored("there is no agent here"),
        Container("legacy", "Old things",
            Flag("thing", "An old thing")).Refused("old things are gone"));

    public string Name => "junos";

    public StatementSchema Root { get; } = Tree;

    public Binding Bind(Statement tree, ChassisProfile profile)
    {
        StatementView root = StatementView.Of(tree);
        SystemIntent intent = new() { HostName = root["system"].Text("host-name") ?? string.Empty };
        List<Finding> findings = [];
        foreach (StatementView route in root["routes"].List("route"))
        {
            if (route.Key == "127.0.0.0/8")
            {
                findings.Add(route.Error("the loopback network cannot be routed"));
            }

            intent.StaticRoutes.Add(new StaticRoute { Prefix = route.Key, Source = route.Source });
        }

        return new Binding(new IntentSet(new IMessage[] { intent }), findings);
    }
}
