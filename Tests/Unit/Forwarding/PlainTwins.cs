using RouterOS.Abstractions.Ports;
using RouterOS.Forwarding;
using RouterOS.Forwarding.Local;
using RouterOS.Packets;
using RouterOS.Proto.Flow.V1;
using RouterOS.Proto.Forwarding.V1;
using RouterOS.Simulation;
using Kind = RouterOS.Proto.Forwarding.V1.RouteRow.Types.Kind;

namespace RouterOS.Unit.Forwarding;

/// <summary>Two planes that get the same packets and rows, one with the plain pass and one without: nothing may tell them apart.</summary>
internal sealed class PlainTwins : IDisposable
{
    public const uint Inside = 1;
    public const uint Outside = 2;
    public const uint Raw = 3;
    public const uint Down = 4;
    public const uint Tunnel = 5;
    public const uint Other = 6;
    public const string Host = "192.0.2.9";
    public const string Gateway = "198.51.100.9";

    public static readonly byte[] HostLink = [2, 0, 0, 0, 1, 9];
    public static readonly byte[] GatewayLink = [2, 0, 0, 0, 2, 9];

    private readonly SimulatedClock _clock = new();
    private readonly SinkPort[][] _ports;
    private readonly TestNode[] _tunnels;
    private readonly Chassis[] _planes;

    public PlainTwins(int workers = 1, params Func<INodePackage>[] packages)
    {
        _tunnels = [.. Enumerable.Range(0, 2).Select(_ => new TestNode("test-tunnel", GraphEdge.Drop))];
        _ports =
        [
            .. Enumerable.Range(0, 2).Select(_ => (SinkPort[])
            [
                new SinkPort { Keep = true }, new SinkPort { Keep = true }, new SinkPort(PortLink.RawIp) { Keep = true },
                new SinkPort { Keep = true }, new SinkPort { Keep = true },
            ]),
        ];
        _planes =
        [
            .. Enumerable.Range(0, 2).Select(twin => new Chassis(
                _clock,
                [.. _ports[twin].Select((port, i) => ($"p{i}", (IPort)port))],
                (suite, _) => throw new NotSupportedException($"{suite}"),
                [new TestPackage(registry => AddTunnel(registry, _tunnels[twin])), .. packages.Select(make => make())],
                workers: workers,
                passesPlain: twin == 0)),
        ];
        Each(chassis =>
        {
            chassis.Interface(Inside, "p0", "192.0.2.1/24");
            chassis.Interface(Outside, "p1", "198.51.100.1/24", mtu: 576);
            chassis.Interface(Raw, "p2", "203.0.113.1/24");
            chassis.Interface(Down, "p3", "10.4.0.1/24", up: false);
            chassis.Interface(Tunnel, "", "10.5.0.1/24", mtu: 1400, linkType: "test");
            chassis.Interface(Other, "p4", "10.6.0.1/24", instance: 1);
            chassis.Route("10.0.0.0/8", Kind.Forward, Outside, Gateway);
            chassis.Route("10.7.0.0/16", Kind.Forward, Outside, "198.51.100.77");
            chassis.Route("10.8.0.0/16", Kind.Reject);
            chassis.Route("10.9.0.0/16", Kind.Discard);
            chassis.Route("10.9.7.128/25", Kind.Forward, Raw);
            chassis.Route("172.16.0.0/12", Kind.Forward, Tunnel, "10.5.0.9");
        });
        Hear(0, HostLink, Host, "192.0.2.1");
        Hear(1, GatewayLink, Gateway, "198.51.100.1");
    }

    public Chassis Passing => _planes[0];

    public void Each(Action<Chassis> action) => Array.ForEach(_planes, action);

    public void Hear(ushort port, byte[] link, string host, string router) => Each(chassis =>
        chassis.Feed(KernelNodes.PortInput, Build.Arp(ArpOperation.Request, link, host, new byte[6], router), port: port));

    public void Interface(uint mtu, bool up) => Each(chassis => chassis.Interface(Outside, "p1", "198.51.100.1/24", mtu: mtu, up: up));

