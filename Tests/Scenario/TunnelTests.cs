using RouterOS.Scenario.Simulated;

namespace RouterOS.Scenario;

/// <summary>GRE and DVMRP tunnels of E Series chassis, in the clear and under IPsec.</summary>
public sealed class TunnelTests : IDisposable
{
    private const string Secured = " ipsec-transport";

    private readonly SimulatedNetwork _network = new();

    public void Dispose() => _network.Dispose();

    [Fact]
    public void Tunnels_in_the_clear_carry_packets_and_are_told_apart_by_key()
    {
        const string Options = "\n tunnel key 7\n tunnel checksum\n tunnel sequence-datagrams";
        SimulatedRouter west = _network.Router("west", "erx1440", Text(1, "", Options) + Second(1));
        SimulatedRouter east = _network.Router("east", "erx1440", Text(2, "", Options) + Second(2));
        SimulatedHost left = Wire(west, east);
        _network.Start();
        Pings(left, 20);
        Assert.Contains("5 packets received", west.Run("ping 10.7.0.2 count 5"), StringComparison.Ordinal);
        Assert.Contains("5 packets received", west.Run("ping 10.6.0.2 count 5"), StringComparison.Ordinal);
        Assert.Equal(
            "GRE tunnel other is Up\nGRE tunnel west is Up\n2 GRE tunnels found\n2 tunnels were created static", west.Run("show gre tunnel").TrimEnd());
        string[] detail = west.Run("show gre tunnel detail west").Split('\n');
        Assert.Equal(
            [
                "GRE tunnel west is Up",
                "Tunnel operational configuration",
                "  Tunnel name is 'west'",
                "  Tunnel mtu is '10240'",
                "  Tunnel source address is '192.0.2.1'",
                "  Tunnel destination address is '192.0.2.2'",
                "  Tunnel transport virtual router is default",
                "  Tunnel checksum option is enabled",
                "  Tunnel key is 7",
                "  Tunnel sequence number option is enabled",
                "  Tunnel up/down trap is enabled",
                "  Tunnel server location is 4/0",
                "  Tunnel administrative state is up",
                "",
                "Statistics   packets      octets      discards     errors",
                "Data rx      20           1680        0            0",
                "Data tx      20           1680        0            0",
            ],
            detail[..17]);
        Assert.DoesNotContain("checksum", west.Run("show dvmrp tunnel detail"), StringComparison.Ordinal);
        Assert.Contains("DVMRP tunnel multicast is Up", west.Run("show dvmrp tunnel"), StringComparison.Ordinal);
        Assert.Contains("                         2          0          0          0", west.Run("show gre tunnel summary"), StringComparison.Ordinal);
        Assert.Empty(west.Run("baseline gre tunnel"));
        Assert.Contains("Data tx      0            0 ", west.Run("show gre tunnel detail west"), StringComparison.Ordinal);
        Assert.Contains("0 GRE tunnels found", west.Run("show gre tunnel state down"), StringComparison.Ordinal);
        Assert.Contains("% GRE tunnel none does not exist", west.Run("show gre tunnel none"), StringComparison.Ordinal);
    }

