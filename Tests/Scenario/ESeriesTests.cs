using RouterOS.Scenario.Simulated;

namespace RouterOS.Scenario;

/// <summary>Two E Series chassis that boot from scripts.</summary>
public sealed class ESeriesTests
{
    private const string West = """
        hostname west
        virtual-router default
        interface fastEthernet 1/0
         ip address 10.1.0.1 255.255.255.0
        interface gigabitEthernet 2/0
         ip address 192.0.2.1 255.255.255.0
        ip route 10.2.0.0 255.255.255.0 192.0.2.2
        """;

    // What is configured in a virtual router of another name forwards as well.
    private const string East = """
        hostname east
        virtual-router lyon
        interface gigabitEthernet 0/0/0
         ip address 10.2.0.1 255.255.255.0
        interface gigabitEthernet 1/1/3
         ip address 192.0.2.2 255.255.255.0
        ip route 10.1.0.0 255.255.255.0 192.0.2.1
        """;

    [Fact]
    public void Hosts_behind_two_chassis_reach_each_other_and_a_command_takes_effect_at_once()
    {
        using SimulatedNetwork network = new();
        SimulatedRouter west = network.Router("west", "erx1440", West);
        SimulatedRouter east = network.Router("east", "e320", East);
        network.Wire(west, "gigabitEthernet2/0", east, "gigabitEthernet1/1/3");
        SimulatedHost left = network.Host("10.1.0.10", "10.1.0.1", west, "fastEthernet1/0");
        network.Host("10.2.0.10", "10.2.0.1", east, "gigabitEthernet0/0/0");
        network.Start();
        for (ushort i = 0; i < 20; i++)
        {
            left.Ping("10.2.0.10", i);
            network.Run(0.05);
        }

        network.Wait(() => left.Replies.Count == 20, "20 replies", 5);
        Assert.Contains("10.2.0.0/24        Static   192.0.2.2       1/0        gigabitEthernet2/0", west.Run("show ip route"), StringComparison.Ordinal);
        Assert.Contains("gigabitEthernet1/1/3 line protocol Ethernet is up, ip is up", east.Run("virtual-router lyon\nshow ip interface"), StringComparison.Ordinal);
        Assert.Contains("5 packets received", west.Run("ping 10.2.0.10 count 5"), StringComparison.Ordinal);
    }

    [Fact]
    public void Virtual_routers_with_equal_addresses_share_a_wire_by_vlans()
    {
        using SimulatedNetwork network = new();
        SimulatedRouter west = network.Router("west", "erx1440", Trunk(1, 2));
        SimulatedRouter east = network.Router("east", "erx1440", Trunk(2, 1));
        network.Wire(west, "gigabitEthernet2/0", east, "gigabitEthernet2/0");
        SimulatedHost left = network.Host("10.1.0.10", "10.1.0.1", west, "fastEthernet1/0");
        SimulatedHost red = network.Host("10.1.0.10", "10.1.0.1", west, "fastEthernet1/1");
        SimulatedHost right = network.Host("10.2.0.10", "10.2.0.1", east, "fastEthernet1/0");
        SimulatedHost rightRed = network.Host("10.2.0.10", "10.2.0.1", east, "fastEthernet1/1");
        network.Start();
        for (ushort i = 0; i < 20; i++)
        {
            left.Ping("10.2.0.10", i);
            red.Ping("10.2.0.10", (ushort)(100 + i));
            network.Run(0.05);
        }

        network.Wait(() => left.Replies.Count == 20 && red.Replies.Count == 20, "20 replies in each", 5);
        Assert.All(left.Replies, s => Assert.InRange(s, 0, 19));
        Assert.All(red.Replies, s => Assert.InRange(s, 100, 119));
        Assert.Equal((20, 20), (right.Heard.Count, rightRed.Heard.Count));
        Assert.Contains("gigabitEthernet2/0.200         Up      1500   200      static", west.Run("show vlan subinterface"), StringComparison.Ordinal);
        Assert.Contains("gigabitEthernet2/0.200 line protocol Ethernet is up, ip is up", west.Run("virtual-router red\nshow ip interface"), StringComparison.Ordinal);
        Assert.DoesNotContain(".200", west.Run("show ip interface"), StringComparison.Ordinal);
        Assert.Contains("5 packets received", west.Run("virtual-router red\nping 10.2.0.10 count 5"), StringComparison.Ordinal);
    }

    private static string Trunk(int own, int other) => $"""
        virtual-router default
        interface gigabitEthernet 2/0
         encapsulation vlan
        interface fastEthernet 1/0
         ip address 10.{own}.0.1 255.255.255.0
        interface gigabitEthernet 2/0.100
         vlan id 100
         ip address 192.0.2.{own} 255.255.255.0
        ip route 10.{other}.0.0 255.255.255.0 192.0.2.{other}
        virtual-router red
        interface fastEthernet 1/1
         ip address 10.{own}.0.1 255.255.255.0
        interface gigabitEthernet 2/0.200
         vlan id 200
         ip address 192.0.2.{own} 255.255.255.0
        ip route 10.{other}.0.0 255.255.255.0 192.0.2.{other}
        """;
}
