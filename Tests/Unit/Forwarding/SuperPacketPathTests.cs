using System.Buffers.Binary;
using RouterOS.Abstractions.Ports;
using RouterOS.Forwarding;
using RouterOS.Packets;
using RouterOS.Proto.Forwarding.V1;
using RouterOS.Simulation;

namespace RouterOS.Unit.Forwarding;

/// <summary>Super-packets on their way through one router between raw IP ports.</summary>
public sealed class SuperPacketPathTests : IDisposable
{
    private const string Inside = "192.0.2.9";
    private const string Outside = "198.51.100.9";

    private readonly SimulatedClock _clock = new();
    private readonly SinkPort _left = new(PortLink.RawIp) { Keep = true };
    private readonly SinkPort _right = new(PortLink.RawIp) { Keep = true };
    private readonly TestNode _tunnel = new("tunnel", GraphEdge.Drop);
    private readonly Chassis _chassis;

    public SuperPacketPathTests()
    {
        _right.Offloads = PortOffloads.TcpSegmentation;
        _chassis = new Chassis(
            _clock,
            [("p0", _left), ("p1", _right)],
            new TestPackage(registry =>
            {
                registry.AddNode(_tunnel);
                registry.AddLinkType("tunnel", "tunnel", takesSuperPackets: true);
            }));
        _chassis.Interface(1, "p0", "192.0.2.1/24");
        _chassis.Interface(2, "p1", "198.51.100.1/24");
        _chassis.Interface(3, "", "203.0.113.1/30", linkType: "tunnel");
    }

    [Fact]
    public void A_port_with_the_offload_gets_it_whole_and_counters_count_its_packets()
    {
        Feed(Tcp(Outside, 4000), 1000);
        byte[] sent = Assert.Single(_right.Frames);
        Assert.Equal(4040, sent.Length);
        Assert.Equal(63, sent[8]);
        InterfaceCounters output = _chassis.Counters(2);
        InterfaceCounters input = _chassis.Counters(1);
        Assert.Equal((4ul, 4160ul), (output.OutputPackets, output.OutputBytes));
        Assert.Equal((4ul, 4160ul), (input.InputPackets, input.InputBytes));
        _chassis.AssertNothingLeaks();
    }

    [Fact]
    public void A_port_without_the_offload_gets_the_packets()
    {
        _right.Offloads = PortOffloads.UdpSegmentation;
        _chassis.Interface(2, "p1", "198.51.100.1/24");
        Feed(Tcp(Outside, 3500), 1000);
        Assert.Equal([1040, 1040, 1040, 540], _right.Frames.Select(frame => frame.Length));
        Assert.All(_right.Frames, frame => Assert.True(Ipv4Header.TryParse(frame, out _, out _)));
        InterfaceCounters output = _chassis.Counters(2);
        Assert.Equal((4ul, 3660ul), (output.OutputPackets, output.OutputBytes));
        _chassis.AssertNothingLeaks();
    }

    [Fact]
    public void Segments_larger_than_the_mtu_are_answered_with_df_and_fragmented_without()
    {
        byte[] packet = Tcp(Outside, 6000, df: true);
        Feed(packet, 2000);
        Assert.Empty(_right.Frames);
        byte[] error = Assert.Single(_left.Frames);
        Assert.Equal((3, 4, 1500), (error[20], error[21], BinaryPrimitives.ReadUInt16BigEndian(error.AsSpan(26))));
        Assert.Equal(2040, BinaryPrimitives.ReadUInt16BigEndian(error.AsSpan(30)));
        Assert.Equal(3ul, _chassis.Counters(1).InputPackets);

        Feed(Tcp(Outside, 6000), 2000);
        Assert.Equal(6, _right.Frames.Count);
        Assert.All(_right.Frames, frame => Assert.True(frame.Length <= 1500));
        Assert.Equal(6000 + (3 * 20), _right.Frames.Sum(frame => frame.Length - 20));
        _chassis.AssertNothingLeaks();
    }

    [Fact]
    public void A_tunnel_that_takes_super_packets_gets_it_whole()
    {
        Feed(Tcp("203.0.113.2", 4000), 1000);
        Assert.Equal(4, Assert.Single(_tunnel.Seen).Metadata.SegmentCount);
    }

    [Fact]
    public void One_to_the_router_is_cut_before_it_is_delivered()
    {
        byte[] datagram = new byte[8 + 1000];
        UdpHeader.Write(datagram, 500, 500, Chassis.Ip(Inside), Chassis.Ip("192.0.2.1"));
        Feed(Build.Ip(Inside, "192.0.2.1", IpProtocol.Udp, datagram), 400);
        Assert.Equal([400, 400, 200], _chassis.Punted.Select(packet => packet.Payload.Length));
        _chassis.AssertNothingLeaks();
    }

    [Fact]
    public void What_a_port_says_wrongly_is_dropped_and_counted()
    {
        Feed(Build.Echo(Inside, Outside, 400), 100);
        Assert.Equal(1ul, _chassis.Drops("ip4/bad-segments"));
        Feed(Tcp(Outside, 900), 1000);
        byte[] whole = Assert.Single(_right.Frames);
        Assert.Equal(0, InternetChecksum.Compute(
            whole.AsSpan(20), InternetChecksum.PseudoHeader(Chassis.Ip(Inside), Chassis.Ip(Outside), 6, whole.Length - 20)));
        _chassis.AssertNothingLeaks();
    }

    public void Dispose() => _chassis.Dispose();

    private static byte[] Tcp(string destination, int payload, bool df = false)
    {
        byte[] segment = new byte[20 + payload];
        segment[12] = 0x50;
        segment[13] = 0x10;
        return Build.Ip(Inside, destination, IpProtocol.Tcp, segment, df: df);
    }

    private void Feed(byte[] packet, ushort segmentBytes) => _chassis.Feed(
        KernelNodes.PortInput,
        packet,
        prepare: handle =>
        {
            PacketBuffer.At(handle).SegmentBytes = segmentBytes;
            PacketBuffer.At(handle).SegmentCount = 2;
        });
}
