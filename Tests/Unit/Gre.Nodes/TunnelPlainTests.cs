using System.Buffers.Binary;
using RouterOS.Flow.Nodes;
using RouterOS.Forwarding;
using RouterOS.Gre.Nodes;
using RouterOS.Gre.Wire;
using RouterOS.Packets;
using RouterOS.Proto.Flow.V1;
using RouterOS.Proto.Gre.V1;
using RouterOS.Simulation;
using RouterOS.Unit.Flow;
using RouterOS.Unit.Forwarding;
using Kind = RouterOS.Proto.Forwarding.V1.RouteRow.Types.Kind;

namespace RouterOS.Unit.Gre.Nodes;

/// <summary>Tunnels in the plain pass do what the nodes do: the same bytes leave, and every counter of tunnels, nodes, interfaces and drops is the same.</summary>
public sealed class TunnelPlainTests
{
    private const int Rounds = 600;
    private const uint First = 100;
    private const string Own = "198.51.100.1";

    private static readonly string[] s_remotes =
    [
        "10.200.0.1", "10.200.1.1", "10.200.2.1", "10.200.3.1", "10.200.4.1", "10.200.5.1", "10.200.6.1", "10.200.7.1", "10.200.8.1",
        PlainTwins.Gateway, "198.51.100.77", "203.0.113.40", "10.6.0.9", "10.100.9.9", "8.8.4.4", "10.9.1.1", "192.0.2.1",
    ];

