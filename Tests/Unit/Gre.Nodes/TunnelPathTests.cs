using System.Buffers.Binary;
using RouterOS.Forwarding;
using RouterOS.Gre.Nodes;
using RouterOS.Gre.Wire;
using RouterOS.Packets;
using RouterOS.Proto.Gre.V1;
using RouterOS.Simulation;
using RouterOS.Unit.Forwarding;
using Kind = RouterOS.Proto.Forwarding.V1.RouteRow.Types.Kind;

namespace RouterOS.Unit.Gre.Nodes;

public sealed class TunnelPathTests : IDisposable
{
    private const string Peer = "192.0.2.9";
    private const string Own = "192.0.2.1";
    private const string Far = "10.60.0.1";
    private const string Host = "198.51.100.9";
    private const uint First = 100;

    private readonly SimulatedClock _clock = new();
    private readonly SinkPort _left = new() { Keep = true };
    private readonly SinkPort _right = new() { Keep = true };
    private readonly Chassis _chassis;

    public TunnelPathTests()
    {
        _chassis = new Chassis(_clock, [("p0", _left), ("p1", _right)], new GreNodePackage());
        _chassis.Interface(1, "p0", "192.0.2.1/24");
        _chassis.Interface(2, "p1", "198.51.100.1/24", mtu: 9000);
        Hear(0, Peer, Own);
        Hear(1, Host, "198.51.100.1");
        _left.Frames.Clear();
        _right.Frames.Clear();
        _chassis.Interface(First, "", "10.5.0.1/30", mtu: 10240, linkType: "gre");
        Install();
        _chassis.Route("10.60.0.0/16", Kind.Forward, First);
        Refresh();
    }

    public static TheoryData<bool, bool, bool> Options => new()
    {
        { false, false, false }, { true, false, false }, { false, true, false }, { false, false, true }, { true, true, true },
    };

    public void Dispose() => _chassis.Dispose();

    [Theory]
    [MemberData(nameof(Options))]
    public void A_packet_goes_in_and_comes_out_as_it_was(bool checksum, bool key, bool sequence)
    {
        Install(row => (row.Checksum, row.HasKey, row.Key, row.Sequence) = (checksum, key, key ? 7u : 0, sequence));
        byte[] inner = Build.Udp(Host, Far, 53, 100);
        inner[1] = 0xb8;
        Fix(inner);
        Send(inner);
        Send(inner);
        byte[] packet = _left.Frames[1][14..];
        Assert.True(Ipv4Header.TryParse(packet, out Ipv4Header ip, out _));
        Assert.Equal((Chassis.Ip(Own), Chassis.Ip(Peer), IpProtocol.Gre, (byte)64), (ip.Source, ip.Destination, ip.Protocol, ip.Ttl));
        Assert.Equal(0xb8, ip.Tos);
        Assert.False(ip.DontFragment);
        Assert.True(GreHeader.TryParse(ip.Payload, out GreHeader gre, out _));
        Assert.Equal((checksum, key, sequence), (gre.HasChecksum, gre.HasKey, gre.HasSequence));
        Assert.Equal((key ? 7u : 0, sequence ? 1u : 0, GreProtocol.Ipv4), (gre.Key, gre.Sequence, gre.Protocol));
        Assert.True(!checksum || InternetChecksum.Compute(ip.Payload) == 0);
        Assert.Equal(inner[20..], ip.Payload[(gre.Length + 20)..].ToArray());
        Assert.Equal((2ul, 2ul * (ulong)inner.Length), (Counters().SentPackets, Counters().SentOctets));

        // The way back: the same header with the addresses the other way round.
        byte[] back = [.. packet];
        Chassis.Ip(Peer).CopyTo(back, 12);
        Chassis.Ip(Own).CopyTo(back, 16);
        Build.Udp(Far, Host, 53, 100).CopyTo(back, 20 + gre.Length);
        Fix(back);
        if (checksum)
        {
            back[24] = back[25] = 0;
            BinaryPrimitives.WriteUInt16BigEndian(back.AsSpan(24), InternetChecksum.Compute(back.AsSpan(20)));
        }

        Receive(back);
        byte[] forwarded = Assert.Single(_right.Frames)[14..];
        Assert.Equal(Build.Udp(Far, Host, 53, 100)[20..], forwarded[20..]);
        Assert.Equal(63, forwarded[8]);
        Assert.Equal((1ul, 128ul), (Counters().ReceivedPackets, Counters().ReceivedOctets));
        Assert.Equal(1ul, _chassis.Counters(First).InputPackets);
        _chassis.AssertNothingLeaks();
    }

