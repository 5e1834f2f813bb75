using RouterOS.Scenario.Simulated;

namespace RouterOS.Scenario;

public sealed class StaticRoutingTests
{
    private const string West = """
        system { host-name west; }
        interfaces {
            ge-0/0/0 { unit 0 { family inet { address 10.1.0.1/24; } } }
            ge-0/0/1 { unit 0 { family inet { address 192.0.2.1/24; } } }
        }
        routing-options { static { route 10.2.0.0/24 next-hop 192.0.2.2; } }
        security {
            zones { security-zone all { host-inbound-traffic { system-services { ping; } } interfaces { ge-0/0/0.0; ge-0/0/1.0; } } }
            policies { from-zone all to-zone all { policy any { match { source-address any; destination-address any; application any; } then { permit; } } } }
        }
        """;

    private static readonly string s_east = West.Replace("west", "east", StringComparison.Ordinal)
        .Replace("10.1.0.1", "10.3.0.1", StringComparison.Ordinal).Replace("10.2.0.0/24 next-hop 192.0.2.2", "10.1.0.0/24 next-hop 192.0.2.1", StringComparison.Ordinal)
        .Replace("192.0.2.1/24", "192.0.2.2/24", StringComparison.Ordinal).Replace("10.3.0.1", "10.2.0.1", StringComparison.Ordinal);

    [Fact]
    public void Hosts_behind_two_routers_reach_each_other_by_static_routes()
    {
        using SimulatedNetwork network = new();
        SimulatedRouter west = network.Router("west", "srx240", West);
        SimulatedRouter east = network.Router("east", "srx240", s_east);
        network.Wire(west, "ge-0/0/1", east, "ge-0/0/1");
        SimulatedHost left = network.Host("10.1.0.10", "10.1.0.1", west, "ge-0/0/0");
        network.Host("10.2.0.10", "10.2.0.1", east, "ge-0/0/0");
        network.Start();
        for (ushort i = 0; i < 100; i++)
        {
            left.Ping("10.2.0.10", i, bytes: i * 14);
            network.Run(0.01);
        }

        network.Wait(() => left.Replies.Count == 100, "100 replies", 5);
        Assert.Equal(Enumerable.Range(0, 100), left.Replies.Select(sequence => (int)sequence));
        left.Ping("10.9.9.9", 1);
        network.Wait(() => left.Errors.Count > 0, "an ICMP unreachable", 5);
    }

    [Fact]
    public void An_operator_pings_and_traces_through_the_neighbour()
    {
        using SimulatedNetwork network = new();
        SimulatedRouter west = network.Router("west", "srx240", West);
        SimulatedRouter east = network.Router("east", "srx240", s_east);
        network.Wire(west, "ge-0/0/1", east, "ge-0/0/1", new() { Clock = network.Clock, Latency = TimeSpan.FromMilliseconds(2) });
        network.Host("10.2.0.10", "10.2.0.1", east, "ge-0/0/0");
        network.Start();

        // The first ones also learn who has which address.
        west.Run("ping 10.2.0.10 rapid");
        Assert.Equal(
            """
            PING 10.2.0.10 (10.2.0.10): 56 data bytes
            64 bytes from 10.2.0.10: icmp_seq=0 ttl=63 time=4.000 ms
            64 bytes from 10.2.0.10: icmp_seq=1 ttl=63 time=4.000 ms

            --- 10.2.0.10 ping statistics ---
            2 packets transmitted, 2 packets received, 0% packet loss
            round-trip min/avg/max/stddev = 4.000/4.000/4.000/0.000 ms

            """,
            west.Run("ping 10.2.0.10 count 2"));
        Assert.StartsWith(
            """
            traceroute to 10.2.0.10 (10.2.0.10), 3 hops max, 40 byte packets
             1  192.0.2.2 (192.0.2.2)  4.000 ms  4.000 ms  4.000 ms
             2  10.2.0.10 (10.2.0.10)  4.000 ms
            """,
            west.Run("traceroute 10.2.0.10 icmp ttl 3"));
        Assert.Contains("!!!!!", west.Run("ping 192.0.2.2 rapid"));
        Assert.Contains("100% packet loss", west.Run("ping 192.0.2.77 count 1"));
        Assert.Contains("No route to host", west.Run("ping 203.0.113.1 count 1"));
        Assert.Contains("5 packets received", west.Run("ping 192.0.2.1 rapid"));
        Assert.Contains("No alarms currently active", west.Run("show chassis alarms"));
    }
}
