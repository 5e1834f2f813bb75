using RouterOS.Packets;

namespace RouterOS.Fuzz.Packets;

/// <summary>The views of Kernel/Packets: whatever the bytes, no exception and no allocation; what is accepted can be read whole.</summary>
public sealed class PacketParserTests
{
    private const int Iterations = 20_000;

    [Fact]
    public void Ethernet() => FuzzLoop.Parse("ethernet", Iterations, bytes =>
    {
        bool accepted = EthernetHeader.TryParse(bytes, out EthernetHeader header, out WireError error);
        Assert.True(accepted == (error == WireError.None));
        if (accepted)
        {
            _ = header.Type;
            Assert.True(header.Destination.Length == 6 && header.Source.Length == 6);
            Assert.True(header.IsGroup == ((header.Destination[0] & 1) != 0));
            Assert.True(header.Payload.Length == bytes.Length - EthernetHeader.Length);
        }
    });

    [Fact]
    public void Arp() => FuzzLoop.Parse("arp", Iterations, bytes =>
    {
        bool accepted = ArpPacket.TryParse(bytes, out ArpPacket arp, out WireError error);
        Assert.True(accepted == (error == WireError.None));
        if (accepted)
        {
            _ = arp.Sender + arp.Target + (uint)arp.Operation;
            Assert.True(arp.SenderLinkAddress.Length == 6 && arp.TargetLinkAddress.Length == 6);
        }
    });

    [Fact]
    public void Ipv4() => FuzzLoop.Parse("ipv4", Iterations, bytes =>
    {
        bool accepted = Ipv4Header.TryParse(bytes, out Ipv4Header header, out WireError error);
        Assert.True(accepted == (error == WireError.None));
        if (accepted)
        {
            _ = header.Tos + header.Identification + header.Ttl + (int)header.Protocol + header.Source + header.Destination;
            _ = header.DontFragment | header.MoreFragments;
            Assert.True(header.IsFragment == (header.MoreFragments || header.FragmentOffset > 0));
            Assert.True(header.TotalLength <= bytes.Length);
            Assert.True(header.HeaderLength is >= Ipv4Header.MinimumLength and <= Ipv4Header.MaximumLength);
            Assert.True(header.Options.Length + Ipv4Header.MinimumLength + header.Payload.Length == header.TotalLength);
        }
    });

    [Fact]
    public void Icmp() => FuzzLoop.Parse("icmp", Iterations, bytes =>
    {
        bool accepted = IcmpHeader.TryParse(bytes, out IcmpHeader header, out WireError error);
        Assert.True(accepted == (error == WireError.None));
        if (accepted)
        {
            _ = (int)header.Type + header.Code + header.Rest + header.Identifier + header.Sequence;
            Assert.True(header.IsError == IcmpHeader.IsErrorType((byte)header.Type));
            Assert.True(header.Payload.Length == bytes.Length - IcmpHeader.Length);
        }
    });

    [Fact]
    public void Udp() => FuzzLoop.Parse("udp", Iterations, bytes =>
    {
        bool accepted = UdpHeader.TryParse(bytes, out UdpHeader header, out WireError error);
        Assert.True(accepted == (error == WireError.None));
        if (accepted)
        {
            _ = header.SourcePort + header.DestinationPort + header.Checksum;
            _ = header.IsChecksumRight(0xc0000201, 0xc6336402);
            Assert.True(header.Payload.Length + UdpHeader.Length <= bytes.Length);
        }
    });
}