    [Fact]
    public void IP_in_IP_has_nothing_between_the_headers()
    {
        Install(row => row.Encapsulation = Encapsulation.Ip);
        byte[] inner = Build.Udp(Host, Far, 53, 100);
        Send(inner);
        byte[] packet = Assert.Single(_left.Frames)[14..];
        Assert.Equal((4, inner.Length + 20), (packet[9], packet.Length));
        Receive(Build.Ip(Peer, Own, IpProtocol.Ipv4, Build.Udp(Far, Host, 53)));
        Assert.Single(_right.Frames);
        // GRE between the same addresses is another tunnel's.
        Receive(Gre(Build.Udp(Far, Host, 53)));
        Assert.Single(_right.Frames);
        Assert.Equal(1ul, _chassis.Drops("gre/unknown-tunnel"));
    }

    [Fact]
    public void IPv6_goes_through_both_kinds_of_tunnel()
    {
        _chassis.Interface6(First, "", "2001:db8:5::1/64", mtu: 10240, linkType: "gre");
        _chassis.Interface6(2, "p1", "2001:db8:2::1/64");
        _chassis.Route6(Chassis.Ip6("2001:db8:60::"), 48, Kind.Forward, First);
        byte[] inner = Build6.Udp("2001:db8:2::9", "2001:db8:60::1", 53);
        foreach ((Encapsulation kind, int headers, byte protocol) in new[] { (Encapsulation.Gre, 24, (byte)47), (Encapsulation.Ip, 20, (byte)41) })
        {
            _left.Frames.Clear();
            Install(row => row.Encapsulation = kind);
            _chassis.Feed(KernelNodes.Ip6Input, inner, ingress: 2);
            byte[] packet = Assert.Single(_left.Frames)[14..];
            Assert.True(Ipv4Header.TryParse(packet, out Ipv4Header ip, out _));
            Assert.Equal((protocol, inner.Length + headers), ((byte)ip.Protocol, packet.Length));
            Assert.True(kind == Encapsulation.Ip || (packet[22], packet[23]) == (0x86, 0xdd));
            Assert.Equal(inner[8..], packet[(headers + 8)..]);

            ulong before = Counters().ReceivedPackets;
            Chassis.Ip(Peer).CopyTo(packet, 12);
            Chassis.Ip(Own).CopyTo(packet, 16);
            Build6.Udp("2001:db8:60::1", "2001:db8:5::1", 53).CopyTo(packet, headers);
            Fix(packet);
            Receive(packet);
            Assert.Equal(before + 1, Counters().ReceivedPackets);
        }
    }

    [Fact]
    public void Tunnels_between_the_same_addresses_are_told_apart_by_their_keys()
    {
        Install(row => (row.HasKey, row.Key) = (true, 1));
        _chassis.Interface(First + 1, "", "10.5.1.1/30", linkType: "gre");
        Install(row => (row.HasKey, row.Key) = (true, 2), First + 1);
        _chassis.Interface(First + 2, "", "10.5.2.1/30", linkType: "gre");
        Install(null, First + 2);
        for (uint i = 0; i < 3; i++)
        {
            Receive(Gre(Build.Udp(Far, Host, 53), i < 2 ? GreHeader.KeyFlag : (ushort)0, i + 1));
        }

        Assert.Equal([1ul, 1ul, 1ul], new[] { First, First + 1, First + 2 }.Select(i => Counters(i).ReceivedPackets));
        Receive(Gre(Build.Udp(Far, Host, 53), GreHeader.KeyFlag, 3));
        Assert.Equal(1ul, _chassis.Drops("gre/unknown-tunnel"));
        Assert.Empty(_left.Frames);
        Assert.NotNull(_chassis.Plane.SetRow("gre-tunnel", $"{First + 3}", Google.Protobuf.MessageExtensions.ToByteArray(Row(null, First + 3))));
    }

