using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using RouterOS.Packets;

namespace RouterOS.Esp.Nodes;

/// <summary>The packet that came out of a tunnel.</summary>
internal static unsafe class InnerPacket
{
    /// <summary>Bits of ECN in the TOS.</summary>
    public const int EcnMask = 3;

    /// <summary>The mark that a congested router sets.</summary>
    public const int CongestionExperienced = 3;

    /// <summary>True for an IPv6 packet; it has a byte at least.</summary>
    public static bool IsVersion6(ReadOnlySpan<byte> packet) => packet[0] >> 4 == 6;

    /// <summary>Length of the IPv6 packet at the start of the bytes, or 0 when there is none.</summary>
    public static int Length6(byte* text, int bytes)
    {
        if (bytes < Ipv6Header.Length || text[0] >> 4 != 6)
        {
            return 0;
        }

        int total = Ipv6Header.Length + ((text[4] << 8) | text[5]);
        // Bytes behind the packet are traffic-flow padding (RFC 4303 section 2.7).
        return total <= bytes ? total : 0;
    }

    /// <summary>Length of the IPv4 packet at the start of the bytes, or 0 when there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Length(byte* text, int bytes)
    {
        if (bytes < Ipv4Header.MinimumLength || text[0] >> 4 != 4)
        {
            return 0;
        }

        int headerLength = (text[0] & 0x0f) * 4;
        int total = (text[2] << 8) | text[3];
        // Bytes behind the packet are traffic-flow padding (RFC 4303 section 2.7).
        return headerLength >= Ipv4Header.MinimumLength && total >= headerLength && total <= bytes ? total : 0;
    }

    /// <summary>Makes the packet the one that lies inside it, as received by the interface of its protection.</summary>
    public static void Enter(ref PacketBuffer packet, SaRecord* sa, byte* inner, int length)
    {
        packet.Offset += (int)(inner - packet.Start);
        packet.Length = length;
        packet.Flags = PacketFlags.None;
        packet.EgressInterface = 0;
        packet.Instance = sa->Instance;
        packet.Protection = sa->Protection;
        packet.RequiredProtection = 0;
        packet.NextHop = 0;
        packet.AvoidProtection = 0;
        if (sa->Interface != 0)
        {
            packet.IngressInterface = sa->Interface;
        }
    }

    /// <summary>A mark set on the way moves to an inner packet that takes part in ECN (RFC 6040 section 4.2).</summary>
    public static void CopyCongestion(byte* inner)
    {
        if ((inner[1] & EcnMask) is 1 or 2)
        {
            ushort before = BinaryPrimitives.ReadUInt16BigEndian(new ReadOnlySpan<byte>(inner, 2));
            inner[1] |= CongestionExperienced;
            ushort after = (ushort)(before | CongestionExperienced);
            Span<byte> checksum = new(inner + 10, 2);
            BinaryPrimitives.WriteUInt16BigEndian(
                checksum, InternetChecksum.Update(BinaryPrimitives.ReadUInt16BigEndian(checksum), before, after));
        }
    }

    /// <summary>The same of IPv6.</summary>
    public static void CopyCongestion6(byte* inner)
    {
        if (((inner[1] >> 4) & EcnMask) is 1 or 2)
        {
            inner[1] |= CongestionExperienced << 4;
        }
    }
}
