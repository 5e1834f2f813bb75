using RouterOS.Forwarding.Nodes6;
using RouterOS.Packets;

namespace RouterOS.Unit.Forwarding;

/// <summary>Makes IPv6 packets.</summary>
internal static class Build6
{
    public static byte[] Ip(string source, string destination, byte protocol, ReadOnlySpan<byte> payload, byte hops = 64)
    {
        byte[] packet = new byte[40 + payload.Length];
        Ipv6Header.Write(packet, payload.Length, protocol, Chassis.Ip6(source), Chassis.Ip6(destination), hops);
        payload.CopyTo(packet.AsSpan(40));
        return packet;
    }

    public static byte[] Udp(string source, string destination, ushort port, int bytes = 16, byte hops = 64)
    {
        byte[] packet = Ip(source, destination, 17, new byte[8 + bytes], hops);
        for (int i = 48; i < packet.Length; i++)
        {
            packet[i] = (byte)(i * 7);
        }

        UdpHeader.Write(packet.AsSpan(40), 40000, port, packet.AsSpan(8, 32));
        return packet;
    }

    public static byte[] Echo(string source, string destination, int bytes = 32, byte hops = 64)
    {
        byte[] packet = Ip(source, destination, 58, new byte[8 + bytes], hops);
        for (int i = 48; i < packet.Length; i++)
        {
            packet[i] = (byte)(i * 13);
        }

        Icmp6Header.Write(packet.AsSpan(40), Icmp6Type.EchoRequest, 0, 0x00010002, packet.AsSpan(8, 32));
        return packet;
    }

    public static byte[] Neighbor(Icmp6Type type, string source, string destination, string target, byte[] link, uint flags = 0, byte hops = 255)
    {
        byte[] packet = Ip(source, destination, 58, new byte[link.Length == 0 ? 24 : 32], hops);
        NeighborMessage.Write(packet.AsSpan(40), type, flags, Chassis.Ip6(target), link, packet.AsSpan(8, 32));
        return packet;
    }

    public static byte[] Frame(byte[] receiver, byte[] sender, byte[] packet) => Build.Frame(receiver, sender, packet, EtherType.Ipv6);
}
