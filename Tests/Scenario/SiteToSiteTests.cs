using RouterOS.Scenario.Simulated;

namespace RouterOS.Scenario;

public sealed class SiteToSiteTests : IDisposable
{
    private static readonly string s_siteA = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Examples", "Srx", "Examples", "site-a.conf"));
    private static readonly string s_siteB = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Examples", "Srx", "Examples", "site-b.conf"));

    private readonly SimulatedNetwork _network = new();
    private readonly SimulatedRouter _siteA;
    private readonly SimulatedRouter _siteB;
    private readonly SimulatedHost _hostA;

    public SiteToSiteTests()
    {
        _siteA = _network.Router("site-a", "srx240", s_siteA);
        _siteB = _network.Router("site-b", "srx240", s_siteB);
        _network.Wire(_siteA, "ge-0/0/1", _siteB, "ge-0/0/1");
        _hostA = _network.Host("10.10.1.10", "10.10.1.1", _siteA, "ge-0/0/0");
        _network.Host("10.10.2.10", "10.10.2.1", _siteB, "ge-0/0/0");
        _network.Start();
        _network.Wait(() => TunnelIsUp(_siteA) && TunnelIsUp(_siteB), "the tunnel");
    }

    [Fact]
    public void The_example_brings_its_tunnel_up_and_carries_pings_of_all_sizes()
    {
        Ping(200);
        _network.Wait(() => _hostA.Replies.Count == 200, "200 replies", 5);
    }

    public void Dispose() => _network.Dispose();

    private static bool TunnelIsUp(SimulatedRouter router) =>
        router.Ask(bus => new Proto.Ike.V1.Ike.IkeClient(bus).ListVpnsAsync(new())).Vpns is [{ Up: true }];

    private void Ping(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _hostA.Ping("10.10.2.10", (ushort)i, bytes: i % 100 * 14);
            _network.Run(0.02);
        }
    }
}
