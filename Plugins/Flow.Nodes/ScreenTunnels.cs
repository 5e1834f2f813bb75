using System.Buffers.Binary;
using RouterOS.Packets;
using RouterOS.Proto.Flow.V1;

namespace RouterOS.Flow.Nodes;

/// <summary>Which kind of tunnel a packet is of that is not encrypted: pure.</summary>
internal static class ScreenTunnels
{
    private const ushort TeredoPort = 3544;
    private const ushort SixToFour = 0x2002;
    private const ulong IsatapMark = 0x0000_5efe;
    private const uint IsatapGlobal = 0x0200_0000;

    // RFC 2529 section 3: 239.192.0.0/16 carries the multicast of 6over4. RFC 6333 section 5.7: 192.0.0.0/29 is behind a dual-stack lite tunnel.
    private const uint SixOverFourGroups = 0xefc0;
    private const uint DualStackLite = 0xc000_0000;

    /// <summary>True when a screen refuses the tunnel that a packet's payload is.</summary>
    /// <param name="screen">The screen.</param>
    /// <param name="protocol">Protocol of the payload.</param>
    /// <param name="packet">The packet.</param>
    /// <param name="at">Where the payload, the first of a fragmented one, begins.</param>
    public static bool IsRefused(ScreenSettings screen, byte protocol, ReadOnlySpan<byte> packet, int at)
    {
        bool over6 = packet[0] >> 4 == 6;
        ReadOnlySpan<byte> payload = packet[at..];
        switch ((IpProtocol)protocol)
        {
            case IpProtocol.Gre when payload.Length >= 4:
                return InGre(screen, payload, over6);
            case IpProtocol.Ipv4:
                return IsBad(screen, payload, 4)
                    || screen.Has(over6 ? ScreenTunnel.Ipip4In6 : ScreenTunnel.Ipip4In4)
                    || (over6 && screen.Has(ScreenTunnel.Dslite) && payload.Length >= Ipv4Header.MinimumLength
                        && (BinaryPrimitives.ReadUInt32BigEndian(payload[12..]) & ~7u) == DualStackLite);
            case IpProtocol.Ipv6:
                return IsBad(screen, payload, 6)
                    || screen.Has(over6 ? ScreenTunnel.Ipip6In6 : ScreenTunnel.Ipip6In4)
                    || (!over6 && payload.Length >= Ipv6Header.Length && Is6Over4(screen, packet, payload));
            case IpProtocol.Udp:
                return screen.Has(ScreenTunnel.Teredo) && payload.Length >= UdpHeader.Length
                    && (BinaryPrimitives.ReadUInt16BigEndian(payload) == TeredoPort || BinaryPrimitives.ReadUInt16BigEndian(payload[2..]) == TeredoPort);
            default:
                return false;
        }
    }

    private static bool InGre(ScreenSettings screen, ReadOnlySpan<byte> gre, bool over6)
    {
        int version = (EtherType)BinaryPrimitives.ReadUInt16BigEndian(gre[2..]) switch
        {
            EtherType.Ipv4 => 4,
            EtherType.Ipv6 => 6,
            _ => 0,
        };
        // Checksum, key and sequence number: four bytes each.
        int header = 4 + (int.PopCount(gre[0] & 0xb0) * 4);
        return version switch
        {
            0 => false,
            _ when IsBad(screen, header <= gre.Length ? gre[header..] : [], version) => true,
            4 => screen.Has(over6 ? ScreenTunnel.Gre4In6 : ScreenTunnel.Gre4In4),
            _ => screen.Has(over6 ? ScreenTunnel.Gre6In6 : ScreenTunnel.Gre6In4),
        };
    }

    private static bool IsBad(ScreenSettings screen, ReadOnlySpan<byte> inner, int version)
    {
        int minimum = version == 4 ? Ipv4Header.MinimumLength : Ipv6Header.Length;
        return screen.Has(ScreenTunnel.BadInnerHeader)
            && (inner.Length < minimum || inner[0] >> 4 != version || (version == 4 && (inner[0] & 0x0f) * 4 < Ipv4Header.MinimumLength));
    }

    private static bool Is6Over4(ScreenSettings screen, ReadOnlySpan<byte> packet, ReadOnlySpan<byte> inner)
    {
        UInt128 source = Ipv6Address.Read(inner[Ipv6Header.SourceOffset..]);
        UInt128 destination = Ipv6Address.Read(inner[Ipv6Header.DestinationOffset..]);
        return (screen.Has(ScreenTunnel.SixToFourRelay) && ((ushort)(source >> 112) == SixToFour || (ushort)(destination >> 112) == SixToFour))
            || (screen.Has(ScreenTunnel.Isatap) && (IsIsatap(source) || IsIsatap(destination)))
            || (screen.Has(ScreenTunnel.SixOverFour) && (BinaryPrimitives.ReadUInt16BigEndian(packet[16..]) == SixOverFourGroups
                || Holds(source, packet[12..]) || Holds(destination, packet[16..])));
    }

    // RFC 5214 section 6.1: the interface's part is 0000:5EFE or 0200:5EFE and the IPv4 address.
    private static bool IsIsatap(UInt128 address) => ((uint)((ulong)address >> 32) & ~IsatapGlobal) == IsatapMark;

    // RFC 2529 section 4: the interface's part is the IPv4 address alone.
    private static bool Holds(UInt128 address, ReadOnlySpan<byte> outer) => (ulong)address == BinaryPrimitives.ReadUInt32BigEndian(outer);
}
