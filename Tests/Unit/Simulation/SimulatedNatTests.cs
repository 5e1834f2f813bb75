using System.Buffers.Binary;
using RouterOS.Packets;
using RouterOS.Simulation;
using RouterOS.Unit.Forwarding;

namespace RouterOS.Unit.Simulation;

public sealed class SimulatedNatTests
{
    private readonly MemoryWire _inside = new("nat-inside");
    private readonly MemoryWire _outside = new("nat-outside");
    private readonly SimulatedNat _nat;

    public SimulatedNatTests() => _nat = new(_inside.Right, Chassis.Ip("192.0.2.1"), _outside.Left, Chassis.Ip("192.0.2.99"));

    [Fact]
    public void Datagrams_leave_by_a_port_of_the_nat_and_answers_find_back_until_it_forgets()
    {
        (string source, string destination, ushort from, ushort to)? left = Through(_inside.Left, _outside.Right, "192.0.2.1", 500, "192.0.2.2", 500);
        Assert.Equal(("192.0.2.99", "192.0.2.2", (ushort)20000, (ushort)500), left);
        Assert.Equal((ushort)20001, Through(_inside.Left, _outside.Right, "192.0.2.1", 4500, "192.0.2.2", 4500)!.Value.from);
        Assert.Equal((ushort)20000, Through(_inside.Left, _outside.Right, "192.0.2.1", 500, "192.0.2.2", 500)!.Value.from);
        Assert.Equal(
            ("192.0.2.2", "192.0.2.1", (ushort)500, (ushort)500),
            Through(_outside.Right, _inside.Left, "192.0.2.2", 500, "192.0.2.99", 20000));
        _nat.Rebind();
        Assert.Null(Through(_outside.Right, _inside.Left, "192.0.2.2", 500, "192.0.2.99", 20000));
        Assert.Equal((ushort)21000, Through(_inside.Left, _outside.Right, "192.0.2.1", 500, "192.0.2.2", 500)!.Value.from);
        Assert.Equal(1, _nat.Dropped);
    }

    [Fact]
    public void Addresses_in_arp_are_translated_and_other_protocols_stay_out()
    {
        byte[] arp = new byte[14 + 28];
        arp[12] = 8;
        arp[13] = 6;
        BinaryPrimitives.WriteUInt32BigEndian(arp.AsSpan(14 + 24), Chassis.Ip("192.0.2.99"));
        Assert.True(_outside.Right.Send(arp));
        Assert.True(_nat.RunOnce());
        Assert.Equal(Chassis.Ip("192.0.2.1"), BinaryPrimitives.ReadUInt32BigEndian(_inside.Left.Take().AsSpan(14 + 24)));
        byte[] esp = [.. new byte[12], 8, 0, .. Build.Ip("192.0.2.1", "192.0.2.2", IpProtocol.Esp, new byte[40])];
        Assert.True(_inside.Left.Send(esp));
        Assert.True(_nat.RunOnce());
        Assert.Null(_outside.Right.Take());
    }

    private (string Source, string Destination, ushort from, ushort to)? Through(
        MemoryPort sender, MemoryPort receiver, string source, ushort from, string destination, ushort to)
    {
        byte[] datagram = [0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5];
        UdpHeader.Write(datagram, from, to, Chassis.Ip(source), Chassis.Ip(destination));
        Assert.True(sender.Send([.. new byte[12], 8, 0, .. Build.Ip(source, destination, IpProtocol.Udp, datagram)]));
        Assert.True(_nat.RunOnce());
        if (receiver.Take() is not { } frame)
        {
            return null;
        }

        Span<byte> ip = frame.AsSpan(14);
        (uint sourceNow, uint destinationNow) = (BinaryPrimitives.ReadUInt32BigEndian(ip[12..]), BinaryPrimitives.ReadUInt32BigEndian(ip[16..]));
        Assert.Equal(0, InternetChecksum.Compute(ip[..20]));
        Assert.Equal(0, InternetChecksum.Compute(ip[20..], InternetChecksum.PseudoHeader(sourceNow, destinationNow, 17, ip.Length - 20)));
        return (Ipv4Address.Format(sourceNow), Ipv4Address.Format(destinationNow),
            BinaryPrimitives.ReadUInt16BigEndian(ip[20..]), BinaryPrimitives.ReadUInt16BigEndian(ip[22..]));
    }
}
