using RouterOS.Forwarding;
using RouterOS.L2tp.Nodes;
using RouterOS.L2tp.Wire;
using RouterOS.Packets;
using RouterOS.Proto.L2tp.V1;
using RouterOS.Simulation;
using RouterOS.Unit.Forwarding;
using Kind = RouterOS.Proto.Forwarding.V1.RouteRow.Types.Kind;

namespace RouterOS.Unit.L2tp.Nodes;

public sealed class SessionPathTests : IDisposable
{
    private const string Peer = "192.0.2.9";
    private const string Own = "192.0.2.1";
    private const string Inner = "10.60.0.1";
    private const string Behind = "198.51.100.9";
    private const uint Session = 70_000;

    private readonly SimulatedClock _clock = new();
    private readonly SinkPort _left = new() { Keep = true };
    private readonly SinkPort _right = new() { Keep = true };
    private readonly Chassis _chassis;
    private string _key = "";

    public SessionPathTests()
    {
        _chassis = new Chassis(_clock, [("p0", _left), ("p1", _right)], new L2tpNodePackage());
        _chassis.Interface(1, "p0", "192.0.2.1/24");
        _chassis.Interface(2, "p1", "198.51.100.1/24");
        Hear(0, Peer, Own);
        Hear(1, Behind, "198.51.100.1");
        _left.Frames.Clear();
        _right.Frames.Clear();
        _chassis.Set("l2tp", "default", new ServerRow { Listens = true });
        _chassis.Interface(Session, "", "", mtu: 1400, linkType: "ppp");
        Install();
        _chassis.Route($"{Inner}/32", Kind.Forward, Session);
    }

    public void Dispose() => _chassis.Dispose();

