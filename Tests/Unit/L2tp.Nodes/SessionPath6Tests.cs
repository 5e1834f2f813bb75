using Google.Protobuf;
using RouterOS.Forwarding;
using RouterOS.L2tp.Nodes;
using RouterOS.L2tp.Wire;
using RouterOS.Packets;
using RouterOS.Proto.Forwarding.V1;
using RouterOS.Proto.L2tp.V1;
using RouterOS.Simulation;
using RouterOS.Unit.Forwarding;
using Kind = RouterOS.Proto.Forwarding.V1.RouteRow.Types.Kind;

namespace RouterOS.Unit.L2tp.Nodes;

/// <summary>IPv6 of users: out of data messages and into them.</summary>
public sealed class SessionPath6Tests : IDisposable
{
    private const string Peer = "192.0.2.9";
    private const string Own = "192.0.2.1";
    private const string User = "2001:db8:7::9";
    private const string Behind = "2001:db8:2::9";
    private const string PeerLinkLocal = "fe80::a:b:c:d";
    private const string OwnLinkLocal = "fe80::1:2:3:4";
    private const uint Session = 70_000;

    private readonly SimulatedClock _clock = new();
    private readonly SinkPort _left = new() { Keep = true };
    private readonly SinkPort _right = new() { Keep = true };
    private readonly Chassis _chassis;

    public SessionPath6Tests()
    {
        _chassis = new Chassis(_clock, [("p0", _left), ("p1", _right)], new L2tpNodePackage());
        _chassis.Interface(1, "p0", "192.0.2.1/24");
        _chassis.Interface6(2, "p1", "2001:db8:2::1/64");
        _chassis.Feed(KernelNodes.PortInput, Build.Arp(ArpOperation.Request, [2, 0, 0, 0, 1, 0], Peer, new byte[6], Own), port: 0);
        _chassis.Feed(KernelNodes.PortInput, Build6.Frame(
            _right.LinkAddress.ToArray(), [2, 0, 0, 0, 1, 1],
            Build6.Neighbor(Icmp6Type.NeighborSolicitation, Behind, "2001:db8:2::1", "2001:db8:2::1", [2, 0, 0, 0, 1, 1])), port: 1);
        _chassis.Set("l2tp", "default", new ServerRow { Listens = true });
        _chassis.Set("interface", "70000", new InterfaceRow
        {
            Index = Session, Name = "l2tp.1", LinkType = "ppp", Mtu = 1400, Mtu6 = 1400, Up = true, Inet6 = true, LinkLocal = Bytes(OwnLinkLocal),
        });
        Install();
        _chassis.Route6(Chassis.Ip6("2001:db8:7::"), 64, Kind.Forward, Session);
        _left.Frames.Clear();
        _right.Frames.Clear();
    }