    [Fact]
    public void A_wrong_checksum_is_dropped()
    {
        byte[] packet = Gre(Build.Udp(Far, Host, 53), GreHeader.ChecksumFlag);
        Receive(packet);
        Assert.Single(_right.Frames);
        packet[^1] ^= 1;
        Receive(packet);
        Assert.Single(_right.Frames);
        Assert.Equal((1ul, 1ul), (Counters().ReceivedErrors, _chassis.Drops("gre/bad-checksum")));
    }

    [Fact]
    public void Late_and_repeated_numbers_are_dropped_where_numbers_are_configured()
    {
        Install(row => row.Sequence = true);
        foreach (uint number in new uint[] { 0xffff_fffe, 0xffff_ffff, 0xffff_ffff, 0xffff_fffd, 0, 3, 1 })
        {
            Receive(Gre(Build.Udp(Far, Host, 53), GreHeader.SequenceFlag, sequence: number));
        }

        Assert.Equal(4, _right.Frames.Count);
        Assert.Equal((3ul, 3ul), (Counters().ReceivedDiscards, _chassis.Drops("gre/out-of-sequence")));
        Install();
        Receive(Gre(Build.Udp(Far, Host, 53), GreHeader.SequenceFlag, sequence: 1));
        Assert.Equal(5, _right.Frames.Count);
    }

    [Fact]
    public void A_secured_tunnel_takes_and_sends_nothing_in_the_clear()
    {
        Install(row => (row.Secured, row.Protection) = (true, "p"));
        Send(Build.Udp(Host, Far, 53));
        Receive(Gre(Build.Udp(Far, Host, 53)));
        Assert.Equal((1ul, 1ul), (_chassis.Drops("gre/no-protection"), _chassis.Drops("gre/unprotected")));

        _chassis.Plane.Post(() => _chassis.Plane.Tables.NameProtection("p", 9));
        _chassis.Plane.RunOnce();
        Send(Build.Udp(Host, Far, 53));
        Receive(Gre(Build.Udp(Far, Host, 53)));
        Receive(Gre(Build.Udp(Far, Host, 53)), protection: 8);
        Assert.Equal((1ul, 3ul), (_chassis.Drops("ip4/protection-missing"), _chassis.Drops("gre/unprotected")));
        Assert.Empty(_left.Frames);
        Assert.Empty(_right.Frames);
        Receive(Gre(Build.Udp(Far, Host, 53)), protection: 9);
        Assert.Single(_right.Frames);
    }

    [Fact]
    public void A_tunnel_in_the_clear_takes_what_another_tunnel_has_carried()
    {
        Receive(Gre(Build.Udp(Far, Host, 53)), protection: 9);
        Assert.Single(_right.Frames);
    }

    [Fact]
    public void A_tunnel_whose_end_is_behind_itself_ends_the_packet()
    {
        _chassis.Route($"{Peer}/32", Kind.Forward, First);
        Send(Build.Udp(Host, Far, 53));
        Assert.Empty(_left.Frames);
        Assert.Equal(1ul, _chassis.Drops("ip4/tunnel-loop"));
        Install(row => row.Blocked = true);
        Send(Build.Udp(Host, Far, 53));
        Assert.Equal(1ul, _chassis.Drops("gre/blocked"));
        _chassis.AssertNothingLeaks();
    }

    [Fact]
    public void What_may_be_cut_leaves_in_fragments_and_comes_together_again()
    {
        Send(Build.Udp(Host, Far, 53, 2000));
        Assert.Equal(2, _left.Frames.Count);
        Assert.All(_left.Frames, f => Assert.True(f.Length <= 1514));
        foreach (byte[] frame in _left.Frames.ToArray())
        {
            byte[] fragment = frame[14..];
            Chassis.Ip(Peer).CopyTo(fragment, 12);
            Chassis.Ip(Own).CopyTo(fragment, 16);
            Fix(fragment);
            Receive(fragment);
        }

        Assert.Equal(1ul, Counters().ReceivedPackets);
    }

