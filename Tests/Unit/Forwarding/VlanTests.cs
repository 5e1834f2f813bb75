using System.Buffers.Binary;
using RouterOS.Packets;
using RouterOS.Proto.Forwarding.V1;
using RouterOS.Simulation;

namespace RouterOS.Unit.Forwarding;

/// <summary>Frames with an 802.1Q tag: a port without one beside two of its VLANs, one of which is in an instance of its own.</summary>
public sealed class VlanTests : IDisposable
{
    private static readonly byte[] s_host = [2, 0, 0, 0, 1, 9];

    private readonly SimulatedClock _clock = new();
    private readonly SinkPort _trunk = new() { Keep = true };
    private readonly Chassis _chassis;

    public VlanTests()
    {
        _chassis = new Chassis(_clock, [("p0", _trunk)]);
        _chassis.Interface(1, "p0", "192.0.2.1/24");
        Subinterface(2, 100, "198.51.100.1", 0);
        Subinterface(3, 200, "192.0.2.1", 7);
        _chassis.Plane.RunOnce();
        _trunk.Frames.Clear();
        Hear(Build.Arp(ArpOperation.Request, s_host, "192.0.2.9", new byte[6], "192.0.2.1"));
        Hear(Tagged(Build.Arp(ArpOperation.Request, s_host, "198.51.100.9", new byte[6], "198.51.100.1"), 100));
    }

    [Fact]
    public void Requests_are_answered_in_their_vlan()
    {
        Assert.Equal(2, _trunk.Frames.Count);
        Assert.Equal((ushort)EtherType.Arp, Type(_trunk.Frames[0]));
        Assert.Equal(((ushort)EtherType.Vlan, 100), (Type(_trunk.Frames[1]), BinaryPrimitives.ReadUInt16BigEndian(_trunk.Frames[1].AsSpan(14))));
        Assert.Equal(s_host, _trunk.Frames[1][..6]);
        Assert.Equal(SinkPort.Address, _trunk.Frames[1][6..12]);
        Assert.Equal((ushort)EtherType.Arp, BinaryPrimitives.ReadUInt16BigEndian(_trunk.Frames[1].AsSpan(16)));
    }

    [Fact]
    public void Packets_pass_between_a_vlan_and_none()
    {
        _trunk.Frames.Clear();
        byte[] packet = Build.Udp("192.0.2.9", "198.51.100.9", 53);
        Hear(Build.Frame(SinkPort.Address, s_host, packet));
        byte[] tagged = Assert.Single(_trunk.Frames);
        Assert.Equal((18 + packet.Length, 100), (tagged.Length, BinaryPrimitives.ReadUInt16BigEndian(tagged.AsSpan(14))));
        Assert.True(Ipv4Header.TryParse(tagged.AsSpan(18), out Ipv4Header there, out _));
        Assert.Equal((63, Chassis.Ip("198.51.100.9")), (there.Ttl, there.Destination));

        _trunk.Frames.Clear();
        Hear(Tagged(Build.Frame(SinkPort.Address, s_host, Build.Udp("198.51.100.9", "192.0.2.9", 53)), 0x6000 | 100));
        byte[] plain = Assert.Single(_trunk.Frames);
        Assert.Equal((ushort)EtherType.Ipv4, Type(plain));
        Assert.True(Ipv4Header.TryParse(plain.AsSpan(14), out Ipv4Header back, out _));
        Assert.Equal(Chassis.Ip("192.0.2.9"), back.Destination);
        Assert.Equal((1ul, 1ul), (_chassis.Counters(2).OutputPackets, _chassis.Counters(1).OutputPackets));
        Assert.Equal(2ul, _chassis.Counters(2).InputPackets);
    }

    [Fact]
    public void A_vlan_of_another_instance_knows_nothing_of_the_others()
    {
        Hear(Tagged(Build.Arp(ArpOperation.Request, s_host, "192.0.2.9", new byte[6], "192.0.2.1"), 200));
        _trunk.Frames.Clear();
        Hear(Tagged(Build.Frame(SinkPort.Address, s_host, Build.Udp("192.0.2.9", "198.51.100.9", 53)), 200));
        byte[] answer = Assert.Single(_trunk.Frames);
        Assert.Equal(200, BinaryPrimitives.ReadUInt16BigEndian(answer.AsSpan(14)));
        Assert.True(Ipv4Header.TryParse(answer.AsSpan(18), out Ipv4Header header, out _));
        Assert.Equal(((byte)IpProtocol.Icmp, Chassis.Ip("192.0.2.1")), ((byte)header.Protocol, header.Source));
    }