    public void Dispose() => _chassis.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Packets_of_a_user_are_forwarded_and_counted(bool compressed)
    {
        byte[] inner = Build6.Udp(User, Behind, 53, 100);
        Receive(compressed ? [0x57, .. inner] : [0xff, 3, 0, 0x57, .. inner]);
        byte[] sent = Assert.Single(_right.Frames)[14..];
        Assert.Equal(63, sent[7]);
        Assert.Equal(inner[8..], sent[8..]);
        Assert.Equal((1ul, (ulong)inner.Length, 0ul), (Counters().ReceivedPackets, Counters().ReceivedOctets, Counters().Spoofed));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Packets_to_a_user_leave_in_data_messages_of_IPv6(bool compressed)
    {
        Install(row => row.CompressAddress = row.CompressProtocol = compressed);
        byte[] inner = Build6.Udp(Behind, User, 53, 100);
        _chassis.Feed(KernelNodes.Ip6Input, inner, ingress: 2);
        byte[] packet = Assert.Single(_left.Frames)[14..];
        Assert.True(Ipv4Header.TryParse(packet, out Ipv4Header ip, out _));
        Assert.True(UdpHeader.TryParse(ip.Payload, out UdpHeader udp, out _));
        Assert.True(L2tpHeader.TryParse(udp.Payload, out L2tpHeader message, out _));
        byte[] frame = message.Payload.ToArray();
        Assert.Equal(compressed ? [0x57] : [0xff, 3, 0, 0x57], frame[..^inner.Length]);
        Assert.Equal(inner[8..], frame[^(inner.Length - 8)..]);
        Assert.Equal(1ul, Counters().SentPackets);
    }

    [Fact]
    public void A_source_that_is_not_the_users_is_dropped()
    {
        foreach (string source in (string[])["2001:db8:8::9", "fe80::a:b:c:e", "::"])
        {
            Receive([0xff, 3, 0, 0x57, .. Build6.Udp(source, Behind, 53)]);
        }

        Assert.Empty(_right.Frames);
        Assert.Equal((3ul, 3ul), (Counters().Spoofed, _chassis.Drops("l2tp/spoofed")));
    }

    [Fact]
    public void The_users_router_answers_pings_to_its_link_local_address()
    {
        Receive([0xff, 3, 0, 0x57, .. Build6.Echo(PeerLinkLocal, OwnLinkLocal)]);
        byte[] packet = Assert.Single(_left.Frames)[14..];
        Assert.True(Ipv4Header.TryParse(packet, out Ipv4Header ip, out _));
        byte[] frame = ip.Payload[(UdpHeader.Length + L2tpHeader.DataLength)..].ToArray();
        Assert.Equal([0xff, 3, 0, 0x57], frame[..4]);
        Assert.Equal(Bytes(OwnLinkLocal).ToArray(), frame[12..28]);
        Assert.Equal(129, frame[44]);
    }

    [Fact]
    public void Who_asks_for_its_router_and_who_has_no_IPv6_is_the_control_planes()
    {
        byte[] solicitation = Build6.Ip(PeerLinkLocal, "ff02::2", 58, [133, 0, 0, 0, 0, 0, 0, 0], hops: 255);
        Receive([0xff, 3, 0, 0x57, .. solicitation]);
        Assert.Equal("udp:1701", Assert.Single(_chassis.Punted).Channel);
        Install(row => row.PeerIdentifier = 0);
        Receive([0xff, 3, 0, 0x57, .. Build6.Udp(User, Behind, 53)]);
        Assert.Equal(2, _chassis.Punted.Count);
        Assert.Empty(_right.Frames);
        _chassis.Feed(KernelNodes.Ip6Input, Build6.Udp(Behind, User, 53), ingress: 2);
        Assert.Empty(_left.Frames);
    }

    [Fact]
    public void What_is_shorter_than_its_header_says_is_dropped()
    {
        byte[] inner = Build6.Udp(User, Behind, 53, 100);
        for (int length = 1; length < inner.Length; length++)
        {
            Receive([0xff, 3, 0, 0x57, .. inner[..length]]);
        }

        Assert.Empty(_right.Frames);
        Assert.Equal((ulong)inner.Length - 1, Counters().ReceivedDiscarded);
    }

    private static ByteString Bytes(string address) => ByteString.CopyFrom(System.Net.IPAddress.Parse(address).GetAddressBytes());

    private SessionCounters Counters() => SessionCounters.Parser.ParseFrom(Assert.Single(_chassis.Plane.Snapshot("l2tp-session", "0/5/6")).Value);

    private void Install(Action<SessionRow>? change = null)
    {
        SessionRow row = new()
        {
            Tunnel = 5, Session = 6, RemoteTunnel = 77, RemoteSession = 88, Interface = Session, LocalAddress = Chassis.Ip(Own),
            RemoteAddress = Chassis.Ip(Peer), LocalPort = 1701, RemotePort = 40000, PeerAddress = Chassis.Ip("10.60.0.1"), TcpMss6 = 1340,
            PeerIdentifier = 0x000a_000b_000c_000d, PeerNetworks6 = { new PeerNetwork6 { Prefix = Bytes("2001:db8:7::"), PrefixLength = 64 } },
        };
        change?.Invoke(row);
        _chassis.Set("l2tp-session", "0/5/6", row);
    }

    private void Receive(byte[] frame)
    {
        byte[] datagram = new byte[UdpHeader.Length + L2tpHeader.DataLength + frame.Length];
        L2tpHeader.WriteData(datagram.AsSpan(UdpHeader.Length), 5, 6);
        frame.CopyTo(datagram, UdpHeader.Length + L2tpHeader.DataLength);
        UdpHeader.Write(datagram, 40000, 1701, Chassis.Ip(Peer), Chassis.Ip(Own));
        _chassis.Feed(KernelNodes.Ip4Input, Build.Ip(Peer, Own, IpProtocol.Udp, datagram), ingress: 1);
    }
}
