using RouterOS.Packets;
using RouterOS.Scenario.Simulated;
using RouterOS.Simulation;

namespace RouterOS.Scenario;

/// <summary>The course's policy-based pair.</summary>
public sealed class PolicyVpnTests : IDisposable
{
    private const string Near = "10.1.10.5";
    private const string Far = "10.1.210.5";

    private readonly SimulatedNetwork _network = new();
    private readonly List<byte[]> _seen = [];
    private SimulatedRouter _edge = null!;
    private SimulatedRouter _remote = null!;
    private SimulatedHost _near = null!;
    private SimulatedHost _far = null!;

    [Fact]
    public void One_tunnel_of_both_policies_comes_up_and_carries_both_ways_and_nothing_passes_beside_it()
    {
        // Where both sides begin at once, both have their way: four SAs, as the document shows elsewhere.
        Start(editRemote: OnTraffic);
        for (ushort i = 0; i < 100; i++)
        {
            _near.Ping(Far, i, bytes: i * 13);
            _far.Ping(Near, i, bytes: i * 14);
            _network.Run(0.05);
        }

        _network.Wait(() => _near.Replies.Count == 100 && _far.Replies.Count == 100, "100 replies each", 5);
        Assert.True(_seen.Count(frame => Kind(frame) == IpProtocol.Esp) >= 400);
        Assert.DoesNotContain(_seen, frame => Kind(frame) == IpProtocol.Icmp);
        string brief = _edge.Run("show security ipsec security-associations");
        Assert.Contains("total configured sa: 2", brief, StringComparison.Ordinal);
        Assert.Contains("  <2    1.1.70.1         500   ESP:3des/md5", brief, StringComparison.Ordinal);
        Assert.Contains("Policy-name: vpn-out, vpn-in", _edge.Run("show security ipsec security-associations detail"), StringComparison.Ordinal);
        Assert.Contains("Local Identity: ipv4(any:0,[0..3]=10.1.10.5)", _edge.Run("show security ipsec security-associations detail"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_clear_packet_that_matches_the_tunnels_policy_is_dropped_at_either_end()
    {
        Start();
        // From the outside, as if the far host sat on the provider's wire.
        _edge.Plane.Inject(new() { Source = Address(Near), Destination = Address(Far), Protocol = 17, Payload = new byte[12] });
        _network.Run(1);
        Assert.Empty(_far.Heard);
        Assert.Equal(1ul, Drops(_remote, "flow/wrong-protection"));
    }

    [Fact]
    public void Traffic_without_a_policy_is_denied_and_the_tunnel_is_no_way_around()
    {
        Start();
        _near.Ping("10.1.210.6", 1);
        _network.Run(1);
        Assert.Equal(1ul, Drops(_edge, "flow/policy-denied"));
        Assert.DoesNotContain(_seen, frame => Kind(frame) is IpProtocol.Esp or IpProtocol.Icmp);
    }

    [Fact]
    public void On_traffic_the_first_packet_brings_the_tunnel_up_and_nothing_leaves_in_the_clear_before()
    {
        Start(OnTraffic);
        Assert.Contains("total configured sa: 0", _edge.Run("show security ipsec security-associations"), StringComparison.Ordinal);
        for (ushort i = 0; i < 20; i++)
        {
            _near.Ping(Far, i);
            _network.Run(0.5);
        }

        Assert.InRange(_near.Replies.Count, 15, 20);
        Assert.DoesNotContain(_seen, frame => Kind(frame) == IpProtocol.Icmp);
    }

    [Fact]
    public void A_peer_that_answers_with_other_proxies_is_refused_and_a_deleted_policy_takes_its_tunnel_along()
    {
        Start();
        _edge.Commit(Configuration("policy-edge.conf").Replace(
            "permit {\n                        tunnel {\n                            ipsec-vpn TunnelA;\n                            pair-policy vpn-in;\n                        }\n                    }",
            "permit;", StringComparison.Ordinal).Replace("                            pair-policy vpn-out;\n", "", StringComparison.Ordinal));
        _network.Run(5);
        _near.Ping(Far, 1);
        _network.Run(1);
        // Now permitted in the clear here; the other end still wants the tunnel.
        Assert.Contains(_seen, frame => Kind(frame) == IpProtocol.Icmp);
        Assert.Empty(_near.Replies);
        Assert.True(Drops(_remote, "flow/wrong-protection") > 0);
    }

    public void Dispose() => _network.Dispose();

    private static string OnTraffic(string text) => text.Replace("establish-tunnels immediately", "establish-tunnels on-traffic", StringComparison.Ordinal);

    private static string Configuration(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Conformance", "seed-003", name));

    private static uint Address(string text) => Ipv4Address.TryParse(text, out uint address) ? address : 0;

    private static ulong Drops(SimulatedRouter router, string reason) =>
        router.Plane.Snapshot("drop", reason) is [var row] ? Proto.Forwarding.V1.DropCounter.Parser.ParseFrom(row.Value).Packets : 0;

    private static IpProtocol Kind(byte[] frame) =>
        EthernetHeader.TryParse(frame, out EthernetHeader ethernet, out _) && ethernet.Type == EtherType.Ipv4
        && Ipv4Header.TryParse(ethernet.Payload, out Ipv4Header ip, out _) ? ip.Protocol : 0;

    private void Start(Func<string, string>? edit = null, Func<string, string>? editRemote = null)
    {
        edit ??= text => text;
        _edge = _network.Router("edge", "srx650", edit(Configuration("policy-edge.conf")));
        _remote = _network.Router("remote", "srx650", (editRemote ?? edit)(Configuration("policy-remote.conf")));
        MemoryWire provider = _network.Wire(_edge, "ge-1/0/1", _remote, "ge-1/0/1");
        provider.Tap = (_, frame) => _seen.Add(frame);
        _near = _network.Host(Near, "10.1.10.1", _edge, "ge-0/0/0");
        _far = _network.Host(Far, "10.1.210.1", _remote, "ge-0/0/0");
        _network.Start();
        _network.Run(5);
    }
}