    [Fact]
    public void Secured_tunnels_are_up_with_their_association_and_nothing_passes_without()
    {
        SimulatedRouter west = _network.Router("west", "erx1440", Text(1, Secured));
        SimulatedRouter east = _network.Router("east", "erx1440", Text(2, Secured));
        SimulatedHost left = Wire(west, east);
        west.Boot();
        _network.Run(5);
        Assert.Contains("GRE tunnel west is Down", west.Run("show gre tunnel"), StringComparison.Ordinal);
        Assert.Contains("Tunnel is down because it has no IPsec security association", west.Run("show gre tunnel detail"), StringComparison.Ordinal);
        east.Boot();
        Up(west, "gre", 90);
        Up(west, "dvmrp", 30);
        Up(east, "gre", 30);
        Pings(left, 20);
        Assert.Contains("5 packets received", west.Run("ping 10.6.0.2 count 5"), StringComparison.Ordinal);
        Assert.Contains("  Tunnel server location is 5/0\n  Tunnel secured by ipsec transport interface ", west.Run("show gre tunnel detail"), StringComparison.Ordinal);
        Assert.Contains("  Tunnel secured by ipsec transport interface ", west.Run("show dvmrp tunnel detail"), StringComparison.Ordinal);
        string connections = west.Run("show ipsec transport interface detail");
        Assert.Contains("Local identity is subnet 192.0.2.1 255.255.255.255, proto 47, port 0", connections, StringComparison.Ordinal);
        Assert.Contains("Remote identity is subnet 192.0.2.2 255.255.255.255, proto 4, port 0", connections, StringComparison.Ordinal);
        Assert.Contains("2 Ipsec transport interfaces found", connections, StringComparison.Ordinal);

        // Rekeys, without a loss.
        Pings(left, 950, seconds: 1);

        // The other end forgets what secures it: neither sends anything in the clear, neither takes anything.
        east.Run("enable\nconfigure terminal\nno ipsec transport profile secure");
        _network.Run(10);
        Assert.Contains("GRE tunnel east is Down", east.Run("show gre tunnel"), StringComparison.Ordinal);
        Assert.Contains("no IPsec transport profile", east.Run("show gre tunnel detail"), StringComparison.Ordinal);
        left.Replies.Clear();
        left.Ping("10.2.0.10", 1);
        _network.Run(3);
        Assert.Empty(left.Replies);
        Assert.Contains(east.Log, l => l.Contains("Tunnel gre:east to 192.0.2.1 is down: no IPsec transport profile", StringComparison.Ordinal));
    }

    [Fact]
    public void A_secured_tunnel_follows_its_association_at_once()
    {
        SimulatedRouter west = _network.Router("west", "erx1440", Text(1, Secured));
        SimulatedRouter east = _network.Router("east", "erx1440", Text(2, Secured));
        SimulatedHost left = Wire(west, east);
        _network.Start();
        Up(west, "gre", 90);
        Up(east, "gre", 30);
        Pings(left, 5);
        west.Ask(bus => new Proto.Ike.V1.Ike.IkeClient(bus).ClearPhase2Async(new()));
        _network.Run(0.1);
        Assert.Contains(west.Log, l => l.Contains("Tunnel gre:west to 192.0.2.2 is down: it has no IPsec security association", StringComparison.Ordinal));
        Assert.Contains(east.Log, l => l.Contains("Tunnel gre:east to 192.0.2.1 is down: it has no IPsec security association", StringComparison.Ordinal));
        Up(west, "gre", 30);
        Up(east, "gre", 30);
        Pings(left, 5);
    }

