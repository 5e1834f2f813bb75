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

    [Fact]
    public void Ipv6() => FuzzLoop.Parse("ipv6", Iterations, bytes =>
    {
        bool accepted = Ipv6Header.TryParse(bytes, out Ipv6Header header, out WireError error);
        Assert.True(accepted == (error == WireError.None));
        if (accepted && Ipv6Extensions.TryWalk(bytes[..header.TotalLength], out Ipv6Extensions walked))
        {
            Assert.True(header.TotalLength <= bytes.Length && walked.Offset >= Ipv6Header.Length && walked.Offset <= header.TotalLength);
            Assert.True(bytes[walked.ProtocolAt] == walked.Protocol && walked.ProtocolAt < walked.Offset);
            Assert.True(walked.FragmentAt + (walked.FragmentAt == 0 ? 0 : Ipv6Extensions.FragmentHeaderLength) <= walked.Offset);
            Assert.True(!walked.IsFragment || walked.FragmentAt >= Ipv6Header.Length);
        }
    });

    [Fact]
    public void Icmp6() => FuzzLoop.Parse("ipv6", Iterations, bytes =>
    {
        if (bytes.Length >= Ipv6Header.Length)
        {
            bool accepted = Icmp6Header.TryParse(bytes[Ipv6Header.Length..], bytes[8..Ipv6Header.Length], out _, out WireError error);
            Assert.True(accepted == (error == WireError.None));
        }
    });

    /// <summary>Whatever the options say, nothing but the limit and the checksum changes, and lowering twice is lowering once.</summary>
    [Fact]
    public void Tcp() => FuzzLoop.Parse("tcp", Iterations, bytes =>
    {
        Span<byte> segment = stackalloc byte[Math.Min(bytes.Length, 200)];
        bytes[..segment.Length].CopyTo(segment);
        if (segment.Length >= 20 && TcpSegmentLimit.Apply(segment, 1300))
        {
            int changed = 0;
            for (int i = 0; i < segment.Length; i++)
            {
                changed += segment[i] == bytes[i] ? 0 : 1;
            }

            Assert.True(changed is >= 1 and <= 4);
            Assert.False(TcpSegmentLimit.Apply(segment, 1300));
        }
    });
}