    [Fact]
    public void What_must_not_be_cut_is_told_what_the_path_takes()
    {
        Send(Build.Udp(Host, Far, 53, 1460 - 28, df: true));
        Assert.True((_left.Frames[^1][20] & 0x40) != 0);
        Send(Build.Udp(Host, Far, 53, 1500 - 28, df: true));
        Assert.Single(_left.Frames);
        byte[] answer = _right.Frames[^1][14..];
        Assert.Equal((3, 4, 1476), (answer[20], answer[21], BinaryPrimitives.ReadUInt16BigEndian(answer.AsSpan(26))));

        // A router on the way takes less: it says so about the outer packet.
        byte[] quoted = _left.Frames[^1][14..42];
        byte[] icmp = [3, 4, 0, 0, 0, 0, 1400 >> 8, 1400 & 255, .. quoted];
        BinaryPrimitives.WriteUInt16BigEndian(icmp.AsSpan(2), InternetChecksum.Compute(icmp));
        Receive(Build.Ip("192.0.2.77", Own, IpProtocol.Icmp, icmp));
        Send(Build.Udp(Host, Far, 53, 1460 - 28, df: true));
        Assert.Single(_left.Frames);
        Assert.Equal(1376, BinaryPrimitives.ReadUInt16BigEndian(_right.Frames[^1].AsSpan(40)));
        Assert.Equal((1400u, 1376u), (Counters().PathMtu, Counters().Largest));

        // It is forgotten after ten minutes, and not believed by a tunnel whose packets may be cut.
        _clock.Advance(TimeSpan.FromSeconds(601));
        Refresh();
        Assert.Equal(0u, Counters().PathMtu);
        Install(row => row.AllowFragmentation = true);
        Send(Build.Udp(Host, Far, 53, 1500 - 28, df: true));
        Assert.Equal(3, _left.Frames.Count);
    }

    [Fact]
    public void A_secured_tunnel_leaves_room_for_what_secures_it()
    {
        Install(row => (row.Secured, row.Protection) = (true, "p"));
        Assert.Equal(1500u - 24 - 65, Counters().Largest);
    }

    [Fact]
    public void A_keepalive_goes_back_as_a_packet_of_our_own_and_one_that_returns_is_counted()
    {
        byte[] nothing = [0, 0, 0, 0];
        byte[] back = Build.Ip(Own, Peer, IpProtocol.Gre, nothing);
        Receive(Gre(back));
        Assert.Equal(back, Assert.Single(_left.Frames)[14..]);
        Receive(Build.Ip(Peer, Own, IpProtocol.Gre, nothing));
        Assert.Equal((1ul, 1ul, 0ul), (Counters().KeepalivesAnswered, Counters().KeepalivesReturned, Counters().ReceivedPackets));

        // Under a protection it goes back under it.
        Install(row => (row.Secured, row.Protection) = (true, "p"));
        _chassis.Plane.Post(() => _chassis.Plane.Tables.NameProtection("p", 9));
        _chassis.Plane.RunOnce();
        Receive(Gre(back), protection: 9);
        Assert.Single(_left.Frames);
        Assert.Equal(1ul, _chassis.Drops("ip4/protection-missing"));
    }

    [Fact]
    public void The_mark_of_congestion_moves_inside_or_ends_the_packet()
    {
        byte[] inner = Build.Udp(Far, Host, 53);
        inner[1] = 2;
        Fix(inner);
        byte[] outer = Gre(inner);
        outer[1] = 3;
        Fix(outer);
        Receive(outer);
        Assert.Equal(3, Assert.Single(_right.Frames)[15] & 3);
        outer = Gre(Build.Udp(Far, Host, 53));
        outer[1] = 3;
        Fix(outer);
        Receive(outer);
        Assert.Single(_right.Frames);
        Assert.Equal(1ul, _chassis.Drops("gre/congested"));
    }

