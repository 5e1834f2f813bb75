using System.Buffers.Binary;
using RouterOS.Packets;
using RouterOS.Unit.Forwarding;

namespace RouterOS.Unit.Flow;

/// <summary>Makes packets of flows.</summary>
internal static class FlowPackets
{
    public const byte Fin = 1;
    public const byte Syn = 2;
    public const byte Rst = 4;
    public const byte Ack = 16;

    public static byte[] Tcp(string source, ushort from, string destination, ushort to, byte flags, uint sequence = 1000, uint acknowledged = 2000, int data = 0)
    {
        byte[] segment = new byte[20 + data];
        BinaryPrimitives.WriteUInt16BigEndian(segment, from);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), to);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(4), sequence);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(8), acknowledged);
        segment[12] = 5 << 4;
        segment[13] = flags;
        return Build.Ip(source, destination, IpProtocol.Tcp, segment);
    }

    public static byte[] Udp(string source, ushort from, string destination, ushort to, int data = 12)
    {
        byte[] datagram = new byte[8 + data];
        UdpHeader.Write(datagram, from, to, Chassis.Ip(source), Chassis.Ip(destination));
        return Build.Ip(source, destination, IpProtocol.Udp, datagram);
    }

    public static byte[] Icmp(string source, string destination, byte type, ushort identifier = 0, byte code = 0, byte[]? data = null)
    {
        byte[] message = [0, 0, 0, 0, 0, 0, 0, 0, .. data ?? new byte[24]];
        IcmpHeader.Write(message, (IcmpType)type, code, (uint)identifier << 16);
        return Build.Ip(source, destination, IpProtocol.Icmp, message);
    }

    /// <summary>Destination unreachable, or another error, about a packet.</summary>
    public static byte[] Error(string reporter, string destination, byte[] about, byte type = 3) =>
        Icmp(reporter, destination, type, code: 1, data: about.AsSpan(0, Math.Min(about.Length, 28)).ToArray());
}
