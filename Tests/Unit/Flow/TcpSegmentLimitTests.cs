using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using RouterOS.Flow.Nodes;
using RouterOS.Packets;
using RouterOS.Proto.Flow.V1;
using RouterOS.Unit.Forwarding;

namespace RouterOS.Unit.Flow;

public sealed class TcpSegmentLimitTests
{
    [Fact]
    public void Handshakes_are_limited_both_ways_and_nothing_else_is()
    {
        using FlowRig rig = new FlowRig().PermitOut();
        rig.Chassis.Set("flow", "default", new FlowDefaultRow { TcpMss = 1400 });
        Assert.Equal(1400, Through(rig, FlowRig.Inside, Segment(FlowPackets.Syn, 1460)));
        Assert.Equal(1400, Through(rig, FlowRig.Outside, Segment(FlowPackets.Syn | FlowPackets.Ack, 8960, back: true)));
        // Again, now of a session that is there; and smaller ones, and those that are no handshake.
        Assert.Equal(1400, Through(rig, FlowRig.Inside, Segment(FlowPackets.Syn, 1460)));
        Assert.Equal(1300, Through(rig, FlowRig.Inside, Segment(FlowPackets.Syn, 1300)));
        Assert.Equal(1460, Through(rig, FlowRig.Inside, Segment(FlowPackets.Ack, 1460)));
        rig.Chassis.Set("flow", "default", new FlowDefaultRow { TcpMssTunnel = 1300 });
        Assert.Equal(1460, Through(rig, FlowRig.Inside, Segment(FlowPackets.Syn, 1460)));
    }

    [Fact]
    public void Tunnels_have_a_limit_of_their_own_and_the_lower_one_holds()
    {
        using FlowRig rig = new FlowRig().PermitOut();
        foreach ((uint all, uint tunnel, int expected) in new[] { (0u, 1350u, 1350), (1300u, 1350u, 1300), (1400u, 1350u, 1350), (1400u, 0u, 1400) })
        {
            rig.Chassis.Set("flow", "default", new FlowDefaultRow { TcpMss = all, TcpMssTunnel = tunnel });
            rig.Chassis.Plane.Tables.BindProtection(FlowRig.Outside, 7);
            Assert.Equal(expected, Through(rig, FlowRig.Inside, Segment(FlowPackets.Syn, 1460)));
            rig.Chassis.Plane.Tables.BindProtection(FlowRig.Outside, 0);
        }
    }

    [Fact]
    public void Checksum_is_right_wherever_the_option_stands() => Prop.ForAll(
        Gen.Choose(0, 5).SelectMany(before => Gen.Choose(0, 65535).SelectMany(offered => Gen.Choose(64, 65535).Select(limit => (before, offered, limit))))
            .ToArbitrary(),
        sample =>
        {
            byte[] packet = Segment(FlowPackets.Syn, (ushort)sample.offered, sample.before);
            bool changed = TcpSegmentLimit.Apply(packet.AsSpan(20), (ushort)sample.limit);
            return changed == sample.offered > sample.limit && Offered(packet) == Math.Min(sample.offered, sample.limit) && IsRight(packet);
        }).Check(Seeded.Config);

    [Fact]
    public void Any_options_are_borne() => Prop.ForAll<byte[]>(bytes =>
    {
        byte[] options = [.. bytes.Take(40)];
        byte[] segment = new byte[20 + ((options.Length + 3) / 4 * 4)];
        options.CopyTo(segment, 20);
        segment[12] = (byte)(segment.Length / 4 << 4);
        byte[] packet = Build.Ip("10.1.0.9", "203.0.113.9", IpProtocol.Tcp, segment);
        _ = TcpSegmentLimit.Apply(packet.AsSpan(20), 1000);
        // A header longer than the packet.
        packet[32] = 0xf0;
        return segment.Length == 60 || !TcpSegmentLimit.Apply(packet.AsSpan(20), 1000);
    }).Check(Seeded.Config);

    private static int Through(FlowRig rig, uint ingress, byte[] packet)
    {
        byte[] sent = Assert.Single(rig.Send(ingress, packet)).Packet;
        Assert.True(IsRight(sent));
        return Offered(sent);
    }

    private static byte[] Segment(byte flags, ushort offered, int noOperations = 0, bool back = false)
    {
        byte[] segment = new byte[20 + ((noOperations + 4 + 3) / 4 * 4)];
        (string source, string destination) = back ? ("203.0.113.9", "10.1.0.9") : ("10.1.0.9", "203.0.113.9");
        (ushort from, ushort to) = back ? ((ushort)80, (ushort)4000) : ((ushort)4000, (ushort)80);
        BinaryPrimitives.WriteUInt16BigEndian(segment, from);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), to);
        segment[12] = (byte)(segment.Length / 4 << 4);
        segment[13] = flags;
        segment.AsSpan(20, noOperations).Fill(1);
        segment[20 + noOperations] = 2;
        segment[21 + noOperations] = 4;
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(22 + noOperations), offered);
        ushort sum = InternetChecksum.Compute(
            segment, InternetChecksum.PseudoHeader(Chassis.Ip(source), Chassis.Ip(destination), 6, segment.Length));
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(16), sum);
        return Build.Ip(source, destination, IpProtocol.Tcp, segment);
    }

    private static int Offered(byte[] packet)
    {
        int at = 40;
        while (packet[at] == 1)
        {
            at++;
        }

        return BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(at + 2));
    }

    private static bool IsRight(byte[] packet) => InternetChecksum.Compute(
        packet.AsSpan(20),
        InternetChecksum.PseudoHeader(
            BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(12)), BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(16)), 6,
            packet.Length - 20)) == 0;
}
