using RouterOS.Scenario.Simulated;

namespace RouterOS.Scenario;

public sealed class L2tpTests
{
    private const string Server = """
        hostname lns
        aaa authentication ppp default local
        aaa dns primary 192.0.2.53
        username anna password swordfish-1
        profile remoteUsers
         ip unnumbered loopback 0
         ppp authentication mschapv2 chap
        virtual-router default
        interface loopback 0
         ip address 10.20.0.1 255.255.255.255
        interface fastEthernet 1/0
         ip address 192.0.2.1 255.255.255.0
        interface fastEthernet 1/1
         ip address 10.10.0.1 255.255.255.0
        ip address-pool local
        ip local pool clients 10.20.1.1 10.20.1.254
        l2tp destination profile anyClient ip address 0.0.0.0
         remote host default
          profile remoteUsers
        """;

    [Fact]
    public void A_client_dials_in_and_pings_the_router_and_a_host_behind_it_and_the_host_pings_the_client()
    {
        using SimulatedNetwork network = new();
        SimulatedRouter lns = network.Router("lns", "erx1440", Server);
        SimulatedHost outside = network.Host("192.0.2.9", "192.0.2.1", lns, "fastEthernet1/0");
        SimulatedHost inside = network.Host("10.10.0.10", "10.10.0.1", lns, "fastEthernet1/1");
        network.Start();

        SimulatedDialler client = new(network, outside, "192.0.2.9", "192.0.2.1", "anna", "swordfish-1", 1);
        Assert.True(client.Dial(), string.Join(Environment.NewLine, lns.Log));
        Assert.Equal(0x0a140101u, client.Address);

        for (ushort i = 0; i < 20; i++)
        {
            client.Ping("10.10.0.10", i);
            client.Ping("10.20.0.1", (ushort)(100 + i));
            inside.Ping("10.20.1.1", i);
            client.Run(0.05);
        }

        client.Run(0.5);
        Assert.Equal(40, client.Replies.Count());
        // Requests of the host behind: the client hears them all.
        Assert.Equal(20, client.Node.Packets.Count(p => p[9] == 1 && p[20] == 8));

        // Nobody speaks for another.
        int heard = inside.Heard.Count;
        client.Ping("10.10.0.10", 1, source: 0x0a140102);
        client.Run(0.5);
        Assert.Equal(heard, inside.Heard.Count);

        string tunnels = lns.Run("show l2tp tunnel");
        Assert.Contains("Up", tunnels, StringComparison.Ordinal);
        Assert.Contains("1 active session", tunnels, StringComparison.Ordinal);
        Assert.Contains("10.20.1.1", lns.Run("show subscribers"), StringComparison.Ordinal);
    }
}
