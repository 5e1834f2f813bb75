using System.Globalization;
using System.Text;
using RouterOS.Scenario.Simulated;

namespace RouterOS.Scenario.Shows;

/// <summary>The documents' examples of GRE and DVMRP tunnels, typed at a prompt, and what the router then shows beside the document's layouts.</summary>
public sealed class SeedTunnelTests : IDisposable
{
    // The document's own commands, with names, addresses and keys of our own, and what they need around them.
    private const string Typed = """
        enable
        configure terminal
        ipsec ike-policy-rule 3
        authentication pre-share
        exit
        virtual-router lyon
        interface gigabitEthernet 2/0
        ip address 192.0.2.1 255.255.255.0
        exit
        ip route 198.51.100.5 255.255.255.255 192.0.2.5
        virtual-router default
        ip multicast-routing
        router dvmrp
        exit
        interface fastEthernet 1/0
        ip address 10.1.0.1 255.255.255.0
        ip dvmrp
        exit
        ipsec transport profile secureGre virtual-router lyon ip address 198.51.100.5
        application gre dvmrp l2tp
        lifetime seconds 3600 28800 kilobytes 102400 4294967295
        pfs group 5
        transform-set esp-3des-hmac-sha esp-3des-hmac-md5
        local ip address 192.0.2.1
        pre-share secretForGre
        exit
        exit
        virtual-router default
        interface tunnel gre:lyon-tunnel-5 transport-virtual-router lyon ipsec-transport
        tunnel source 192.0.2.1
        tunnel destination 198.51.100.5
        ip address 10.5.0.1 255.255.255.252
        exit
        interface tunnel dvmrp:lyon-tunnel-6 transport-virtual-router lyon ipsec-transport
        tunnel source 192.0.2.1
        tunnel destination 198.51.100.5
        ip address 10.6.0.1 255.255.255.252
        ip dvmrp
        exit
        ip route 10.2.0.0 255.255.255.0 10.5.0.2
        ipsec transport profile anybody virtual-router lyon ip address 0.0.0.0
        application gre
        no ipsec transport profile anybody
        virtual-router default
        interface tunnel gre:clear
        exit
        interface tunnel gre:clear ipsec-transport
        no interface tunnel gre:clear
        interface tunnel gre:lyon-tunnel-5
        exit
        interface tunnel gre:clear transport-virtual-router lyon ipsec-transport
        no interface tunnel gre:clear
        end
        """;

    private const string East = """
        hostname east
        ipsec ike-policy-rule 3
         authentication pre-share
        virtual-router default
        ip multicast-routing
        router dvmrp
        interface loopback 0
         ip address 198.51.100.5 255.255.255.255
        interface gigabitEthernet 2/0
         ip address 192.0.2.5 255.255.255.0
        interface fastEthernet 1/0
         ip address 10.2.0.1 255.255.255.0
         ip dvmrp
        ipsec transport profile secure virtual-router default ip address 192.0.2.1
         application gre dvmrp
         lifetime seconds 3600 28800 kilobytes 102400 4294967295
         pfs group 5
         local ip address 198.51.100.5
          pre-share secretForGre
        interface tunnel gre:west ipsec-transport
         tunnel source loopback 0
         tunnel destination 192.0.2.1
         ip address 10.5.0.2 255.255.255.252
        interface tunnel dvmrp:west ipsec-transport
         tunnel source loopback 0
         tunnel destination 192.0.2.1
         ip address 10.6.0.2 255.255.255.252
         ip dvmrp
        ip route 10.1.0.0 255.255.255.0 10.5.0.1

        """;

    // Command, and the document's layout of what it shows.
    private static readonly (string Command, string Layout)[] s_shows =
    [
        ("show gre tunnel", ""), ("show gre tunnel detail", "gre-tunnel-detail"), ("show dvmrp tunnel", ""), ("show dvmrp tunnel detail", ""),
        ("show ip dvmrp neighbor", ""), ("show ip dvmrp route", ""), ("virtual-router lyon", ""), ("show ipsec ike-sa", "ike-sa"),
        ("show ipsec transport interface", "transport-interface"), ("show ipsec transport interface summary", "transport-interface-summary"),
        ("show ipsec transport interface detail 2", "transport-interface-detail"), ("show ipsec transport profile secureGre", "transport-profile"),
    ];