    [Fact]
    public void A_packet_of_the_peer_is_taken_out_and_forwarded()
    {
        byte[] inner = Build.Udp(Inner, Behind, 53, 100);
        Receive(Data(inner));
        byte[] sent = Assert.Single(_right.Frames)[14..];
        Assert.Equal(inner[20..], sent[20..]);
        Assert.Equal(63, sent[8]);
        SessionCounters counters = Counters();
        Assert.Equal((1ul, (ulong)inner.Length), (counters.ReceivedPackets, counters.ReceivedOctets));
        Assert.Equal(1ul, _chassis.Counters(Session).InputPackets);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public void A_packet_to_the_peer_leaves_in_a_data_message(bool compressed, bool sequenced)
    {
        Install(row =>
        {
            row.CompressAddress = row.CompressProtocol = compressed;
            row.Sequencing = sequenced;
            row.Checksum = true;
        });
        byte[] inner = Build.Udp(Behind, Inner, 53, 100);
        Send(inner);
        byte[] packet = Assert.Single(_left.Frames)[14..];
        Assert.True(Ipv4Header.TryParse(packet, out Ipv4Header ip, out _));
        Assert.Equal((Chassis.Ip(Own), Chassis.Ip(Peer)), (ip.Source, ip.Destination));
        Assert.True(UdpHeader.TryParse(ip.Payload, out UdpHeader udp, out _));
        Assert.True(udp.IsChecksumRight(ip.Source, ip.Destination));
        Assert.Equal((1701, 40000), (udp.SourcePort, udp.DestinationPort));
        Assert.True(L2tpHeader.TryParse(udp.Payload, out L2tpHeader message, out _));
        Assert.Equal((77, 88), (message.Tunnel, message.Session));
        Assert.Equal(sequenced, message.HasSequence);
        byte[] frame = message.Payload.ToArray();
        Assert.Equal(compressed ? [0x21] : [0xff, 0x03, 0x00, 0x21], frame[..^inner.Length]);
        Assert.Equal(inner[20..], frame[^(inner.Length - 20)..]);
        Assert.Equal(1ul, Counters().SentPackets);
    }

    [Fact]
    public void A_source_that_is_not_the_peers_is_dropped_and_networks_behind_it_pass()
    {
        Receive(Data(Build.Udp("10.60.0.2", Behind, 53)));
        Assert.Empty(_right.Frames);
        Assert.Equal(1ul, Counters().Spoofed);
        Assert.Equal(1ul, _chassis.Drops("l2tp/spoofed"));

        Install(row => row.PeerNetworks.Add(new PeerNetwork { Prefix = Chassis.Ip("10.60.0.0"), PrefixLength = 30 }));
        Receive(Data(Build.Udp("10.60.0.2", Behind, 53)));
        Assert.Single(_right.Frames);
        Receive(Data(Build.Udp("10.60.0.4", Behind, 53)));
        Assert.Single(_right.Frames);
    }

    [Fact]
    public void What_is_not_IP_or_not_known_goes_to_the_control_plane()
    {
        byte[] control = new byte[L2tpHeader.ControlLength];
        L2tpHeader.WriteControl(control, 5, 0, 0, 0, 0);
        Receive(control);
        Receive(Frame(5, 6, [0xff, 0x03, 0xc0, 0x21, 9, 1, 0, 8, 0, 0, 0, 0]));
        Receive(Frame(5, 7, [0xff, 0x03, 0x00, 0x21, .. Build.Udp(Inner, Behind, 53)]));
        Assert.Equal(["udp:1701", "udp:1701", "udp:1701"], _chassis.Punted.Select(p => p.Channel));
        Assert.Equal(40000, _chassis.Punted[0].SourcePort);
        Receive([1, 2, 3]);
        Assert.Equal(1ul, _chassis.Drops("l2tp/malformed"));
    }

    [Fact]
    public void Peers_of_one_address_that_are_up_do_not_share_what_it_may_send_to_the_control_plane()
    {
        byte[] stranger = new byte[L2tpHeader.ControlLength];
        L2tpHeader.WriteControl(stranger, 44, 0, 0, 0, 0);
        byte[] known = new byte[L2tpHeader.ControlLength];
        L2tpHeader.WriteControl(known, 5, 0, 0, 0, 0);
        for (int i = 0; i < 2000; i++)
        {
            Receive(stranger);
        }

        int shared = _chassis.Punted.Count;
        Assert.InRange(shared, 1, 300);
        for (int i = 0; i < 100; i++)
        {
            Receive(known);
            Receive(Frame(5, 6, [0xff, 0x03, 0xc0, 0x21, 9, 1, 0, 8, 0, 0, 0, 0]));
        }

        Assert.Equal(shared + 200, _chassis.Punted.Count);

        // From elsewhere nobody is the tunnel's peer, and its own share has an end, too.
        Receive(known, from: "192.0.2.10");
        for (int i = 0; i < 2000; i++)
        {
            Receive(known);
        }

        Assert.InRange(_chassis.Punted.Count, shared + 200, shared + 310);
    }

    [Fact]
    public void The_peer_of_a_tunnel_is_known_until_the_last_of_its_sessions_has_gone()
    {
        byte[] known = new byte[L2tpHeader.ControlLength];
        L2tpHeader.WriteControl(known, 5, 0, 0, 0, 0);
        _chassis.Interface(Session + 1, "", "", mtu: 1400, linkType: "ppp");
        _chassis.Interface(Session + 2, "", "", mtu: 1400, linkType: "ppp");
        foreach (uint number in (uint[])[7, 8])
        {
            _chassis.Set("l2tp-session", $"0/5/{number}", new SessionRow
            {
                Tunnel = 5, Session = number, RemoteTunnel = 77, RemoteSession = 80 + number, Interface = Session + number - 6, LocalAddress = Chassis.Ip(Own),
                RemoteAddress = Chassis.Ip(Peer), LocalPort = 1701, RemotePort = 40000,
            });
        }

        byte[] stranger = new byte[L2tpHeader.ControlLength];
        L2tpHeader.WriteControl(stranger, 44, 0, 0, 0, 0);
        for (int i = 0; i < 400; i++)
        {
            Receive(stranger);
        }

        foreach (string key in (string[])["0/5/7", "0/5/8", "0/5/6"])
        {
            int before = _chassis.Punted.Count;
            Receive(known);
            Assert.Equal(before + 1, _chassis.Punted.Count);
            _chassis.Plane.RemoveRowAsync("l2tp-session", key);
            _chassis.Plane.RunOnce();
        }

        int last = _chassis.Punted.Count;
        Receive(known);
        Assert.Equal(last, _chassis.Punted.Count);
    }

    [Fact]
    public void Another_address_or_protection_is_not_the_sessions()
    {
        Receive(Data(Build.Udp(Inner, Behind, 53)), from: "192.0.2.10");
        Assert.Empty(_right.Frames);
        Install(row => row.Protection = 9);
        Receive(Data(Build.Udp(Inner, Behind, 53)));
        Assert.Empty(_right.Frames);
        Receive(Data(Build.Udp(Inner, Behind, 53)), protection: 9);
        Assert.Single(_right.Frames);
    }

    [Fact]
    public void What_needs_a_protection_never_leaves_without()
    {
        Install(row => row.Protection = 9);
        Send(Build.Udp(Behind, Inner, 53));
        Assert.Empty(_left.Frames);
        Assert.Equal(1ul, _chassis.Drops("ip4/protection-missing"));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Frames_of_the_control_plane_and_packets_have_one_row_of_numbers(bool address, bool protocol)
    {
        // Numbers are those of a session that is new here.
        _chassis.Plane.RemoveRowAsync("l2tp-session", _key);
        _chassis.Plane.RunOnce();
        Install(row =>
        {
            (row.CompressAddress, row.CompressProtocol, row.Sequencing, row.NextSend) = (address, protocol, true, 65535);
        });
        byte[] echo = [0xc0, 0x21, 9, 1, 0, 8, 1, 2, 3, 4];
        Send(Build.Udp(Behind, Inner, 53, 100));
        _chassis.Feed(KernelNodes.Ip4LocalOut, Build.Ip("198.51.100.1", Inner, (IpProtocol)255, echo), prepare: _ => { });
        Send(Build.Udp(Behind, Inner, 53, 100));

        // The same protocol of somebody else is a packet as any.
        Send(Build.Ip(Behind, Inner, (IpProtocol)255, echo));
        List<(ushort Ns, byte[] Frame)> sent = [];
        foreach (byte[] frame in _left.Frames)
        {
            Assert.True(L2tpHeader.TryParse(frame.AsSpan(14 + 28), out L2tpHeader message, out _));
            sent.Add((message.Ns, message.Payload.ToArray()));
        }

        Assert.Equal([65535, 0, 1, 2], sent.Select(s => (int)s.Ns));
        Assert.Equal([0xff, 0x03, .. echo], sent[1].Frame);
        Assert.Equal(echo, sent[3].Frame[^echo.Length..]);
        Assert.True(sent[3].Frame.Length > 20 + echo.Length);
        Assert.Equal((3ul, 3u), (Counters().SentPackets, Counters().NextSend));
    }

    [Fact]
    public void Control_frames_count_with_packets_when_late_ones_are_told()
    {
        Install(row => (row.Sequencing, row.NextReceive) = (true, 7));
        foreach (ushort ns in new ushort[] { 7, 9, 8, 6 })
        {
            byte[] header = new byte[L2tpHeader.SequencedDataLength];
            L2tpHeader.WriteData(header, 5, 6, ns);
            Receive([.. header, 0xff, 0x03, 0xc0, 0x21, 9, 1, 0, 8, 0, 0, 0, 0]);
        }

        Assert.Equal(2, _chassis.Punted.Count);
        Assert.Equal((2ul, 10u), (Counters().OutOfSequence, Counters().NextReceive));
    }

    [Fact]
    public void Late_messages_of_a_session_with_numbers_are_dropped()
    {
        Install(row => row.Sequencing = true);
        foreach (ushort ns in new ushort[] { 0, 2, 1, 3 })
        {
            byte[] header = new byte[L2tpHeader.SequencedDataLength];
            L2tpHeader.WriteData(header, 5, 6, ns);
            Receive([.. header, 0xff, 0x03, 0x00, 0x21, .. Build.Udp(Inner, Behind, 53)]);
        }

        Assert.Equal(3, _right.Frames.Count);
        Assert.Equal(1ul, Counters().OutOfSequence);
    }

    [Fact]
    public void Without_a_server_the_port_is_nobodys()
    {
        _chassis.Plane.RemoveRowAsync("l2tp", "default");
        _chassis.Plane.RunOnce();
        Receive(Data(Build.Udp(Inner, Behind, 53)));
        Assert.Empty(_right.Frames);
        byte[] answer = Assert.Single(_left.Frames)[14..];
        Assert.Equal((3, 3), (answer[20], answer[21]));
    }

    [Fact]
    public void A_session_that_goes_takes_its_packets_along()
    {
        _chassis.Plane.RemoveRowAsync("l2tp-session", Key());
        _chassis.Plane.RunOnce();
        Send(Build.Udp(Behind, Inner, 53));
        Assert.Empty(_left.Frames);
        Assert.Equal(1ul, _chassis.Drops("l2tp/no-session"));
        _chassis.AssertNothingLeaks();
    }

    [Fact]
    public void Sessions_of_ten_thousand_batches_allocate_nothing()
    {
        byte[] up = Outer(Data(Build.Udp(Inner, Behind, 53)), Peer);
        byte[] down = Build.Udp(Behind, Inner, 53);
        _left.Keep = _right.Keep = false;
        int input = _chassis.Plane.Worker.NodeIndex(KernelNodes.Ip4Input);
        ulong turns = 0;
        Assert.Equal(0, Allocation.Of(() =>
        {
            for (int i = 0; i < 5_000; i++)
            {
                Turn();
            }
        }));
        Assert.Equal(turns, Counters().ReceivedPackets);

        void Turn()
        {
            turns++;
            Put(up, 1);
            Put(down, 2);
            _chassis.Plane.RunOnce();
        }

        void Put(byte[] bytes, uint ingress)
        {
            nint handle = _chassis.Plane.Pools.Rent(bytes.Length);
            ref PacketBuffer packet = ref PacketBuffer.At(handle);
            packet.Length = bytes.Length;
            bytes.CopyTo(packet.Data);
            packet.IngressInterface = ingress;
            _chassis.Plane.Worker.Enqueue(input, handle);
        }
    }

    [Fact]
    public void Handshakes_of_TCP_are_made_to_fit_both_ways_and_their_checksums_stay_right()
    {
        Receive(Data(Segment(Inner, Behind, 1460)));
        byte[] sent = Assert.Single(_right.Frames)[14..];
        Assert.Equal(Segment(Inner, Behind, 1300)[20..], sent[20..]);
        Send(Segment(Behind, Inner, 8960));
        byte[] packet = Assert.Single(_left.Frames)[14..];
        Assert.Equal(Segment(Behind, Inner, 1300)[20..], packet[^24..]);

        // A smaller one is left as it is.
        _right.Frames.Clear();
        Receive(Data(Segment(Inner, Behind, 536)));
        Assert.Equal(Segment(Inner, Behind, 536)[20..], Assert.Single(_right.Frames)[34..]);
    }

    // A handshake with the option, and nothing else in it.
    private static byte[] Segment(string from, string to, ushort offered)
    {
        byte[] tcp = [0, 80, 0, 81, 0, 0, 0, 1, 0, 0, 0, 0, 0x60, 2, 16, 0, 0, 0, 0, 0, 2, 4, (byte)(offered >> 8), (byte)offered];
        ushort sum = InternetChecksum.Compute(tcp, InternetChecksum.PseudoHeader(Chassis.Ip(from), Chassis.Ip(to), (byte)IpProtocol.Tcp, tcp.Length));
        (tcp[16], tcp[17]) = ((byte)(sum >> 8), (byte)sum);
        return Build.Ip(from, to, IpProtocol.Tcp, tcp);
    }

    private static byte[] Frame(ushort tunnel, ushort session, byte[] frame)
    {
        byte[] message = new byte[L2tpHeader.DataLength + frame.Length];
        L2tpHeader.WriteData(message, tunnel, session);
        frame.CopyTo(message, L2tpHeader.DataLength);
        return message;
    }

    private static byte[] Data(byte[] inner) => Frame(5, 6, [0xff, 0x03, 0x00, 0x21, .. inner]);

    private static byte[] Outer(byte[] message, string from)
    {
        byte[] datagram = new byte[UdpHeader.Length + message.Length];
        message.CopyTo(datagram, UdpHeader.Length);
        UdpHeader.Write(datagram, 40000, 1701, Chassis.Ip(from), Chassis.Ip(Own));
        return Build.Ip(from, Own, IpProtocol.Udp, datagram);
    }

    private string Key() => _key;

    private SessionCounters Counters() => SessionCounters.Parser.ParseFrom(Assert.Single(_chassis.Plane.Snapshot("l2tp-session", Key())).Value);

    private void Install(Action<SessionRow>? change = null)
    {
        SessionRow row = new()
        {
            Tunnel = 5, Session = 6, RemoteTunnel = 77, RemoteSession = 88, Interface = Session, LocalAddress = Chassis.Ip(Own),
            RemoteAddress = Chassis.Ip(Peer), LocalPort = 1701, RemotePort = 40000, PeerAddress = Chassis.Ip(Inner), TcpMss = 1300,
        };
        change?.Invoke(row);
        if (_key.Length > 0 && _key != $"{row.Protection}/5/6")
        {
            _chassis.Plane.RemoveRowAsync("l2tp-session", _key);
            _chassis.Plane.RunOnce();
        }

        _key = $"{row.Protection}/5/6";
        _chassis.Set("l2tp-session", _key, row);
    }

    private void Receive(byte[] message, string from = Peer, uint protection = 0) => _chassis.Feed(
        KernelNodes.Ip4Input, Outer(message, from), ingress: 1, prepare: handle => PacketBuffer.At(handle).Protection = protection);

    private void Send(byte[] packet) => _chassis.Feed(KernelNodes.Ip4Input, packet, ingress: 2);

    private void Hear(ushort port, string host, string own) => _chassis.Feed(
        KernelNodes.PortInput, Build.Arp(ArpOperation.Request, [2, 0, 0, 0, 1, (byte)port], host, new byte[6], own), port: port);
}
