using System.Buffers.Binary;
using RouterOS.Sdk.Packets;

namespace RouterOS.Ike.Control.Captures;

/// <summary>Puts IP and UDP headers before a datagram that came or goes without them: pure.</summary>
internal static class IkePacket
{
    private const int IpHeader = 20;
    private const int Ip6Header = 40;
    private const int UdpHeader = 8;
    private const byte Udp = 17;
    private const ushort DontFragment = 0x4000;

    /// <summary>The packet; empty for a datagram too long for one.</summary>
    public static byte[] Wrap(
        PeerAddress source, PeerAddress destination, ushort sourcePort, ushort destinationPort, byte hops, bool dontFragment, ReadOnlySpan<byte> payload)
    {
        int header = source.IsVersion6 ? Ip6Header : IpHeader;
        int length = header + UdpHeader + payload.Length;
        if (length > ushort.MaxValue || source.IsVersion6 != destination.IsVersion6)
        {
            return [];
        }

        byte[] packet = new byte[length];
        Span<byte> ip = packet.AsSpan(0, header);
        Span<byte> udp = packet.AsSpan(header);
        if (source.IsVersion6)
        {
            ip[0] = 0x60;
            BinaryPrimitives.WriteUInt16BigEndian(ip[4..], (ushort)udp.Length);
            ip[6] = Udp;
            ip[7] = hops;
            source.ToBytes().CopyTo(ip[8..]);
            destination.ToBytes().CopyTo(ip[24..]);
        }
        else
        {
            ip[0] = 0x45;
            BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)length);
            BinaryPrimitives.WriteUInt16BigEndian(ip[6..], dontFragment ? DontFragment : (ushort)0);
            ip[8] = hops;
            ip[9] = Udp;
            source.ToBytes().CopyTo(ip[12..]);
            destination.ToBytes().CopyTo(ip[16..]);
            BinaryPrimitives.WriteUInt16BigEndian(ip[10..], InternetChecksum.Of(ip));
        }

        BinaryPrimitives.WriteUInt16BigEndian(udp, sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], destinationPort);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], (ushort)udp.Length);
        payload.CopyTo(udp[UdpHeader..]);
        // Of both families: addresses, which end the header, protocol and length.
        ushort sum = InternetChecksum.Of(udp, InternetChecksum.Sum(ip[(source.IsVersion6 ? 8 : 12)..]) + Udp + (uint)udp.Length);
        BinaryPrimitives.WriteUInt16BigEndian(udp[6..], sum == 0 ? ushort.MaxValue : sum);
        return packet;
    }
}
