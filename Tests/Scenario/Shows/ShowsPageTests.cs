using System.Globalization;
using System.Text;
using RouterOS.Scenario.Simulated;

namespace RouterOS.Scenario.Shows;

/// <summary>The page of displays of the E Series: what a running chassis says, beside the layouts that the vendor's documents print.</summary>
public sealed class ShowsPageTests : IDisposable
{
    private const string Lns = """
        aaa authentication ppp default radius local
        aaa accounting ppp default none
        aaa domain-map example.net
         virtual-router default
         address-pool-name clients
        username anna password swordfish-1
        profile remoteUsers
         ip unnumbered loopback 0
         ppp authentication mschapv2 chap
        virtual-router default
        interface gigabitEthernet 2/1
         encapsulation vlan
        interface gigabitEthernet 2/1.30
         description a site of ours
         vlan id 30
         ip address 10.30.0.1 255.255.255.0
        interface loopback 0
         ip address 10.20.0.1 255.255.255.255
        interface fastEthernet 1/1
         ip address 198.51.100.1 255.255.255.0
        radius dynamic-request server 10.1.0.9
         key exampleSecret
         subscriber disconnect
        ip address-pool local
        ip local pool clients 10.20.1.1 10.20.1.254
        l2tp destination profile anyClient ip address 0.0.0.0
         max-sessions 100
         remote host default
          tunnel password exampleSecret
          profile remoteUsers
          local host lnsA
          disconnect-cause
          single-shot-tunnel
        virtual-router vrB
        interface loopback 0
         ip address 10.20.0.1 255.255.255.255
        """;

    // Command, the document's layout with names and addresses of our own, which there is for some.
    private static readonly (string Command, string Layout)[] s_commands =
    [
        ("show version", ""), ("show hardware", ""), ("show virtual-router", ""), ("show virtual-router default detail", ""),
        ("show ip interface brief", ""), ("show ip interface gigabitEthernet 2/0", ""), ("show vlan subinterface", ""), ("show ip route", ""),
        ("show ipsec ike-sa", "ike-sa"), ("show ike sa", ""), ("show ipsec option", "ipsec-option"), ("show ipsec ike-policy-rule", ""),
        ("show ipsec transport interface", "transport-interface"), ("show ipsec transport interface 1", ""),
        ("show ipsec transport interface detail 1", "transport-interface-detail"),
        ("show ipsec transport interface summary", "transport-interface-summary"),
        ("show ipsec transport profile", ""), ("show ipsec transport profile secure", "transport-profile"), ("show ipsec certificates", ""),
        ("show gre tunnel", ""), ("show gre tunnel detail", "gre-tunnel-detail"), ("show gre tunnel summary", ""), ("show dvmrp tunnel detail", ""),
        ("show l2tp", ""), ("show l2tp destination profile", ""), ("show l2tp destination profile anyClient", "l2tp-destination-profile"),
        ("show l2tp destination detail", ""), ("show l2tp tunnel", ""), ("show l2tp tunnel detail", ""), ("show l2tp tunnel summary", ""),
        ("show l2tp session", ""), ("show l2tp session detail", ""), ("show l2tp session summary", ""), ("show subscribers", ""),
        ("show ip local pool", ""), ("show aaa domain-map", ""), ("show aaa authentication ppp default", ""), ("show aaa accounting ppp default", ""),
        ("show radius servers", ""), ("show radius statistics", ""), ("show radius dynamic-request statistics", ""), ("show radius dynamic-request servers", ""),
        ("show license ipsec-tunnels", ""), ("show tunnel-server", ""), ("show ipsec key manual pre-share", ""), ("show ipsec lifetime", ""), ("show ipsec transform-set", ""),
    ];

    private readonly SimulatedNetwork _network = new();

    [Fact]
    public void The_page_of_displays_is_what_the_chassis_says()
    {
        SimulatedRouter west = _network.Router("west", "erx1440", TunnelTests.Text(1, " ipsec-transport") + Lns);
        SimulatedRouter east = _network.Router("east", "erx1440", TunnelTests.Text(2, " ipsec-transport"));
        _network.Wire(west, "gigabitEthernet2/0", east, "gigabitEthernet2/0");
        SimulatedHost left = _network.Host("10.1.0.10", "10.1.0.1", west, "fastEthernet1/0");
        _network.Host("10.2.0.10", "10.2.0.1", east, "fastEthernet1/0");
        SimulatedHost outside = _network.Host("198.51.100.9", "198.51.100.1", west, "fastEthernet1/1");
        _network.Start();
        for (int waited = 0; !west.Run("show gre tunnel").Contains("is Up", StringComparison.Ordinal); waited++)
        {
            Assert.True(waited < 60, west.Report());
            _network.Run(2);
        }

        for (ushort i = 0; i < 5; i++)
        {
            left.Ping("10.2.0.10", i);
            _network.Run(0.2);
        }

        SimulatedDialler client = new(_network, outside, "198.51.100.9", "198.51.100.1", "anna", "swordfish-1", 1, secret: "exampleSecret");
        Assert.True(client.Dial(), string.Join(Environment.NewLine, west.Log));
        for (ushort i = 0; i < 3; i++)
        {
            client.Ping("10.20.0.1", i);
            client.Run(0.1);
        }

        string made = Page(west);
        if (Environment.GetEnvironmentVariable("ROUTEROS_WRITE_SHOWS") is { Length: > 0 } target)
        {
            File.WriteAllText(target, made);
        }
        else
        {
            Assert.Equal(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Shows", "SHOWS.md")), made);
        }
    }

    public void Dispose() => _network.Dispose();

    private static string Page(SimulatedRouter router)
    {
        StringBuilder page = new();
        page.Append(
            """
            # What `show` prints on the E Series

            What a simulated ERX-1440 says that has GRE and DVMRP tunnels under IPsec to another and an L2TP client in the clear. Where the vendor's
            documents print a display, its layout stands above ours, with names and addresses of our own (`Tests/Conformance/seed-000/layouts`).
            This page is made by a test (`Tests/Scenario/Shows`), which fails where the router says something else; cookies, SPIs and times are
            written as zeros.

            """.Replace("\r", string.Empty, StringComparison.Ordinal));
        foreach ((string command, string layout) in s_commands)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## `{command}`\n\n");
            if (layout.Length > 0)
            {
                string text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Shows", "layouts", layout + ".txt"));
                page.Append(CultureInfo.InvariantCulture, $"The document's layout:\n\n```\n{text.Trim('\n')}\n```\n\nOurs:\n\n");
            }

            string own = string.Join('\n', router.Run(command).Trim('\n').Split('\n').Select(l => l.TrimEnd()));
            Assert.False(own.StartsWith('%') || own.Contains("marker", StringComparison.Ordinal), $"{command}\n{own}");
            page.Append(CultureInfo.InvariantCulture, $"```\n{SteadyText.Of(own)}\n```\n");
        }

        return page.ToString();
    }
}
