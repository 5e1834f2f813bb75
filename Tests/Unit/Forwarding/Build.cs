using System.Buffers.Binary;
using RouterOS.Packets;

namespace RouterOS.Unit.Forwarding;

/// <summary>Makes packets.</summary>
internal static class Build
{
    public static readonly byte[] Broadcast = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff];

    public static byte[] Ip(
        string source, string destination, IpProtocol protocol, ReadOnlySpan<byte> payload, byte ttl = 64, bool df = false, ushort id = 1)
    {
        byte[] packet = new byte[20 + payload.Length];
        Ipv4Header.Write(packet, packet.Length, protocol, Chassis.Ip(source), Chassis.Ip(destination), ttl, id, df);
        payload.CopyTo(packet.AsSpan(20));
        return packet;
    }

    public static byte[] Udp(string source, string destination, ushort port, int bytes = 16, byte ttl = 64, bool df = false)
    {
        byte[] datagram = new byte[8 + bytes];
        for (int i = 8; i < datagram.Length; i++)
        {
            datagram[i] = (byte)(i * 7);
        }

        UdpHeader.Write(datagram, 40000, port, Chassis.Ip(source), Chassis.Ip(destination));
        return Ip(source, destination, IpProtocol.Udp, datagram, ttl, df);
    }

    public static byte[] Echo(string source, string destination, int bytes = 32, byte ttl = 64, bool df = false)
    {
        byte[] message = new byte[8 + bytes];
        for (int i = 8; i < message.Length; i++)
        {
            message[i] = (byte)(i * 13);
        }

        IcmpHeader.Write(message, IcmpType.EchoRequest, 0, 0x00010002);
        return Ip(source, destination, IpProtocol.Icmp, message, ttl, df);
    }

    public static byte[] Frame(ReadOnlySpan<byte> receiver, ReadOnlySpan<byte> sender, ReadOnlySpan<byte> packet, EtherType type = EtherType.Ipv4)
    {
        byte[] frame = new byte[14 + packet.Length];
        EthernetHeader.Write(frame, receiver, sender, type);
        packet.CopyTo(frame.AsSpan(14));
        return frame;
    }

    public static byte[] Arp(ArpOperation operation, byte[] senderLink, string sender, byte[] targetLink, string target)
    {
        byte[] body = new byte[ArpPacket.Length];
        ArpPacket.Write(body, operation, senderLink, Chassis.Ip(sender), targetLink, Chassis.Ip(target));
        return Frame(operation == ArpOperation.Request ? Broadcast : targetLink, senderLink, body, EtherType.Arp);
    }

    /// <summary>One piece of a datagram's payload as a fragment.</summary>
    public static byte[] Fragment(
        string source, string destination, ReadOnlySpan<byte> whole, int offset, int bytes, bool more, ushort id = 7, IpProtocol protocol = IpProtocol.Udp)
    {
        byte[] packet = Ip(source, destination, protocol, whole.Slice(offset, bytes), id: id);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), (ushort)((more ? 0x2000 : 0) | (offset / 8)));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), 0);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), InternetChecksum.Compute(packet.AsSpan(0, 20)));
        return packet;
    }
}