    public void Wait(double seconds)
    {
        for (int i = 0; i < 4; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(seconds / 4));
            Each(chassis => chassis.Plane.RunOnce());
        }
    }

    /// <summary>Gives both the same packets in one batch: frames of a port, or packets that a tunnel has opened.</summary>
    public void Give(IReadOnlyList<(byte[] Bytes, int Port, ushort Segment)> batch, int worker = 0)
    {
        Each(chassis =>
        {
            foreach ((byte[] bytes, int port, ushort segment) in batch)
            {
                string node = port < 0 ? KernelNodes.Ip4Input : KernelNodes.PortInput;
                chassis.Feed(
                    node, bytes, port < 0 ? Tunnel : 0, (ushort)Math.Max(port, 0), handle => PacketBuffer.At(handle).SegmentBytes = segment,
                    worker, run: false);
            }

            chassis.Plane.RunOnce();
        });
    }

    /// <summary>Both have sent the same, to whatever place, and have counted the same; what they have sent is forgotten.</summary>
    public void AssertSame(params string[] tables)
    {
        for (int port = 0; port < _ports[0].Length; port++)
        {
            Assert.Equal(Sent(1, port), Sent(0, port));
        }

        Assert.Equal(Entered(1), Entered(0));
        Assert.Equal(_planes[1].Punted.Select(Text), _planes[0].Punted.Select(Text));
        foreach (string table in (string[])["interface", "drop", "neighbor", .. tables])
        {
            Assert.Equal(Rows(1, table), Rows(0, table));
        }

        Assert.Equal(Sessions(1), Sessions(0));

        Assert.Equal(NodePackets(1), NodePackets(0));
        for (int twin = 0; twin < 2; twin++)
        {
            Array.ForEach(_ports[twin], port => port.Frames.Clear());
            _tunnels[twin].Seen.Clear();
            Assert.Equal(0ul, _planes[twin].Plane.Worker.Graph.Faults);
        }
    }

    public long Sent() => _ports[0].Sum(port => port.Sent);

    public void AssertNothingLeaks() => Each(chassis => chassis.AssertNothingLeaks());

    public void Dispose() => Each(chassis => chassis.Dispose());

    private static void AddTunnel(INodeRegistry registry, TestNode node)
    {
        registry.AddNode(node);
        registry.AddLinkType("test", "test-tunnel");
    }

    private static string Text(PuntedPacket packet) => $"{packet}";

    private List<string> Sent(int twin, int port) =>
        [.. _ports[twin][port].Frames.Select(frame => Convert.ToHexString(Unnumbered(frame, port == 2 ? 0 : 14))).Order(StringComparer.Ordinal)];

    // The router's own errors, and the outer packets of tunnels, are numbered in the order in which they are made, which is another in the pass.
    private static byte[] Unnumbered(byte[] frame, int link)
    {
        if (frame.Length < link + 20 || frame[link] != 0x45)
        {
            return frame;
        }

        byte protocol = frame[link + 9];
        bool isError = protocol == 1 && frame.Length > link + 20 && frame[link + 20] is 3 or 11;
        if (isError || protocol is 4 or 47)
        {
            frame.AsSpan(link + 4, 2).Clear();
            frame.AsSpan(link + 10, 2).Clear();
        }

        if (protocol == 4)
        {
            return Unnumbered(frame, link + 20);
        }

        if (protocol != 47 || frame.Length < link + 28)
        {
            return frame;
        }

        int gre = link + 20;
        bool hasChecksum = (frame[gre] & 0x80) != 0;
        if (hasChecksum)
        {
            frame.AsSpan(gre + 4, 2).Clear();
        }

        return Unnumbered(frame, gre + 4 + (hasChecksum ? 4 : 0) + ((frame[gre] & 0x20) != 0 ? 4 : 0) + ((frame[gre] & 0x10) != 0 ? 4 : 0));
    }

    private unsafe List<string> Entered(int twin) =>
    [
        .. _tunnels[twin].Seen.Select(seen =>
        {
            PacketBuffer m = seen.Metadata;
            return $"{Convert.ToHexString(Unnumbered(seen.Bytes, 0))} {m.IngressInterface} {m.EgressInterface} {m.Instance} {m.NextHop:x} {m.Adjacency} {m.Offset} "
                + $"{m.Length} {m.Flags} {m.TunnelDepth} {m.SegmentCount} {Convert.ToHexString(new ReadOnlySpan<byte>(m.Ethernet, 14))}";
        }).Order(StringComparer.Ordinal),
    ];

    private List<string> Rows(int twin, string table) =>
        [.. _planes[twin].Plane.Snapshot(table, "").Select(row => $"{row.Key} {Convert.ToHexString(row.Value)}").Order(StringComparer.Ordinal)];

    // Sessions are numbered in the order in which they are made, too.
    private List<string> Sessions(int twin) =>
    [
        .. _planes[twin].Plane.Snapshot("flow-session", "").Select(row =>
        {
            SessionState session = SessionState.Parser.ParseFrom(row.Value);
            session.Id = 0;
            return $"{session}";
        }).Order(StringComparer.Ordinal),
    ];

    private List<string> NodePackets(int twin) =>
        [.. _planes[twin].Plane.Snapshot("node", "").Select(row => $"{row.Key} {NodeCounters.Parser.ParseFrom(row.Value).Packets}")];
}