    [Fact]
    public void Four_thousand_tunnels_are_up_and_the_last_one_carries_packets()
    {
        SimulatedRouter west = _network.Router("west", "erx1440", Many(1));
        SimulatedRouter east = _network.Router("east", "erx1440", Many(2));
        Wire(west, east);
        _network.Start();
        _network.Run(1);
        Assert.Contains("                         4000       0          0          0", west.Run("show gre tunnel summary"), StringComparison.Ordinal);
        Assert.Contains("5 packets received", west.Run("ping 10.15.159.2 count 5"), StringComparison.Ordinal);
        Assert.Contains("Data tx      5            420         0            0", west.Run("show gre tunnel detail t3999"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_tunnel_cannot_be_converted_between_clear_and_secured()
    {
        SimulatedRouter west = _network.Router("west", "erx1440", Text(1, ""));
        _network.Start();
        string refusal = west.Run("enable\nconfigure terminal\ninterface tunnel gre:west ipsec-transport");
        Assert.Contains("% a tunnel cannot be converted between clear and IPSec-secured", refusal, StringComparison.Ordinal);
        Assert.DoesNotContain("secured by", west.Run("show gre tunnel detail"), StringComparison.Ordinal);
        west.Run("enable\nconfigure terminal\nno interface tunnel gre:west\ninterface tunnel gre:west ipsec-transport");
        Assert.Contains("secured by", west.Run("show gre tunnel detail"), StringComparison.Ordinal);
        string mixed = west.Run(
            "enable\nconfigure terminal\ninterface tunnel gre:west\ntunnel source 192.0.2.1\ntunnel destination 192.0.2.2\nexit\n"
            + "interface tunnel gre:clear\ntunnel source 192.0.2.1\ntunnel key 5\ntunnel destination 192.0.2.2");
        Assert.Contains("between the same addresses is not secured: both are, or none", mixed, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tunnel_whose_destination_is_behind_itself_is_down_logged_and_comes_up_with_its_route()
    {
        SimulatedRouter west = _network.Router("west", "erx1440", Text(1, ""));
        SimulatedRouter east = _network.Router("east", "erx1440", Text(2, ""));
        SimulatedHost left = Wire(west, east);
        _network.Start();
        Pings(left, 5);
        west.Run("enable\nconfigure terminal\nip route 192.0.2.2 255.255.255.255 tunnel gre:west");
        _network.Run(1);
        Assert.Contains("leads into the tunnel itself", west.Run("show gre tunnel detail"), StringComparison.Ordinal);
        Assert.Single(west.Log, l => l.Contains("Tunnel gre:west: the route to its destination 192.0.2.2 leads into the tunnel itself", StringComparison.Ordinal));
        left.Replies.Clear();
        left.Ping("10.2.0.10", 1);
        _network.Run(5);
        Assert.Empty(left.Replies);
        Assert.Contains("GRE tunnel west is Down", west.Run("show gre tunnel"), StringComparison.Ordinal);
        west.Run("enable\nconfigure terminal\nno ip route 192.0.2.2 255.255.255.255 tunnel gre:west");
        _network.Run(1);
        left.Replies.Clear();
        Pings(left, 5);
    }

    [Fact]
    public void A_virtual_router_carries_the_tunnels_of_another()
    {
        SimulatedRouter west = _network.Router("west", "erx1440", Carried(1));
        SimulatedRouter east = _network.Router("east", "erx1440", Carried(2));
        SimulatedHost left = Wire(west, east);
        _network.Start();
        Up(west, "gre", 60, "virtual-router red\n");
        Pings(left, 20);
        Assert.Contains("Tunnel transport virtual router is carrier", west.Run("show gre tunnel detail"), StringComparison.Ordinal);
        Assert.Contains("Tunnel secured by ipsec transport interface", west.Run("show gre tunnel detail"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_gr_interface_of_an_SRX_carries_packets_and_goes_down_with_its_keepalives()
    {
        SimulatedRouter west = _network.Router("west", "srx240", Srx(1));
        SimulatedRouter east = _network.Router("east", "srx240", Srx(2));
        _network.Wire(west, "ge-0/0/1", east, "ge-0/0/1");
        _network.Host("10.2.0.10", "10.2.0.1", east, "ge-0/0/0");
        SimulatedHost left = _network.Host("10.1.0.10", "10.1.0.1", west, "ge-0/0/0");
        _network.Start();
        Pings(left, 20);
        Assert.Contains("gr-0/0/0.0              up    up   inet     10.5.0.1/30", west.Run("show interfaces terse"), StringComparison.Ordinal);
        Assert.Contains("Type: GRE, Link-level type: GRE", west.Run("show interfaces gr-0/0/0"), StringComparison.Ordinal);

        // The other end stops to send keepalives back.
        _network.Run(30);
        Assert.Contains("gr-0/0/0.0              up    up ", west.Run("show interfaces terse"), StringComparison.Ordinal);
        east.Commit(Srx(2).Replace("destination 192.0.2.1", "destination 192.0.2.9", StringComparison.Ordinal));
        _network.Run(10);
        Assert.Contains("gr-0/0/0.0              up    down", west.Run("show interfaces terse"), StringComparison.Ordinal);
        Assert.Contains(west.Log, l => l.Contains("is down: the peer does not send keepalives back", StringComparison.Ordinal));
        east.Commit(Srx(2));
        _network.Run(10);
        Pings(left, 20);
    }

    private static string Srx(int end) => $$"""
        system { host-name {{(end == 1 ? "west" : "east")}}; }
        interfaces {
            ge-0/0/0 { unit 0 { family inet { address 10.{{end}}.0.1/24; } } }
            ge-0/0/1 { unit 0 { family inet { address 192.0.2.{{end}}/24; } } }
            gr-0/0/0 { unit 0 { tunnel { source 192.0.2.{{end}}; destination 192.0.2.{{3 - end}}; key 7; } family inet { address 10.5.0.{{end}}/30; } } }
        }
        routing-options { static { route 10.{{3 - end}}.0.0/24 next-hop 10.5.0.{{3 - end}}; } }
        protocols { oam { gre-tunnel { interface gr-0/0/0.0 { keepalive-time 1; hold-time 5; } } } }
        security {
            policies { default-policy { permit-all; } }
            zones {
                security-zone trust { host-inbound-traffic { system-services { ping; } } interfaces { ge-0/0/0.0; gr-0/0/0.0; } }
                security-zone untrust { interfaces { ge-0/0/1.0; } }
            }
        }
        """;

    private static string Carried(int end) => $"""
        hostname {(end == 1 ? "west" : "east")}
        ipsec ike-policy-rule 1
         authentication pre-share
        virtual-router carrier
        interface gigabitEthernet 2/0
         ip address 192.0.2.{end} 255.255.255.0
        ipsec transport profile secure virtual-router carrier ip address 192.0.2.{3 - end}
         application gre
         local ip address 192.0.2.{end}
          pre-share oneKeyForBoth
        virtual-router red
        interface fastEthernet 1/0
         ip address 10.{end}.0.1 255.255.255.0
        interface tunnel gre:west transport-virtual-router carrier ipsec-transport
         tunnel source gigabitEthernet 2/0
         tunnel destination 192.0.2.{3 - end}
         ip address 10.5.0.{end} 255.255.255.252
        ip route 10.{3 - end}.0.0 255.255.255.0 10.5.0.{3 - end}
        """;

    internal static string Text(int end, string secured, string options = "") => $"""
        hostname {(end == 1 ? "west" : "east")}
        ipsec ike-policy-rule 1
         authentication pre-share
         encryption 3des
         hash sha
         group 2
        interface fastEthernet 1/0
         ip address 10.{end}.0.1 255.255.255.0
        interface gigabitEthernet 2/0
         ip address 192.0.2.{end} 255.255.255.0
        ipsec transport profile secure virtual-router default ip address 192.0.2.{3 - end}
         application gre dvmrp
         lifetime seconds 900 900 kilobytes 102400 4294967294
         local ip address 192.0.2.{end}
          pre-share oneKeyForBoth
        interface tunnel gre:{(end == 1 ? "west" : "east")}{secured}
         tunnel source 192.0.2.{end}
         tunnel destination 192.0.2.{3 - end}{options}
         ip address 10.5.0.{end} 255.255.255.252
        interface tunnel dvmrp:multicast{secured}
         tunnel source gigabitEthernet 2/0
         tunnel destination 192.0.2.{3 - end}
         ip address 10.6.0.{end} 255.255.255.252
        ip route 10.{3 - end}.0.0 255.255.255.0 10.5.0.{3 - end}

        """;

    // Between the same two addresses, told apart by their keys.
    private static string Many(int end) => $"interface fastEthernet 1/0\n ip address 10.{200 + end}.0.1 255.255.255.0\n"
        + $"interface gigabitEthernet 2/0\n ip address 192.0.2.{end} 255.255.255.0\n" + string.Concat(Enumerable.Range(0, 4000).Select(i =>
            $"interface tunnel gre:t{i}\n tunnel source 192.0.2.{end}\n tunnel destination 192.0.2.{3 - end}\n tunnel key {i + 1}\n"
            + $" ip address 10.{i / 256}.{i % 256}.{end} 255.255.255.252\n"));

    private static string Second(int end) => $"""
        interface tunnel gre:other
         tunnel source 192.0.2.{end}
         tunnel destination 192.0.2.{3 - end}
         tunnel key 8
         ip address 10.7.0.{end} 255.255.255.252
        """;

    private SimulatedHost Wire(SimulatedRouter west, SimulatedRouter east)
    {
        _network.Wire(west, "gigabitEthernet2/0", east, "gigabitEthernet2/0");
        _network.Host("10.2.0.10", "10.2.0.1", east, "fastEthernet1/0");
        return _network.Host("10.1.0.10", "10.1.0.1", west, "fastEthernet1/0");
    }

    private void Up(SimulatedRouter router, string kind, double seconds, string context = "")
    {
        for (double waited = 0; !router.Run($"{context}show {kind} tunnel").Contains("is Up", StringComparison.Ordinal); waited += 2)
        {
            Assert.True(waited < seconds, router.Run("show gre tunnel detail") + router.Report());
            _network.Run(2);
        }
    }

    private void Pings(SimulatedHost host, int count, double seconds = 0.05)
    {
        host.Replies.Clear();
        for (int i = 0; i < count; i++)
        {
            host.Ping("10.2.0.10", (ushort)i);
            _network.Run(seconds);
        }

        _network.Wait(() => host.Replies.Count == count, $"{count} replies, of which {host.Replies.Count} are here", 5);
    }
}
