using RouterOS.Esp.Wire;
using RouterOS.Forwarding;
using RouterOS.Packets;

namespace RouterOS.Esp.Nodes;

/// <summary>Shows captures the packets that came in, as they came: those whose SPI is one of this worker's.</summary>
internal static unsafe class InboundTap
{
    private const int Ipv6Header = 40;
    private const byte Udp = (byte)IpProtocol.Udp;

    /// <summary>Offers every packet whose SA is known. <paramref name="spiOffset"/>: where the protocol's header has the SPI.</summary>
    public static void Show(PacketTap tap, EspTables tables, ReadOnlySpan<nint> packets, int spiOffset, bool isAh)
    {
        foreach (nint handle in packets)
        {
            ReadOnlySpan<byte> packet = PacketBuffer.At(handle).Data;
            if (packet.Length < Ipv4Header.MinimumLength)
            {
                continue;
            }

            bool isIpv6 = packet[0] >> 4 == 6;
            int header = isIpv6 ? Ipv6Header : (packet[0] & 0x0f) * 4;
            header += !isIpv6 && packet[9] == Udp ? EspSizes.UdpHeader : 0;
            if (header + spiOffset + sizeof(uint) > packet.Length)
            {
                continue;
            }

            uint spi = BitConverter.ToUInt32(packet[(header + spiOffset)..]);
            // Safe: a record lives while its SA does, and this one is only read.
            SaRecord* sa = isAh ? tables.AuthenticatedBy(spi) : tables.InboundOf(spi);
            // What came inside AH was shown as it came.
            if (sa->Protection != 0 && sa->Bundle == 0)
            {
                ref PacketBuffer came = ref PacketBuffer.At(handle);
                tap.Offer(sa->Protection, isOutbound: false, !isAh && Outer6.IsHidden(ref came) ? Outer6.Shown(ref came) : packet);
            }
        }
    }
}