    private static readonly string[] s_inside = [PlainTwins.Host, PlainTwins.Host, "192.0.2.10", "192.0.2.1", "10.1.2.3", "10.101.0.7", "10.105.0.7", "172.16.5.5", "8.8.8.8", "239.1.1.1"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_packets_fare_as_on_the_nodes(ulong seed)
    {
        using PlainTwins twins = new(1, () => new GreNodePackage());
        Install(twins);
        Compare(twins, seed, 1);
        Assert.True(Entered(twins) > 500, $"{Entered(twins)} packets were sent into tunnels.");
    }

    [Fact]
    public void With_zones_too()
    {
        using PlainTwins twins = new(1, () => new GreNodePackage(), () => new FlowNodePackage(2048));
        Install(twins);
        Zones(twins);
        Compare(twins, 4, 1, "flow-interface", "flow-policy");
    }

    [Fact]
    public void With_workers_too()
    {
        using PlainTwins twins = new(3, () => new GreNodePackage());
        Install(twins);
        Compare(twins, 5, 3);
    }

    [Fact]
    public void A_feature_of_the_routers_own_packets_that_takes_no_part_leaves_tunnels_to_the_nodes()
    {
        using PlainTwins twins = new(1, () => new GreNodePackage(), () => new TestPackage(registry =>
        {
            registry.AddNode(new TestNode("test-own", GraphEdge.Continue));
            registry.AddFeature(Arcs.LocalIn, "test-own");
            registry.AddNode(new TestNode("test-own-out", GraphEdge.Continue));
            registry.AddFeature(Arcs.LocalOut, "test-own-out");
        }));
        Install(twins);
        Compare(twins, 6, 1);
        Assert.True(Entered(twins) > 500);
    }

    private static ulong Entered(PlainTwins twins) => (ulong)twins.Passing.Plane.Snapshot("gre-tunnel", "")
        .Sum(row => (decimal)TunnelCounters.Parser.ParseFrom(row.Value).SentPackets);

    private static void Install(PlainTwins twins)
    {
        twins.Each(chassis =>
        {
            for (int i = 0; i < s_remotes.Length; i++)
            {
                chassis.Interface(First + (uint)i, "", $"10.5.{i}.1/30", mtu: i % 3 == 0 ? 1476u : 10240, linkType: "gre");
                chassis.Set("gre-tunnel", $"{First + i}", Row(i));
                chassis.Route($"10.{100 + i}.0.0/16", Kind.Forward, First + (uint)i);
            }
        });
        twins.Wait(4);
    }

    private static TunnelRow Row(int i) => new()
    {
        Interface = First + (uint)i,
        LocalAddress = Chassis.Ip(i == 12 ? "10.6.0.1" : Own),
        RemoteAddress = Chassis.Ip(s_remotes[i]),
        Instance = i == 12 ? 1u : 0,
        Checksum = i is 1 or 3,
        HasKey = i is 2 or 3,
        Key = i is 2 or 3 ? 77u : 0,
        Sequence = i == 4,
        Encapsulation = i == 5 ? Encapsulation.Ip : Encapsulation.Gre,
        Secured = i == 6,
        Protection = i == 6 ? "p" : "",
        Blocked = i == 7,
        AllowFragmentation = i == 8,
    };

    private static void Zones(PlainTwins twins) => twins.Each(chassis =>
    {
        foreach (uint index in (uint[])[PlainTwins.Inside, PlainTwins.Outside, PlainTwins.Raw, .. Enumerable.Range(0, s_remotes.Length - 2).Select(i => First + (uint)i)])
        {
            chassis.Set("zone-interface", $"{index}", new ZoneInterfaceRow { Interface = index, Zone = index >= First ? 3 : index });
        }

        foreach ((uint from, uint to) in ((uint, uint)[])[(1, 3), (3, 1), (2, 3), (3, 2), (3, 3), (1, 2)])
        {
            chassis.Set("policy", $"{from}/{to}", new PolicySetRow
            {
                FromZone = from, ToZone = to, Rules = { FlowRig.Rule((from * 10) + to, Policy.Types.Action.Permit) },
            });
        }
    });

    private static void Compare(PlainTwins twins, ulong seed, int workers, params string[] tables)
    {
        SeededRandom random = new(seed);
        for (int round = 0; round < Rounds; round++)
        {
            // Packets that are numbered, and the first ones of sessions, mind the order: they come alone.
            bool alone = tables.Length > 0 || random.Chance(0.2);
            // Many packets ask for more errors than there may be, and who gets none is a matter of order, too.
            bool many = !alone && random.Chance(0.1);
            int packets = alone ? 1 : 1 + random.Next(many ? 300 : 12);
            List<(byte[] Bytes, int Port, ushort Segment)> batch = [.. Enumerable.Range(0, packets).Select(_ => many ? Good(random) : Next(random, alone))];
            for (int again = alone ? 3 : 1; again > 0; again--)
            {
                twins.Give(batch, random.Next(workers));
            }

            switch (random.Next(16))
            {
                case 0:
                    twins.Interface(mtu: random.Chance(0.5) ? 576u : 1500, up: random.Chance(0.8));
                    twins.Hear(1, PlainTwins.GatewayLink, PlainTwins.Gateway, Own);
                    break;
                case 1:
                    int gone = random.Next(s_remotes.Length);
                    twins.Each(chassis => chassis.Plane.RemoveRow("gre-tunnel", $"{First + gone}"));
                    break;
                case 2 or 3:
                    int back = random.Next(s_remotes.Length);
                    twins.Each(chassis => chassis.Set("gre-tunnel", $"{First + back}", Row(back)));
                    break;
                case 4:
                    bool toTunnel = random.Chance(0.3);
                    twins.Each(chassis => chassis.Route("10.200.1.0/24", Kind.Forward, toTunnel ? First : PlainTwins.Outside, toTunnel ? "0.0.0.0" : PlainTwins.Gateway));
                    break;
                case 5:
                    uint protection = (uint)random.Next(2) * 9;
                    twins.Each(chassis => chassis.Plane.Post(() => chassis.Plane.Tables.NameProtection("p", protection)));
                    break;
                case 6:
                    twins.Each(chassis => chassis.Route("10.1.2.0/24", Kind.Forward, PlainTwins.Outside, "198.51.100.78"));
                    break;
                case 7:
                    twins.Each(chassis => chassis.Plane.RemoveRow("route", "0/10.1.2.0/24"));
                    break;
                case 8:
                    // The end of a tunnel becomes an address of the router, or one of its networks does, and is one no more.
                    (string end, bool isOurs) = (random.Chance(0.7) ? "10.200.0.1/32" : "10.200.0.0/24", random.Chance(0.4));
                    twins.Each(chassis =>
                    {
                        if (isOurs)
                        {
                            chassis.Route(end, Kind.Local, PlainTwins.Inside);
                        }
                        else
                        {
                            chassis.Plane.RemoveRow("route", $"0/{end}");
                        }
                    });
                    break;
                case 9:
                    twins.Wait(4);
                    break;
                default:
                    twins.Wait(0.2);
                    break;
            }

            twins.AssertSame(["gre-tunnel", .. tables]);
        }

        twins.AssertNothingLeaks();
    }

    // Between the host and tunnels that work.
    private static (byte[] Bytes, int Port, ushort Segment) Good(SeededRandom random)
    {
        int tunnel = random.Next(6) switch { 0 => 1, 1 => 2, 2 => 3, 3 => 5, 4 => 8, _ => 0 };
        int size = random.Next(60);
        string far = $"10.{100 + tunnel}.0.{random.Next(200)}";
        return random.Chance(0.5)
            ? (Build.Frame(SinkPort.Address, PlainTwins.HostLink, Build.Udp(PlainTwins.Host, far, 53, size)), 0, (ushort)0)
            : (Build.Frame(SinkPort.Address, PlainTwins.GatewayLink, Outer(random, tunnel, Build.Udp(far, PlainTwins.Host, 53, size), isGood: true)), 1, (ushort)0);
    }

    private static (byte[] Bytes, int Port, ushort Segment) Next(SeededRandom random, bool alone)
    {
        int tunnel;
        do
        {
            tunnel = random.Next(s_remotes.Length);
        }
        while (tunnel == 4 && !alone);

        bool into = random.Chance(0.5);
        byte[] packet = into ? Inner(random, PlainTwins.Host, $"10.{100 + tunnel}.0.{random.Next(200)}") : Outer(random, tunnel);
        if (random.Chance(0.06))
        {
            packet[random.Next(Math.Min(packet.Length, 50))] ^= (byte)(1 << random.Next(8));
            if (random.Chance(0.6))
            {
                Mend(packet);
            }
        }

        int port = into ? 0 : tunnel == 12 ? 4 : random.Next(8) switch { 0 => 2, 1 => -1, 2 => 0, _ => 1 };
        if (random.Chance(0.2))
        {
            packet = [.. packet, .. new byte[random.Next(20)]];
        }
        else if (random.Chance(0.03))
        {
            packet = packet[..random.Next(packet.Length)];
        }

        return (port is 2 or < 0 ? packet : Build.Frame(SinkPort.Address, into ? PlainTwins.HostLink : PlainTwins.GatewayLink, packet), port, 0);
    }

    private static byte[] Inner(SeededRandom random, string source, string destination)
    {
        int size = random.Next(5) switch { 0 => random.Next(1470), 1 => 500 + random.Next(40), _ => random.Next(60) };
        byte[] packet = Build.Udp(source, destination, (ushort)(50 + random.Next(3)), size, (byte)(random.Next(30) switch { 0 => 1, 1 => 2, _ => 64 }), random.Chance(0.4));
        packet[1] = (byte)random.Next(256);
        Mend(packet);
        return packet;
    }

    private static byte[] Outer(SeededRandom random, int tunnel) =>
        Outer(random, tunnel, Inner(random, $"10.{100 + tunnel}.0.9", s_inside[random.Next(s_inside.Length)]), isGood: false);

    private static byte[] Outer(SeededRandom random, int tunnel, byte[] inner, bool isGood)
    {
        string remote = s_remotes[tunnel];
        string own = tunnel == 12 ? "10.6.0.1" : Own;
        if (!isGood && random.Chance(0.05))
        {
            // One inside the other, and what the peer wants back.
            inner = random.Chance(0.5) ? Gre(random, 0, inner, s_remotes[0], Own) : Build.Ip(own, remote, IpProtocol.Gre, new byte[4]);
        }

        byte[] packet = tunnel == 5
            ? Build.Ip(remote, own, (IpProtocol)(isGood || random.Chance(0.9) ? 4 : 41), inner)
            : Gre(random, tunnel, inner, remote, own, isGood);
        packet[1] = (byte)(random.Chance(0.5) ? 0 : random.Next(256));
        Mend(packet);
        return packet;
    }

    private static byte[] Gre(SeededRandom random, int tunnel, byte[] inner, string from, string to, bool isGood = false)
    {
        ushort flags = 0;
        double odd = isGood ? 0 : 0.05;
        flags |= random.Chance(tunnel is 1 or 3 ? 1 - odd : odd) ? GreHeader.ChecksumFlag : (ushort)0;
        flags |= random.Chance(tunnel is 2 or 3 ? 1 - odd : odd) ? GreHeader.KeyFlag : (ushort)0;
        flags |= random.Chance(tunnel is 4 ? 1 - odd : odd) ? GreHeader.SequenceFlag : (ushort)0;
        byte[] payload = new byte[GreHeader.LengthOf(flags) + inner.Length];
        int header = GreHeader.Write(payload, flags, (isGood ? 9 : random.Next(20)) switch { 0 => GreProtocol.Ipv6, 1 => GreProtocol.Keepalive, 2 => (GreProtocol)0x6558, _ => GreProtocol.Ipv4 }, 77);
        inner.CopyTo(payload, header);
        if ((flags & GreHeader.SequenceFlag) != 0)
        {
            BinaryPrimitives.WriteUInt32BigEndian(payload.AsSpan(header - 4), (uint)random.Next(100));
        }

        payload[1] |= (byte)((isGood ? 9 : random.Next(40)) switch { 0 => 1, 1 => 0x40, _ => 0 });
        if ((flags & GreHeader.ChecksumFlag) != 0)
        {
            BinaryPrimitives.WriteUInt16BigEndian(payload.AsSpan(4), InternetChecksum.Compute(payload));
        }

        return Build.Ip(from, to, IpProtocol.Gre, payload);
    }

    private static void Mend(byte[] packet)
    {
        packet[10] = packet[11] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), InternetChecksum.Compute(packet.AsSpan(0, 20)));
    }
}
