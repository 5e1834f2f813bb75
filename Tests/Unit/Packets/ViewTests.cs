using FsCheck;
using FsCheck.Fluent;
using RouterOS.Packets;

namespace RouterOS.Unit.Packets;

public sealed class ViewTests
{
    private const uint Source = 0xC0000201;
    private const uint Destination = 0xC6336402;

    private static readonly byte[] s_left = [2, 0, 0, 0, 0, 1];
    private static readonly byte[] s_right = [2, 0, 0, 0, 0, 2];

    [Fact]
    public void Random_bytes_are_refused_or_read_without_a_throw() =>
        Prop.ForAll<byte[]>(data =>
        {
            Touch(data);
            // Plausible starts, so that the checks behind the first one are met too.
            Touch([0x45, 0, 0, (byte)data.Length, .. data]);
            Touch([0, 1, 8, 0, 6, 4, 0, 1, .. data]);
            return true;
        }).Check(Seeded.Config);

    [Fact]
    public void What_is_written_is_read_back()
    {
        byte[] frame = new byte[14 + 20 + 8 + 3];
        EthernetHeader.Write(frame, s_right, s_left, EtherType.Ipv4);
        Ipv4Header.Write(frame.AsSpan(14), 31, IpProtocol.Udp, Source, Destination, 9, 0x1234, dontFragment: true, tos: 0x28);
        "abc"u8.CopyTo(frame.AsSpan(42));
        UdpHeader.Write(frame.AsSpan(34), 500, 4500, Source, Destination);

        Assert.True(EthernetHeader.TryParse(frame, out EthernetHeader ethernet, out _));
        Assert.Equal(s_right, ethernet.Destination.ToArray());
        Assert.Equal(s_left, ethernet.Source.ToArray());
        Assert.Equal(EtherType.Ipv4, ethernet.Type);
        Assert.True(Ipv4Header.TryParse(ethernet.Payload, out Ipv4Header ip, out _));
        Assert.Equal((Source, Destination, (byte)9, (ushort)0x1234), (ip.Source, ip.Destination, ip.Ttl, ip.Identification));
        Assert.True(ip.DontFragment);
        Assert.False(ip.IsFragment);
        Assert.True(UdpHeader.TryParse(ip.Payload, out UdpHeader udp, out _));
        Assert.Equal((500, 4500), (udp.SourcePort, udp.DestinationPort));
        Assert.True(udp.IsChecksumRight(Source, Destination));
        Assert.False(udp.IsChecksumRight(Source, Destination + 1));
        Assert.Equal("abc"u8.ToArray(), udp.Payload.ToArray());
    }

    [Fact]
    public void Link_padding_is_not_payload()
    {
        byte[] packet = new byte[46];
        Ipv4Header.Write(packet, 24, IpProtocol.Icmp, Source, Destination);
        Assert.True(Ipv4Header.TryParse(packet, out Ipv4Header ip, out _));
        Assert.Equal(4, ip.Payload.Length);
    }

    [Theory]
    [InlineData(0, 0x65, WireError.BadVersion)]
    [InlineData(0, 0x44, WireError.BadLength)]
    [InlineData(3, 19, WireError.BadLength)]
    [InlineData(3, 30, WireError.Truncated)]
    [InlineData(8, 1, WireError.BadChecksum)]
    public void A_wrong_header_says_why(int place, byte value, WireError expected)
    {
        byte[] packet = new byte[24];
        Ipv4Header.Write(packet, 24, IpProtocol.Icmp, Source, Destination);
        packet[place] = value;
        Assert.False(Ipv4Header.TryParse(packet, out _, out WireError error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void Arp_is_read_back_and_only_for_ipv4_over_ethernet()
    {
        byte[] packet = new byte[ArpPacket.Length];
        ArpPacket.Write(packet, ArpOperation.Request, s_left, Source, s_right, Destination);
        Assert.True(ArpPacket.TryParse(packet, out ArpPacket arp, out _));
        Assert.Equal((ArpOperation.Request, Source, Destination), (arp.Operation, arp.Sender, arp.Target));
        Assert.Equal(s_left, arp.SenderLinkAddress.ToArray());
        packet[1] = 6;
        Assert.False(ArpPacket.TryParse(packet, out _, out WireError error));
        Assert.Equal(WireError.BadVersion, error);
    }

    [Fact]
    public void Addresses_print_and_parse() =>
        Prop.ForAll<uint>(address => Ipv4Address.TryParse(Ipv4Address.Format(address), out uint parsed) && parsed == address)
            .Check(Seeded.Config);

    [Theory]
    [InlineData("")]
    [InlineData("1.2.3")]
    [InlineData("1.2.3.4.5")]
    [InlineData("1.2.3.256")]
    [InlineData("01.2.3.4")]
    [InlineData("1.2.3.+4")]
    [InlineData("1..3.4")]
    public void What_is_not_an_address_is_refused(string text) => Assert.False(Ipv4Address.TryParse(text, out _));

    private static void Touch(byte[] data)
    {
        if (EthernetHeader.TryParse(data, out EthernetHeader ethernet, out _))
        {
            _ = ethernet.Source.Length + ethernet.Payload.Length + (int)ethernet.Type;
        }

        if (ArpPacket.TryParse(data, out ArpPacket arp, out _))
        {
            _ = arp.Sender + arp.Target + (uint)arp.TargetLinkAddress.Length;
        }

        if (Ipv4Header.TryParse(data, out Ipv4Header ip, out _))
        {
            _ = ip.Options.Length + ip.Payload.Length + (int)ip.Source;
        }

        if (UdpHeader.TryParse(data, out UdpHeader udp, out _))
        {
            _ = udp.Payload.Length + udp.SourcePort + (udp.IsChecksumRight(1, 2) ? 1 : 0);
        }

        if (IcmpHeader.TryParse(data, out IcmpHeader icmp, out _))
        {
            _ = icmp.Payload.Length + icmp.Sequence;
        }
    }
}
