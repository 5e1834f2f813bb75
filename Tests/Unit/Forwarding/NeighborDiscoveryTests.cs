using RouterOS.Forwarding;
using RouterOS.Forwarding.Nodes6;
using RouterOS.Packets;
using RouterOS.Proto.Forwarding.V1;
using RouterOS.Simulation;
using State = RouterOS.Proto.Forwarding.V1.Neighbor.Types.State;

namespace RouterOS.Unit.Forwarding;

[Trait("rfc", "4861")]
public sealed class NeighborDiscoveryTests : IDisposable
{
    private const string Router = "2001:db8::1";
    private const string Host = "2001:db8::9";
    private const string Ask = "ff02::1:ff00:1";

    private static readonly byte[] s_host = [2, 0, 0, 0, 1, 9];
    private static readonly byte[] s_other = [2, 0, 0, 0, 1, 8];
    private static readonly byte[] s_group = [0x33, 0x33, 0xff, 0, 0, 1];

    private readonly SimulatedClock _clock = new();
    private readonly SinkPort _port = new() { Keep = true };
    private readonly Chassis _chassis;

    public NeighborDiscoveryTests()
    {
        _chassis = new Chassis(_clock, [("p0", _port)]);
        _chassis.Interface6(1, "p0", Router + "/64");
        _chassis.Plane.RunOnce();
    }

    [Fact]
    public void New_addresses_are_asked_for_and_announced_once()
    {
        // The link-local one and the configured one, each by a solicitation from nobody and an advertisement to all.
        Assert.Equal(4, _port.Frames.Count);
        NeighborMessage probe = Read(_port.Frames[2], Icmp6Type.NeighborSolicitation);
        Assert.Equal((Chassis.Ip6(Router), true), (probe.Target, probe.Link.IsEmpty));
        Assert.Equal(s_group, _port.Frames[2][..6]);
        Assert.Equal(new byte[16], _port.Frames[2][22..38]);
        Assert.Equal(SinkPort.Address, Read(_port.Frames[3], Icmp6Type.NeighborAdvertisement).Link.ToArray());
        _chassis.Interface6(1, "p0", Router + "/64");
        _chassis.Plane.RunOnce();
        Assert.Equal(4, _port.Frames.Count);
    }

    [Fact]
    public void Configured_neighbours_stay_and_addresses_are_not_asked_for_where_that_is_wanted()
    {
        _chassis.Plane.RemoveRow("interface", "1");
        _port.Frames.Clear();
        InterfaceRow row = new() { Index = 1, Name = "if1", LinkType = "ethernet", Port = "p0", Mtu = 1500, Up = true, Inet6 = true, SkipsDuplicateDetection = true };
        row.Addresses6.Add(new InterfacePrefix6 { Address = Bytes(Router), PrefixLength = 64 });
        row.Neighbors.Add(new InterfaceNeighbor { Address6 = Bytes(Host), LinkAddress = Google.Protobuf.ByteString.CopyFrom(s_host) });
        _chassis.Set("interface", "1", row);
        _chassis.Plane.RunOnce();
        Assert.All(_port.Frames, frame => Read(frame, Icmp6Type.NeighborAdvertisement));
        Assert.Equal((State.Static, Hex(s_host)), (Only().State, Hex(Only().LinkAddress.ToByteArray())));
        Hear(s_group, s_other, Build6.Neighbor(Icmp6Type.NeighborSolicitation, Host, Ask, Router, s_other));
        _clock.Advance(TimeSpan.FromSeconds(5000));
        _chassis.Plane.RunOnce();
        Assert.Equal((State.Static, Hex(s_host)), (Only().State, Hex(Only().LinkAddress.ToByteArray())));
        row.Neighbors.Clear();
        _chassis.Set("interface", "1", row);
        Assert.Empty(_chassis.Plane.Snapshot("neighbor6", ""));

        static Google.Protobuf.ByteString Bytes(string address)
        {
            byte[] bytes = new byte[16];
            Ipv6Address.Write(bytes, Chassis.Ip6(address));
            return Google.Protobuf.ByteString.CopyFrom(bytes);
        }
    }

    [Fact]
    public void A_solicitation_for_an_own_address_is_answered_and_teaches_the_asker()
    {
        _port.Frames.Clear();
        Hear(s_group, s_host, Build6.Neighbor(Icmp6Type.NeighborSolicitation, Host, Ask, Router, s_host));
        byte[] frame = Assert.Single(_port.Frames);
        NeighborMessage answer = Read(frame, Icmp6Type.NeighborAdvertisement);
        Assert.Equal(
            (Hex(s_host), Chassis.Ip6(Router), NeighborMessage.RouterFlag | NeighborMessage.SolicitedFlag | NeighborMessage.OverrideFlag),
            (Hex(frame[..6]), answer.Target, answer.Flags));
        Assert.Equal((State.Delay, Hex(s_host)), (Only().State, Hex(Only().LinkAddress.ToByteArray())));
    }

