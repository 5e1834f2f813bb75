using RouterOS.Scenario.Simulated;

namespace RouterOS.Scenario;

/// <summary>Several virtual routers of one chassis, with the same addresses.</summary>
public sealed class VirtualRouterTests
{
    private const string West = """
        virtual-router default
        interface fastEthernet 1/0
         ip address 10.1.0.1 255.255.255.0
        interface gigabitEthernet 2/0
         ip address 192.0.2.1 255.255.255.0
        ip route 10.2.0.0 255.255.255.0 192.0.2.2
        virtual-router red
        interface fastEthernet 1/1
         ip address 10.1.0.1 255.255.255.0
        interface gigabitEthernet 2/1
         ip address 192.0.2.1 255.255.255.0
        ip route 10.2.0.0 255.255.255.0 192.0.2.2
        virtual-router lonely
        interface fastEthernet 1/2
         ip address 10.1.0.1 255.255.255.0
        """;

    private const string East = """
        virtual-router default
        interface fastEthernet 1/0
         ip address 10.2.0.1 255.255.255.0
        interface gigabitEthernet 2/0
         ip address 192.0.2.2 255.255.255.0
        ip route 10.1.0.0 255.255.255.0 192.0.2.1
        virtual-router red
        interface fastEthernet 1/1
         ip address 10.2.0.1 255.255.255.0
        interface gigabitEthernet 2/1
         ip address 192.0.2.2 255.255.255.0
        ip route 10.1.0.0 255.255.255.0 192.0.2.1
        """;

    private const string Server = """
        hostname lns
        aaa authentication ppp default local
        username anna@a.example password swordfish-1
        username bert@b.example password swordfish-2
        username carl password swordfish-3
        aaa domain-map a.example
         virtual-router siteA
         address-pool-name clients
        aaa domain-map b.example
         ip-router-name siteB
         address-pool-name clients
         loopback 3
        profile remoteUsers
         ip unnumbered loopback 0
         ppp authentication mschapv2 chap
        virtual-router carrier
        interface fastEthernet 1/0
         ip address 192.0.2.1 255.255.255.0
        l2tp destination profile anyClient ip address 0.0.0.0
         remote host default
          profile remoteUsers
        virtual-router siteA
        interface loopback 0
         ip address 10.20.0.1 255.255.255.255
        interface fastEthernet 1/1
         ip address 10.10.0.1 255.255.255.0
        ip local pool clients 10.20.1.1 10.20.1.254
        virtual-router siteB
        interface loopback 3
         ip address 10.20.0.3 255.255.255.255
        interface fastEthernet 1/2
         ip address 10.10.0.1 255.255.255.0
        ip local pool clients 10.20.1.1 10.20.1.254
        """;

