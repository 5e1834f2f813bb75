using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Ike.V1;
using RouterOS.Scenario.Simulated;
using RouterOS.Simulation;

namespace RouterOS.Scenario;

/// <summary>Two sites of the example with a NAT before site A: seen outside as 203.0.113.77.</summary>
public sealed class NatTraversalTests : IDisposable
{
    private const uint Inside = 0xcb007101;
    private const uint Outside = 0xcb00714d;

    private readonly SimulatedNetwork _network = new();
    private SimulatedRouter _siteA = null!;
    private SimulatedRouter _siteB = null!;
    private SimulatedHost _hostA = null!;
    private SimulatedHost _hostB = null!;
    private SimulatedNat _nat = null!;
    private ushort _sent;

    [Theory]
    [InlineData("")]
    [InlineData("aes-256-gcm")]
    public void A_tunnel_crosses_the_nat_and_carries_packets_of_all_sizes_both_ways(string gcm)
    {
        Start(text => gcm.Length == 0 ? text : text
            .Replace("authentication-algorithm hmac-sha-256-128;", string.Empty, StringComparison.Ordinal)
            .Replace("encryption-algorithm aes-256-cbc;\n            lifetime-seconds 3600", $"encryption-algorithm {gcm};\n            lifetime-seconds 3600", StringComparison.Ordinal));
        for (int i = 0; i < 100; i++)
        {
            _hostA.Ping("10.10.2.10", _sent++, bytes: i * 14);
            _hostB.Ping("10.10.1.10", _sent, bytes: i * 14);
            _network.Run(0.02);
        }

        _network.Wait(() => _hostA.Replies.Count == 100 && _hostB.Replies.Count == 100, "100 replies each", 5);
        Phase2Sa pair = Phase2(_siteB);
        Assert.Equal((4500u, 20001u, "203.0.113.77"), (pair.LocalUdpPort, pair.RemoteUdpPort, pair.RemoteAddress));
        Assert.Equal(gcm.Length > 0, pair.Proposal.Cipher == Cipher.AesGcm16);
        Assert.Contains("Local: 203.0.113.2:4500, Remote: 203.0.113.77:20001", _siteB.Run("show security ike security-associations detail"), StringComparison.Ordinal);
        Assert.Contains(gcm.Length > 0 ? "ESP:aes-gcm-256/None" : "ESP:aes-256/sha256", _siteB.Run("show security ipsec security-associations"), StringComparison.Ordinal);
    }

    [Fact]
    public void Rebinding_while_traffic_flows_moves_the_tunnel_and_negotiates_nothing()
    {
        Start();
        Ping(50);
        int negotiations = Negotiations();
        for (uint round = 1; round <= 5; round++)
        {
            _nat.Rebind();
            Ping(50);
            Assert.Equal((20u + round) * 1000, Phase2(_siteB).RemoteUdpPort);
        }

        // The packet that tells, and those on their way back to the old port until the row has changed.
        Assert.InRange(_hostA.Replies.Count, 300 - 10, 300);
        Assert.Equal(negotiations, Negotiations());
        Assert.True(Assert.Single(_siteB.Ask(bus => new Proto.Ike.V1.Ike.IkeClient(bus).ListPhase1Async(new())).Sas, s => s.RemotePort == 25000).Up);
    }

    [Fact]
    public void Both_phases_are_rekeyed_behind_the_nat_and_no_packet_is_lost()
    {
        Start(text => text.Replace("28800", "300", StringComparison.Ordinal).Replace("3600", "180", StringComparison.Ordinal));
        uint first = Phase2(_siteA).OutboundSpi;
        Ping(4 * 700, every: 0.25);
        Assert.Equal(_sent, _hostA.Replies.Count);
        Assert.NotEqual(first, Phase2(_siteA).OutboundSpi);
    }

    [Fact]
    public void A_killed_module_and_a_killed_engine_keep_ports_and_sequence_numbers()
    {
        Start();
        Ping(50);
        int negotiations = Negotiations();
        _siteB.KillModule();
        _network.Run(0.5);
        _siteB.StartModule();
        _network.Run(2);
        _siteB.KillEngine();
        Ping(50);
        _siteB.StartEngine();
        _network.Run(5);
        Ping(50);
        Assert.Equal(150, _hostA.Replies.Count);
        Assert.Equal(negotiations, Negotiations());
        Assert.Equal(20001u, Phase2(_siteB).RemoteUdpPort);
    }

    public void Dispose() => _network.Dispose();

    private static string Example(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Examples", "Srx", "Examples", name));

    private static Phase2Sa Phase2(SimulatedRouter router) =>
        Assert.Single(router.Ask(bus => new Proto.Ike.V1.Ike.IkeClient(bus).ListPhase2Async(new())).Sas, sa => sa.Current);

    private static bool TunnelIsUp(SimulatedRouter router) =>
        router.Ask(bus => new Proto.Ike.V1.Ike.IkeClient(bus).ListVpnsAsync(new())).Vpns is [{ Up: true }];

    private int Negotiations() => _siteA.Log.Concat(_siteB.Log).Count(line => line.Contains("is up", StringComparison.Ordinal) && line.Contains(" ike: ", StringComparison.Ordinal));

    private void Start(Func<string, string>? edit = null)
    {
        edit ??= text => text;
        _siteA = _network.Router("site-a", "srx240", edit(Example("site-a.conf")));
        _siteB = _network.Router("site-b", "srx240", edit(Example("site-b.conf")).Replace(
            "address 203.0.113.1;", "address 203.0.113.77; remote-identity inet 203.0.113.1;", StringComparison.Ordinal));
        MemoryWire inside = new("nat-inside");
        MemoryWire outside = new("nat-outside");
        _siteA.Plug("ge-0/0/1", inside.Left);
        _siteB.Plug("ge-0/0/1", outside.Right);
        _nat = new SimulatedNat(inside.Right, Inside, outside.Left, Outside);
        _network.Loop.Add(_nat.RunOnce, () => long.MaxValue);
        _hostA = _network.Host("10.10.1.10", "10.10.1.1", _siteA, "ge-0/0/0");
        _hostB = _network.Host("10.10.2.10", "10.10.2.1", _siteB, "ge-0/0/0");
        _network.Start();
        for (int i = 0; i < 60 && !(TunnelIsUp(_siteA) && TunnelIsUp(_siteB)); i++)
        {
            _network.Run(1);
        }

        Assert.True(TunnelIsUp(_siteA) && TunnelIsUp(_siteB), _siteA.Report() + _siteB.Report());
    }

    private void Ping(int count, double every = 0.02)
    {
        for (int i = 0; i < count; i++)
        {
            _hostA.Ping("10.10.2.10", _sent++);
            _network.Run(every);
        }

        _network.Run(1);
    }
}