    [Fact]
    public void The_link_local_address_is_the_ports_and_answers_pings()
    {
        string own = Ipv6Address.Format(Ipv6Address.LinkLocalOf(SinkPort.Address));
        Assert.Equal("fe80::ff:fe00:aa", own);
        Hear(SinkPort.Address, s_host, Build6.Neighbor(Icmp6Type.NeighborSolicitation, "fe80::9", own, own, s_host));
        _port.Frames.Clear();
        Hear(SinkPort.Address, s_host, Build6.Echo("fe80::9", own));
        byte[] frame = Assert.Single(_port.Frames);
        Assert.Equal((Hex(s_host), (byte)Icmp6Type.EchoReply), (Hex(frame[..6]), frame[54]));
        Assert.True(Icmp6Header.TryParse(frame.AsSpan(54), frame.AsSpan(22, 32), out _, out _));
    }

    [Theory]
    [InlineData(254, Host, Router)]
    [InlineData(255, Host, "2001:db8::2")]
    [InlineData(255, "2001:db8:1::9", Router)]
    public void What_is_not_from_the_link_or_not_for_us_is_not_answered(byte hops, string source, string target)
    {
        _port.Frames.Clear();
        Hear(s_group, s_host, Build6.Neighbor(Icmp6Type.NeighborSolicitation, source, Ask, target, s_host, hops: hops));
        Assert.Empty(_port.Frames);
        Assert.Empty(_chassis.Plane.Snapshot("neighbor6", ""));
    }

    [Fact]
    public void Who_wants_our_address_is_told_that_it_is_taken()
    {
        _port.Frames.Clear();
        Hear(s_group, s_host, Build6.Neighbor(Icmp6Type.NeighborSolicitation, "::", Ask, Router, []));
        byte[] frame = Assert.Single(_port.Frames);
        Assert.Equal(new byte[] { 0x33, 0x33, 0, 0, 0, 1 }, frame[..6]);
        Assert.Equal(NeighborMessage.RouterFlag | NeighborMessage.OverrideFlag, Read(frame, Icmp6Type.NeighborAdvertisement).Flags);
    }

    [Fact]
    public void Packets_wait_for_the_answer_in_order_and_only_a_few()
    {
        _port.Frames.Clear();
        for (byte i = 0; i < 20; i++)
        {
            Send(Host, i);
        }

        Assert.Equal(Chassis.Ip6(Host), Read(Assert.Single(_port.Frames), Icmp6Type.NeighborSolicitation).Target);
        Assert.Equal(4ul, _chassis.Drops("neighbor/queue-full"));
        Answer(s_host, NeighborMessage.SolicitedFlag | NeighborMessage.OverrideFlag);
        Assert.Equal(Enumerable.Range(0, 16), _port.Frames.Skip(1).Select(frame => (int)frame[^1]));
        Assert.All(_port.Frames.Skip(1), frame => Assert.Equal(s_host, frame[..6]));
        Assert.Equal(State.Reachable, Only().State);
    }

    [Fact]
    public void A_neighbour_that_does_not_answer_is_asked_three_times_then_given_up()
    {
        _port.Frames.Clear();
        Send(Host, 1);
        Pass(TimeSpan.FromSeconds(5));
        Assert.Equal(3, _port.Frames.Count);
        Assert.Equal(1ul, _chassis.Drops("neighbor/no-answer"));
        Assert.Empty(_chassis.Plane.Snapshot("neighbor6", ""));
        _chassis.AssertNothingLeaks();
    }

    [Fact]
    public void Reachable_grows_stale_and_use_asks_again_alone()
    {
        Send(Host, 1);
        Answer(s_host, NeighborMessage.SolicitedFlag | NeighborMessage.OverrideFlag);
        Pass(TimeSpan.FromSeconds(31));
        Assert.Equal(State.Stale, Only().State);
        Send(Host, 2);
        Assert.Equal(State.Delay, Only().State);
        _port.Frames.Clear();
        Pass(TimeSpan.FromSeconds(6));
        Assert.Equal(State.Probe, Only().State);
        Assert.Equal(s_host, _port.Frames[0][..6]);
        Answer(s_host, NeighborMessage.SolicitedFlag);
        Assert.Equal(State.Reachable, Only().State);
        Pass(TimeSpan.FromSeconds(31));
        Send(Host, 3);
        Pass(TimeSpan.FromSeconds(12));
        Assert.Empty(_chassis.Plane.Snapshot("neighbor6", ""));
    }