    [Fact]
    public void Virtual_routers_with_equal_addresses_forward_and_never_meet()
    {
        using SimulatedNetwork network = new();
        SimulatedRouter west = network.Router("west", "erx1440", West);
        SimulatedRouter east = network.Router("east", "erx1440", East);
        network.Wire(west, "gigabitEthernet2/0", east, "gigabitEthernet2/0");
        network.Wire(west, "gigabitEthernet2/1", east, "gigabitEthernet2/1");
        SimulatedHost left = network.Host("10.1.0.10", "10.1.0.1", west, "fastEthernet1/0");
        SimulatedHost red = network.Host("10.1.0.10", "10.1.0.1", west, "fastEthernet1/1");
        SimulatedHost lonely = network.Host("10.1.0.10", "10.1.0.1", west, "fastEthernet1/2");
        SimulatedHost right = network.Host("10.2.0.10", "10.2.0.1", east, "fastEthernet1/0");
        SimulatedHost rightRed = network.Host("10.2.0.10", "10.2.0.1", east, "fastEthernet1/1");
        network.Start();
        for (ushort i = 0; i < 20; i++)
        {
            left.Ping("10.2.0.10", i);
            red.Ping("10.2.0.10", (ushort)(100 + i));
            lonely.Ping("10.2.0.10", (ushort)(200 + i));
            network.Run(0.05);
        }

        network.Wait(() => left.Replies.Count == 20 && red.Replies.Count == 20, "20 replies in each", 5);
        Assert.All(left.Replies, s => Assert.InRange(s, 0, 19));
        Assert.All(red.Replies, s => Assert.InRange(s, 100, 119));
        Assert.Equal((20, 20), (right.Heard.Count, rightRed.Heard.Count));
        Assert.Empty(lonely.Replies);
        Assert.NotEmpty(lonely.Errors);

        Assert.Contains("5 packets received", west.Run("virtual-router red\nping 10.2.0.10 count 5"), StringComparison.Ordinal);
        Assert.Contains("No route to host", west.Run("virtual-router lonely\nping 10.2.0.10 count 1"), StringComparison.Ordinal);
        Assert.Equal((20, 25), (right.Heard.Count, rightRed.Heard.Count));
        string routes = west.Run("virtual-router red\nshow ip route");
        Assert.Contains("10.2.0.0/24        Static   192.0.2.2       1/0        gigabitEthernet2/1", routes, StringComparison.Ordinal);
        Assert.DoesNotContain("gigabitEthernet2/0", routes, StringComparison.Ordinal);
        Assert.DoesNotContain("fastEthernet1/0", west.Run("virtual-router red\nshow ip interface brief"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_domain_map_places_users_in_the_virtual_router_of_their_domain_whatever_router_carries_the_tunnel()
    {
        using SimulatedNetwork network = new();
        SimulatedRouter lns = network.Router("lns", "erx1440", Server);
        SimulatedHost outside = network.Host("192.0.2.9", "192.0.2.1", lns, "fastEthernet1/0");
        SimulatedHost a = network.Host("10.10.0.10", "10.10.0.1", lns, "fastEthernet1/1");
        SimulatedHost b = network.Host("10.10.0.10", "10.10.0.1", lns, "fastEthernet1/2");
        network.Start();

        SimulatedDialler anna = new(network, outside, "192.0.2.9", "192.0.2.1", "anna@a.example", "swordfish-1", 1);
        Assert.True(anna.Dial(), string.Join(Environment.NewLine, lns.Log));
        SimulatedDialler bert = new(network, outside, "192.0.2.9", "192.0.2.1", "bert@b.example", "swordfish-2", 2);
        Assert.True(bert.Dial(), string.Join(Environment.NewLine, lns.Log));

        // Pools of one name in two virtual routers give the same address twice.
        Assert.Equal((0x0a140101u, 0x0a140101u), (anna.Address, bert.Address));
        for (ushort i = 0; i < 10; i++)
        {
            anna.Ping("10.10.0.10", i);
            anna.Ping("10.20.0.1", (ushort)(50 + i));
            anna.Run(0.05);
            bert.Ping("10.10.0.10", (ushort)(100 + i));
            bert.Ping("10.20.0.3", (ushort)(150 + i));
            bert.Run(0.05);
            a.Ping("10.20.1.1", i);
        }

        anna.Run(0.5);
        bert.Run(0.5);
        Assert.Equal((20, 20), (anna.Replies.Count(), bert.Replies.Count()));
        Assert.All(anna.Replies, s => Assert.InRange(s, 0, 59));
        Assert.All(bert.Replies, s => Assert.InRange(s, 100, 159));
        Assert.Equal(10, anna.Node.Packets.Count(p => p[9] == 1 && p[20] == 8));
        Assert.Equal(0, bert.Node.Packets.Count(p => p[9] == 1 && p[20] == 8));
        Assert.Equal(10, b.Heard.Count);
        Assert.Contains("siteB", lns.Run("show subscribers"), StringComparison.Ordinal);

        // Without a map a user stays in the router of the tunnel, which has no such loopback.
        SimulatedDialler carl = new(network, outside, "192.0.2.9", "192.0.2.1", "carl", "swordfish-3", 3);
        Assert.False(carl.Dial(10));
    }
}
