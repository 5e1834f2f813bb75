using System.Buffers.Binary;
using RouterOS.Proto.Ppp.V1;
using RouterOS.Sdk.Packets;

namespace RouterOS.Ppp.Wire;

// Router Advertisement, RFC 4861 section 4.2, behind an IPv6 header.
//
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +---------------------------------------------------------------+
// |     Type      |     Code      |          Checksum             |
// +---------------------------------------------------------------+
// | Cur Hop Limit |M|O|  Reserved |       Router Lifetime         |
// +---------------------------------------------------------------+
// |                         Reachable Time                        |
// +---------------------------------------------------------------+
// |                          Retrans Timer                        |
// +---------------------------------------------------------------+
// |   Options: MTU (section 4.6.4), prefixes (section 4.6.2) ...

/// <summary>Router solicitations and advertisements in frames of PPP: links without addresses of their own.</summary>
internal static class RouterDiscovery
{
    /// <summary>RFC 4861 section 6.2.1: 30 days.</summary>
    public const uint DefaultValidSeconds = 2_592_000;

    /// <summary>7 days.</summary>
    public const uint DefaultPreferredSeconds = 604_800;

    /// <summary>Most prefixes that are told.</summary>
    public const int MostPrefixes = 16;

    private const int Header = 40;
    private const int SourceOffset = 8;
    private const int DestinationOffset = 24;
    private const int AdvertisementBytes = 16;
    private const int MtuBytes = 8;
    private const int PrefixBytes = 32;
    private const int LeastSolicitation = 8;
    private const byte Icmp6 = 58;
    private const byte Solicitation = 133;
    private const byte AdvertisementType = 134;
    private const byte HopLimit = 255;
    private const byte UsualHops = 64;
    private const byte ManagedFlag = 0x80;
    private const byte OtherFlag = 0x40;
    private const byte PrefixOption = 3;
    private const byte MtuOption = 5;
    private const byte OnLinkFlag = 0x80;
    private const byte AutonomousFlag = 0x40;

    /// <summary>True for a router solicitation as a neighbour may send it: RFC 4861 section 6.1.1.</summary>
    public static bool IsSolicitation(ReadOnlySpan<byte> packet)
    {
        if (packet.Length < Header + LeastSolicitation || packet[0] >> 4 != 6 || packet[6] != Icmp6 || packet[7] != HopLimit)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(packet[4..]);
        return length >= LeastSolicitation && Header + length <= packet.Length && packet[Header] == Solicitation && packet[Header + 1] == 0
            && InternetChecksum.Of(packet.Slice(Header, length), PseudoHeader(packet, length)) == 0;
    }

    /// <summary>A whole frame with an advertisement to all nodes, from the link-local address of an identifier.</summary>
    public static byte[] Advertisement(
        ulong identifier, uint lifetimeSeconds, bool managed, bool other, uint reachableMilliseconds, uint mtu, IReadOnlyList<AdvertisedPrefix> prefixes)
    {
        int count = Math.Min(prefixes.Count, MostPrefixes);
        int length = AdvertisementBytes + MtuBytes + (count * PrefixBytes);
        byte[] frame = new byte[PppPacket.ProtocolLength + Header + length];
        BinaryPrimitives.WriteUInt16BigEndian(frame, (ushort)PppProtocol.Ipv6);
        Span<byte> packet = frame.AsSpan(PppPacket.ProtocolLength);
        packet[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(packet[4..], (ushort)length);
        packet[6] = Icmp6;
        packet[7] = HopLimit;
        packet[SourceOffset] = 0xfe;
        packet[SourceOffset + 1] = 0x80;
        BinaryPrimitives.WriteUInt64BigEndian(packet[(SourceOffset + 8)..], identifier);
        packet[DestinationOffset] = 0xff;
        packet[DestinationOffset + 1] = 2;
        packet[DestinationOffset + 15] = 1;
        Span<byte> message = packet[Header..];
        message[0] = AdvertisementType;
        message[4] = UsualHops;
        message[5] = (byte)((managed ? ManagedFlag : 0) | (other ? OtherFlag : 0));
        BinaryPrimitives.WriteUInt16BigEndian(message[6..], (ushort)Math.Min(lifetimeSeconds, ushort.MaxValue));
        BinaryPrimitives.WriteUInt32BigEndian(message[8..], reachableMilliseconds);
        Span<byte> option = message[AdvertisementBytes..];
        option[0] = MtuOption;
        option[1] = MtuBytes / 8;
        BinaryPrimitives.WriteUInt32BigEndian(option[4..], mtu);
        option = option[MtuBytes..];
        for (int i = 0; i < count; i++, option = option[PrefixBytes..])
        {
            AdvertisedPrefix prefix = prefixes[i];
            option[0] = PrefixOption;
            option[1] = PrefixBytes / 8;
            option[2] = (byte)prefix.PrefixLength;
            option[3] = (byte)((prefix.OnLink ? OnLinkFlag : 0) | (prefix.Autonomous ? AutonomousFlag : 0));
            BinaryPrimitives.WriteUInt32BigEndian(option[4..], prefix.ValidSeconds);
            BinaryPrimitives.WriteUInt32BigEndian(option[8..], prefix.PreferredSeconds);
            prefix.Prefix.Span.CopyTo(option[16..]);
        }

        ushort sum = InternetChecksum.Of(message, PseudoHeader(packet, length));
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], sum);
        return frame;
    }

    // RFC 8200 section 8.1.
    private static uint PseudoHeader(ReadOnlySpan<byte> packet, int length) =>
        InternetChecksum.Sum(packet[SourceOffset..Header]) + (uint)length + Icmp6;
}