    [Fact]
    public void Without_override_another_address_only_raises_doubt()
    {
        Send(Host, 1);
        Answer(s_host, NeighborMessage.SolicitedFlag | NeighborMessage.OverrideFlag);
        Answer(s_other, NeighborMessage.SolicitedFlag);
        Assert.Equal((State.Stale, Hex(s_host)), (Only().State, Hex(Only().LinkAddress.ToByteArray())));
        Answer(s_other, NeighborMessage.OverrideFlag);
        Assert.Equal((State.Stale, Hex(s_other)), (Only().State, Hex(Only().LinkAddress.ToByteArray())));
    }

    [Fact]
    public void Somebody_with_an_own_address_is_an_event_not_a_neighbour()
    {
        Hear(SinkPort.Address, s_host, Build6.Neighbor(Icmp6Type.NeighborAdvertisement, Router, "ff02::1", Router, s_host));
        Assert.Contains(_chassis.Events, notice => notice is { Table: "interface", Name: "address-conflict" });
        Assert.Empty(_chassis.Plane.Snapshot("neighbor6", ""));
    }

    [Fact]
    public void A_scan_of_dead_addresses_holds_bounded_memory()
    {
        for (int i = 0; i < 4000; i++)
        {
            Send($"2001:db8::1:{i:x}", 0);
        }

        Assert.True(_chassis.Drops("neighbor/too-many-neighbors") > 3000);
        Assert.InRange(_chassis.Plane.Pools.SmallFree, 2048 - 256, 2048);
        _chassis.AssertNothingLeaks();
    }

    [Fact]
    public void Any_bytes_are_borne()
    {
        var random = new Random(7);
        byte[] right = Build6.Neighbor(Icmp6Type.NeighborSolicitation, Host, Ask, Router, s_host);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] packet = [.. right, .. new byte[random.Next(40)]];
            for (int flips = random.Next(6); flips > 0; flips--)
            {
                packet[random.Next(packet.Length)] = (byte)random.Next(256);
            }

            // A right checksum takes most of them to the options.
            int length = Math.Max(0, Math.Min(packet.Length - 40, (packet[4] << 8) | packet[5]));
            if (length >= 8)
            {
                Icmp6Header.Write(
                    packet.AsSpan(40, length), (Icmp6Type)packet[40], packet[41],
                    System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(44)), packet.AsSpan(8, 32));
            }

            Hear(s_group, s_host, packet);
        }

        Assert.Equal(0ul, _chassis.Plane.Worker.Graph.Faults);
        _chassis.AssertNothingLeaks();
    }

    public void Dispose() => _chassis.Dispose();

    private static string Hex(byte[] bytes) => Convert.ToHexString(bytes);

    private static NeighborMessage Read(byte[] frame, Icmp6Type type)
    {
        Assert.Equal(255, frame[21]);
        Assert.True(Icmp6Header.TryParse(frame.AsSpan(54), frame.AsSpan(22, 32), out Icmp6Header icmp, out _));
        Assert.Equal(type, icmp.Type);
        Assert.True(NeighborMessage.TryParse(frame.AsSpan(54), out NeighborMessage message));
        return message;
    }

    private Neighbor Only() => Neighbor.Parser.ParseFrom(Assert.Single(_chassis.Plane.Snapshot("neighbor6", "")).Value);

    private void Answer(byte[] link, uint flags) =>
        Hear(SinkPort.Address, link, Build6.Neighbor(Icmp6Type.NeighborAdvertisement, Host, Router, Host, link, flags));

    private void Pass(TimeSpan time)
    {
        for (TimeSpan passed = default; passed < time; passed += TimeSpan.FromMilliseconds(500))
        {
            _clock.Advance(TimeSpan.FromMilliseconds(500));
            _chassis.Plane.RunOnce();
        }
    }

    private void Hear(byte[] receiver, byte[] sender, byte[] packet) =>
        _chassis.Feed(KernelNodes.PortInput, Build6.Frame(receiver, sender, packet));

    private void Send(string to, byte mark)
    {
        _chassis.Plane.Inject(new() { Destination6 = Chassis.Ip6(to), Protocol = 200, Payload = new[] { mark } });
        _chassis.Plane.RunOnce();
    }
}