    [Theory]
    [InlineData(new byte[] { 0, 1, 8, 0 }, "gre/malformed")]
    [InlineData(new byte[] { 0, 0 }, "gre/malformed")]
    [InlineData(new byte[] { 0, 0, 0x65, 0x58, 1, 2 }, "gre/unknown-payload")]
    [InlineData(new byte[] { 0, 0, 0, 0, 1 }, "gre/unknown-payload")]
    [InlineData(new byte[] { 0, 0, 8, 0, 0x45, 0 }, "gre/truncated")]
    [InlineData(new byte[] { 0, 0, 8, 0 }, "gre/truncated")]
    public void Nonsense_is_dropped_and_counted(byte[] payload, string counter)
    {
        Receive(Build.Ip(Peer, Own, IpProtocol.Gre, payload));
        Assert.Empty(_right.Frames);
        Assert.Equal(1ul, _chassis.Drops(counter));
        _chassis.AssertNothingLeaks();
    }

    [Fact]
    public void A_tunnel_that_goes_takes_its_packets_along()
    {
        _chassis.Plane.RemoveRowAsync("gre-tunnel", $"{First}");
        _chassis.Plane.RunOnce();
        Send(Build.Udp(Host, Far, 53));
        Receive(Gre(Build.Udp(Far, Host, 53)));
        Assert.Equal((1ul, 1ul), (_chassis.Drops("gre/no-tunnel"), _chassis.Drops("gre/unknown-tunnel")));
        Assert.Empty(_right.Frames);
    }

    [Fact]
    public void Tunnels_of_ten_thousand_batches_allocate_nothing()
    {
        Install(row => (row.Checksum, row.HasKey, row.Key, row.Sequence) = (true, true, 7, true));
        byte[] up = Gre(Build.Udp(Far, Host, 53), GreHeader.KeyFlag | GreHeader.ChecksumFlag, 7);
        byte[] down = Build.Udp(Host, Far, 53);
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
        Assert.Equal((turns, turns), (Counters().ReceivedPackets, Counters().SentPackets));

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

    private static byte[] Gre(byte[] inner, ushort flags = 0, uint key = 0, uint sequence = 0)
    {
        byte[] payload = new byte[GreHeader.LengthOf(flags) + inner.Length];
        int header = GreHeader.Write(payload, flags, GreProtocol.Ipv4, key);
        inner.CopyTo(payload, header);
        if ((flags & GreHeader.SequenceFlag) != 0)
        {
            BinaryPrimitives.WriteUInt32BigEndian(payload.AsSpan(header - 4), sequence);
        }

        if ((flags & GreHeader.ChecksumFlag) != 0)
        {
            BinaryPrimitives.WriteUInt16BigEndian(payload.AsSpan(4), InternetChecksum.Compute(payload));
        }

        return Build.Ip(Peer, Own, IpProtocol.Gre, payload);
    }

    private static void Fix(byte[] packet)
    {
        packet[10] = packet[11] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), InternetChecksum.Compute(packet.AsSpan(0, 20)));
    }

    private static TunnelRow Row(Action<TunnelRow>? change, uint index)
    {
        TunnelRow row = new() { Interface = index, LocalAddress = Chassis.Ip(Own), RemoteAddress = Chassis.Ip(Peer) };
        change?.Invoke(row);
        return row;
    }

    private TunnelCounters Counters(uint index = First) =>
        TunnelCounters.Parser.ParseFrom(Assert.Single(_chassis.Plane.Snapshot("gre-tunnel", $"{index}")).Value);

    private void Install(Action<TunnelRow>? change = null, uint index = First) => _chassis.Set("gre-tunnel", $"{index}", Row(change, index));

    private void Refresh()
    {
        _clock.Advance(TimeSpan.FromSeconds(1.1));
        _chassis.Plane.RunOnce();
    }

    private void Receive(byte[] packet, uint protection = 0) => _chassis.Feed(
        KernelNodes.Ip4Input, packet, ingress: 1, prepare: handle => PacketBuffer.At(handle).Protection = protection);

    private void Send(byte[] packet) => _chassis.Feed(KernelNodes.Ip4Input, packet, ingress: 2);

    private void Hear(ushort port, string host, string own) => _chassis.Feed(
        KernelNodes.PortInput, Build.Arp(ArpOperation.Request, [2, 0, 0, 0, 1, (byte)port], host, new byte[6], own), port: port);
}

file static class Number
{
    public static void CopyTo(this uint number, byte[] packet, int at) => BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(at), number);
}