    [Theory]
    [InlineData(300)]
    [InlineData(4095)]
    public void Frames_of_an_unknown_vlan_are_dropped(int vlan)
    {
        _trunk.Frames.Clear();
        Hear(Tagged(Build.Frame(SinkPort.Address, s_host, Build.Udp("192.0.2.9", "198.51.100.9", 53)), vlan));
        Assert.Empty(_trunk.Frames);
        Assert.Equal(1ul, _chassis.Drops("port/unknown-vlan"));
    }

    [Fact]
    public void A_priority_alone_is_no_vlan_and_a_frame_that_ends_in_its_tag_is_dropped()
    {
        _trunk.Frames.Clear();
        Hear(Tagged(Build.Frame(SinkPort.Address, s_host, Build.Udp("192.0.2.9", "198.51.100.9", 53)), 0xe000));
        Assert.Single(_trunk.Frames);
        Hear(Tagged(Build.Frame(SinkPort.Address, s_host, []), 100)[..16]);
        Assert.Single(_trunk.Frames);
        _chassis.AssertNothingLeaks();
    }

    [Fact]
    public void An_interface_moves_to_another_vlan_and_goes()
    {
        Subinterface(2, 101, "198.51.100.1", 0);
        _chassis.Plane.RunOnce();
        Hear(Tagged(Build.Arp(ArpOperation.Request, s_host, "198.51.100.9", new byte[6], "198.51.100.1"), 100));
        Assert.Equal(1ul, _chassis.Drops("port/unknown-vlan"));
        _trunk.Frames.Clear();
        Hear(Tagged(Build.Arp(ArpOperation.Request, s_host, "198.51.100.9", new byte[6], "198.51.100.1"), 101));
        Assert.Equal(101, BinaryPrimitives.ReadUInt16BigEndian(Assert.Single(_trunk.Frames).AsSpan(14)));

        Assert.Equal("Port p0 carries interface if2 in VLAN 101 already.", _chassis.Plane.SetRow("interface", "9", Row(9, 101, "203.0.113.1", 0)));
        Assert.NotNull(_chassis.Plane.SetRow("interface", "9", Row(9, 4095, "203.0.113.1", 0)));
        _chassis.Plane.RemoveRow("interface", "2");
        Hear(Tagged(Build.Arp(ArpOperation.Request, s_host, "198.51.100.9", new byte[6], "198.51.100.1"), 101));
        Assert.Equal(2ul, _chassis.Drops("port/unknown-vlan"));
    }

    [Fact]
    public void All_interfaces_of_a_port_go_down_with_it()
    {
        _trunk.IsUp = false;
        _clock.Advance(TimeSpan.FromSeconds(1));
        _chassis.Plane.RunOnce();
        _trunk.Frames.Clear();
        Hear(Tagged(Build.Arp(ArpOperation.Request, s_host, "198.51.100.9", new byte[6], "198.51.100.1"), 100));
        Hear(Build.Arp(ArpOperation.Request, s_host, "192.0.2.9", new byte[6], "192.0.2.1"));
        Assert.Empty(_trunk.Frames);
    }

    public void Dispose() => _chassis.Dispose();

    private static byte[] Tagged(byte[] frame, int tag) => [.. frame[..12], 0x81, 0, (byte)(tag >> 8), (byte)tag, .. frame[12..]];

    private static ushort Type(byte[] frame) => BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(12));

    private static byte[] Row(uint index, uint vlan, string address, uint instance)
    {
        InterfaceRow row = new() { Index = index, Name = $"if{index}", LinkType = "ethernet", Port = "p0", Mtu = 1500, Up = true, Vlan = vlan, Instance = instance };
        row.Addresses.Add(new InterfacePrefix { Address = Chassis.Ip(address), PrefixLength = 24 });
        return Google.Protobuf.MessageExtensions.ToByteArray(row);
    }

    private void Subinterface(uint index, uint vlan, string address, uint instance)
    {
        Assert.Null(_chassis.Plane.SetRow("interface", $"{index}", Row(index, vlan, address, instance)));
        _chassis.Route(Chassis.Ip(address) & 0xffffff00, 24, RouteRow.Types.Kind.Forward, index, instance: instance);
        _chassis.Route(Chassis.Ip(address), 32, RouteRow.Types.Kind.Local, index, instance: instance);
    }

    private void Hear(byte[] frame) => _chassis.Feed("port-input", frame);
}