    private readonly SimulatedNetwork _network = new();

    [Fact]
    public void The_documents_tunnels_typed_at_the_prompt_come_up_and_are_shown_as_it_prints_them()
    {
        SimulatedRouter west = _network.Router("west", "erx1440", "hostname west\n");
        SimulatedRouter east = _network.Router("east", "erx1440", East);
        _network.Wire(west, "gigabitEthernet2/0", east, "gigabitEthernet2/0");
        SimulatedHost left = _network.Host("10.1.0.10", "10.1.0.1", west, "fastEthernet1/0");
        _network.Host("10.2.0.10", "10.2.0.1", east, "fastEthernet1/0");
        _network.Start();
        Terminal terminal = new(_network, west);
        terminal.Type(Typed);
        string typed = terminal.Screen;
        Assert.Contains("% application gre needs the address of the peer: a profile for any peer secures L2TP alone", typed, StringComparison.Ordinal);
        Assert.Contains("% a tunnel cannot be converted between clear and IPSec-secured", typed, StringComparison.Ordinal);

        for (int waited = 0; !west.Run("show ip dvmrp route").Contains("10.2.0.0/24        10.6.0.2", StringComparison.Ordinal); waited++)
        {
            Assert.True(waited < 90, west.Run("show gre tunnel detail\nshow dvmrp tunnel detail") + west.Report());
            _network.Run(2);
        }

        for (ushort i = 0; i < 5; i++)
        {
            left.Ping("10.2.0.10", i);
            _network.Run(0.2);
        }

        _network.Run(5);
        Assert.Equal(5, left.Replies.Count);
        Compare(Page(terminal, typed));
    }

    public void Dispose() => _network.Dispose();

    private static string Page(Terminal terminal, string typed)
    {
        StringBuilder page = new();
        page.Append(
            """
            # GRE and DVMRP tunnels of the document, typed at the prompt

            Everything that the document types of GRE/IPSec and DVMRP/IPSec, with names, addresses and keys of our own, on a simulated ERX-1440; then what it
            shows of the tunnels, after the document's layout where it prints one. Made by `Tests/Scenario/Shows`, which fails where the router says
            something else; cookies, SPIs and times are written as zeros.

            ```

            """.ReplaceLineEndings("\n"));
        page.Append(CultureInfo.InvariantCulture, $"{Text(typed)}\n```\n");
        foreach ((string command, string layout) in s_shows)
        {
            string answer = terminal.Answer(command);
            if (answer.Length == 0)
            {
                continue;
            }

            Assert.False(answer.StartsWith('%'), $"{command}\n{answer}");
            page.Append(CultureInfo.InvariantCulture, $"\n## `{command}`\n\n");
            if (layout.Length > 0)
            {
                string[] document = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Shows", "layouts", layout + ".txt")).Trim('\n').Split('\n');
                page.Append(CultureInfo.InvariantCulture, $"The document's layout:\n\n```\n{string.Join('\n', document)}\n```\n\nOurs:\n\n");
            }

            page.Append(CultureInfo.InvariantCulture, $"```\n{Text(answer)}\n```\n");
        }

        return page.ToString();
    }

    private static string Text(string shown) => SteadyText.Of(string.Join('\n', shown.Trim('\n').Split('\n').Select(l => l.TrimEnd())));

    private static void Compare(string made)
    {
        // To put a change on record, run with ROUTEROS_WRITE_TUNNELS set to the file's path.
        if (Environment.GetEnvironmentVariable("ROUTEROS_WRITE_TUNNELS") is { Length: > 0 } target)
        {
            File.WriteAllText(target, made);
        }
        else
        {
            Assert.Equal(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Conformance", "seed-000", "tunnels.md")).Split('\n'), made.Split('\n'));
        }
    }
}
