using System.Buffers.Binary;

namespace RouterOS.Ike.Control.Captures;

/// <summary>Puts IPv4 and UDP headers before a datagram that came or goes without them: pure.</summary>
internal static class IkePacket
{
    private const int IpHeader = 20;
    private const int UdpHeader = 8;
    private const byte Udp = 17;
    private const ushort DontFragment = 0x4000;

    /// <summary>The packet; empty for a datagram too long for one.</summary>
    public static byte[] Wrap(
        uint source, uint destination, ushort sourcePort, ushort destinationPort, byte hops, bool dontFragment, ReadOnlySpan<byte> payload)
    {
        int length = IpHeader + UdpHeader + payload.Length;
        if (length > ushort.MaxValue)
        {
            return [];
        }

        byte[] packet = new byte[length];
        Span<byte> ip = packet.AsSpan(0, IpHeader);
        Span<byte> udp = packet.AsSpan(IpHeader);
        ip[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)length);
        BinaryPrimitives.WriteUInt16BigEndian(ip[6..], dontFragment ? DontFragment : (ushort)0);
        ip[8] = hops;
        ip[9] = Udp;
        BinaryPrimitives.WriteUInt32BigEndian(ip[12..], source);
        BinaryPrimitives.WriteUInt32BigEndian(ip[16..], destination);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], Checksum(ip, 0));

        BinaryPrimitives.WriteUInt16BigEndian(udp, sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], destinationPort);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], (ushort)udp.Length);
        payload.CopyTo(udp[UdpHeader..]);
        ushort sum = Checksum(udp, Sum(ip[12..]) + Udp + (uint)udp.Length);
        BinaryPrimitives.WriteUInt16BigEndian(udp[6..], sum == 0 ? ushort.MaxValue : sum);
        return packet;
    }

    private static ushort Checksum(ReadOnlySpan<byte> bytes, uint start)
    {
        uint sum = start + Sum(bytes);
        sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~((sum & 0xffff) + (sum >> 16));
    }

    private static uint Sum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (; bytes.Length >= 2; bytes = bytes[2..])
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes);
        }

        return sum + (bytes.IsEmpty ? 0u : (uint)bytes[0] << 8);
    }
}
