using RouterOS.Packets;
using RouterOS.Scenario.Simulated;
using RouterOS.Simulation;

namespace RouterOS.Scenario;

/// <summary>The course's route-based pair, whose default route leads into the tunnel.</summary>
public sealed class DefaultRouteTests : IDisposable
{
    private const ushort IkePort = 500;

    private readonly SimulatedNetwork _network = new();

    [Fact]
    public void A_default_route_into_the_tunnel_never_captures_IKE_or_ESP()
    {
        SimulatedRouter edge = _network.Router("edge", "srx650", Configuration("edge.conf"));
        SimulatedRouter remote = _network.Router("remote", "srx650", Configuration("remote.conf"));
        MemoryWire provider = _network.Wire(edge, "ge-1/0/1", remote, "ge-1/0/1");
        List<byte[]> seen = [];
        provider.Tap = (_, frame) => seen.Add(frame);
        SimulatedHost host = _network.Host("10.1.10.5", "10.1.10.1", edge, "ge-0/0/0");
        _ = _network.Host("10.1.210.5", "10.1.210.1", remote, "ge-0/0/0");
        _network.Start();
        _network.Run(5);

        for (ushort i = 0; i < 100; i++)
        {
            host.Ping("10.1.210.5", i, bytes: i * 13);
            _network.Run(0.05);
        }

        _network.Wait(() => host.Replies.Count == 100, "100 replies", 5);
        Assert.Contains("TunnelA", edge.Run("show security ipsec security-associations detail"), StringComparison.Ordinal);
        // On the provider's wire: ARP, IKE in the clear of the tunnel, ESP, and nothing else.
        Assert.All(seen, frame => Assert.Contains(Kind(frame), new[] { "arp", "ike", "esp" }));
        Assert.Contains(seen, frame => Kind(frame) == "ike");
        Assert.True(seen.Count(frame => Kind(frame) == "esp") >= 200);
    }

    public void Dispose() => _network.Dispose();

    private static string Configuration(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Conformance", "seed-003", name));

    private static string Kind(byte[] frame)
    {
        Assert.True(EthernetHeader.TryParse(frame, out EthernetHeader ethernet, out _));
        if (ethernet.Type == EtherType.Arp)
        {
            return "arp";
        }

        Assert.True(Ipv4Header.TryParse(ethernet.Payload, out Ipv4Header ip, out _));
        return ip.Protocol == IpProtocol.Esp ? "esp"
            : ip.Protocol == IpProtocol.Udp && UdpHeader.TryParse(ip.Payload, out UdpHeader udp, out _) && udp.DestinationPort == IkePort ? "ike"
            : $"{ip.Protocol} to {Ipv4Address.Format(ip.Destination)}";
    }
}
