using System.Buffers.Binary;
using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto;
using RouterOS.Packets;
using RouterOS.Proto.Esp.V1;
using RouterOS.Unit.Crypto;
using EspProtocol = RouterOS.Proto.Esp.V1.Protocol;

namespace RouterOS.Unit.Esp;

/// <summary>Transport mode: packets between the gateways themselves.</summary>
public sealed class TransportTests : IDisposable
{
    private readonly CryptoEngines _engines = CryptoEngines.Open();
    private readonly List<EspRig> _rigs = [];

    public static TheoryData<CipherAlgorithm, int, MacAlgorithm, EspProtocol> Suites { get; } = new()
    {
        { CipherAlgorithm.AesCbc, 16, MacAlgorithm.HmacSha1, EspProtocol.Esp },
        { CipherAlgorithm.TripleDesCbc, 24, MacAlgorithm.HmacMd5, EspProtocol.Esp },
        { CipherAlgorithm.AesGcm, 20, MacAlgorithm.None, EspProtocol.Esp },
        { CipherAlgorithm.Null, 0, MacAlgorithm.HmacSha256, EspProtocol.Esp },
        { CipherAlgorithm.Null, 0, MacAlgorithm.HmacSha1, EspProtocol.Ah },
        { CipherAlgorithm.Null, 0, MacAlgorithm.HmacSha256, EspProtocol.Ah },
    };

    public void Dispose()
    {
        _rigs.ForEach(r => r.Dispose());
        _engines.Dispose();
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void Packets_of_all_lengths_arrive_as_they_were_sent(CipherAlgorithm cipher, int keyBytes, MacAlgorithm mac, EspProtocol protocol)
    {
        CryptoSuite suite = new(cipher, keyBytes, mac);
        (EspRig sender, EspRig receiver) = Pair(suite, protocol);
        for (int length = 24; length <= 1400; length += length < 80 ? 1 : 71)
        {
            byte[] packet = Own(length);
            byte[] outer = Assert.Single(sender.Encrypt(packet));
            Assert.True(Ipv4Header.TryParse(outer, out Ipv4Header header, out _));
            Assert.Equal((protocol == EspProtocol.Ah ? IpProtocol.Ah : IpProtocol.Esp, EspRig.LocalAddress, EspRig.RemoteAddress), (header.Protocol, header.Source, header.Destination));
            Assert.Equal(packet, Decrypt(receiver, protocol, outer));
        }

        Assert.True(receiver.Read<SaState>("sa-in", "4096").Packets > 60);
    }

    [Theory]
    [InlineData(EspProtocol.Esp)]
    [InlineData(EspProtocol.Ah)]
    public void Options_of_the_packet_stay_in_front(EspProtocol protocol)
    {
        (EspRig sender, EspRig receiver) = Pair(Suite(protocol), protocol);
        byte[] packet = [.. Own(24)[..20], 148, 4, 0, 0, .. new byte[40]];
        packet[0] = 0x46;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        packet[10] = packet[11] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), InternetChecksum.Compute(packet.AsSpan(0, 24)));
        Assert.Equal(packet, Decrypt(receiver, protocol, Assert.Single(sender.Encrypt(packet))));
    }

    [Theory]
    [InlineData(EspProtocol.Esp)]
    [InlineData(EspProtocol.Ah)]
    public void Tunnel_packets_changed_ones_and_replays_are_refused(EspProtocol protocol)
    {
        (EspRig sender, EspRig receiver) = Pair(Suite(protocol), protocol);
        EspRig tunnel = Rig();
        SaRow row = Row(Suite(protocol), protocol);
        row.Mode = SaMode.Tunnel;
        Assert.Null(tunnel.Set("sa-out", "3/4096", row));
        Assert.Null(tunnel.Set("protection", "3", EspRig.Protection()));
        // An authentic packet, but of a mode that was not agreed on: an SA of transport mode carries no other addresses.
        byte[]? got = Decrypt(receiver, protocol, Assert.Single(tunnel.Encrypt(EspPackets.Inner(60, source: 0x0A000001, destination: 0x0A010001))));
        Assert.True(got is null || got[9] == 4);
        byte[] outer = Assert.Single(sender.Encrypt(Own(100)));
        byte[] changed = [.. outer];
        changed[^20] ^= 1;
        Assert.Null(Decrypt(receiver, protocol, changed));
        byte[] second = Assert.Single(sender.Encrypt(Own(100)));
        Assert.NotNull(Decrypt(receiver, protocol, second));
        Assert.Null(Decrypt(receiver, protocol, second));
    }

    [Theory]
    [InlineData(EspProtocol.Esp)]
    [InlineData(EspProtocol.Ah)]
    public void Other_traffic_than_agreed_and_fragments_are_refused(EspProtocol protocol)
    {
        SaRow row = Row(Suite(protocol), protocol);
        row.Selector = new Selector
        {
            SourceFirst = EspRig.LocalAddress, SourceLast = EspRig.LocalAddress, DestinationFirst = EspRig.RemoteAddress,
            DestinationLast = EspRig.RemoteAddress, Protocol = 17, DestinationPort = 1701,
        };
        EspRig sender = Rig();
        Assert.Null(sender.Set("sa-out", "3/4096", row));
        Assert.Null(sender.Set("protection", "3", EspRig.Protection()));
        Assert.Single(sender.Encrypt(Own(100, port: 1701)));
        Assert.Empty(sender.Encrypt(Own(100, port: 1702)));
        byte[] fragment = Own(100, port: 1701);
        fragment[6] = 0x20;
        Assert.Empty(sender.Encrypt(fragment));
        (EspRig other, _) = Pair(Suite(protocol), protocol);
        EspRig receiver = Rig();
        Assert.Null(receiver.Set("protection", "3", EspRig.Protection(outboundSpi: 0, mirrored: true)));
        Assert.Null(receiver.Set("sa-in", "4096", row));
        Assert.Null(Decrypt(receiver, protocol, Assert.Single(other.Encrypt(Own(100, port: 1702)))));
        Assert.Equal(1ul, receiver.Dropped("inbound-selector"));
        Assert.NotNull(Decrypt(receiver, protocol, Assert.Single(other.Encrypt(Own(100, port: 1701)))));
    }

    [Fact]
    public void Octets_are_counted_inside_and_outside_both_ways_and_packets_that_cannot_go_too()
    {
        CryptoSuite suite = new(CipherAlgorithm.TripleDesCbc, 24, MacAlgorithm.HmacSha1);
        (EspRig sender, EspRig receiver) = Pair(suite, EspProtocol.Esp);
        for (int i = 0; i < 5; i++)
        {
            byte[] outer = Assert.Single(sender.Encrypt(Own(54)));
            Assert.Equal(88, outer.Length);
            Assert.NotNull(Decrypt(receiver, EspProtocol.Esp, outer));
        }

        byte[] fragment = Own(54);
        fragment[6] = 0x20;
        Assert.Empty(sender.Encrypt(fragment));
        ProtectionState sent = sender.Read<ProtectionState>("protection", "3");
        ProtectionState received = receiver.Read<ProtectionState>("protection", "3");
        Assert.Equal((270ul, 440ul, 1ul), (sent.SentInnerBytes, sent.EncryptedBytes, sent.NotSent));
        Assert.Equal((270ul, 440ul), (received.DecryptedBytes, received.ReceivedOuterBytes));
    }

    [Fact]
    public void Where_nat_passes_esp_checksums_of_udp_are_neither_made_nor_looked_at()
    {
        EspRig sender = Rig();
        Assert.Null(sender.Set("sa-out", "3/4096", Row(EspPackets.AesSha1, EspProtocol.Esp)));
        ProtectionRow protection = EspRig.Protection();
        protection.NoUdpChecksum = true;
        Assert.Null(sender.Set("protection", "3", protection));
        byte[] packet = Own(100);
        Checksum(packet, 0x0A000005, EspRig.RemoteAddress);
        byte[] bare = [.. packet];
        bare[26] = bare[27] = 0;
        EspRig looks = Rig();
        Assert.Null(looks.Set("protection", "3", EspRig.Protection(outboundSpi: 0, mirrored: true)));
        Assert.Null(looks.Set("sa-in", "4096", Row(EspPackets.AesSha1, EspProtocol.Esp)));
        Assert.Equal(bare, Decrypt(looks, EspProtocol.Esp, Assert.Single(sender.Encrypt(packet))));

        EspRig receiver = Rig();
        ProtectionRow mirrored = EspRig.Protection(outboundSpi: 0, mirrored: true);
        mirrored.NoUdpChecksum = true;
        Assert.Null(receiver.Set("protection", "3", mirrored));
        Assert.Null(receiver.Set("sa-in", "4096", Row(EspPackets.AesSha1, EspProtocol.Esp)));
        (EspRig other, _) = Pair(EspPackets.AesSha1, EspProtocol.Esp);
        Assert.Equal(bare, Decrypt(receiver, EspProtocol.Esp, Assert.Single(other.Encrypt(packet))));
    }

    [Fact]
    public void Inside_udp_the_checksum_is_put_right_with_the_original_addresses()
    {
        EspRig sender = Rig();
        Assert.Null(sender.Set("sa-out", "3/4096", Row(EspPackets.AesSha1, EspProtocol.Esp)));
        ProtectionRow protection = EspRig.Protection();
        (protection.LocalPort, protection.RemotePort) = (4500, 4500);
        Assert.Null(sender.Set("protection", "3", protection));
        byte[] packet = Own(100);
        // The sender has another address of its own than its NAT shows.
        const uint Inside = 0x0A000005;
        Checksum(packet, Inside, EspRig.RemoteAddress);
        byte[] outer = Assert.Single(sender.Encrypt(packet));
        Assert.Equal((17, 0x11, 0x94), (outer[9], outer[20], outer[21]));
        EspRig receiver = Rig();
        ProtectionRow mirrored = EspRig.Protection(outboundSpi: 0, mirrored: true);
        (mirrored.LocalPort, mirrored.RemotePort) = (4500, 4500);
        Assert.Null(receiver.Set("protection", "3", mirrored));
        SaRow row = Row(EspPackets.AesSha1, EspProtocol.Esp);
        row.OriginalSource = Inside;
        row.OriginalDestination = EspRig.RemoteAddress;
        Assert.Null(receiver.Set("sa-in", "4096", row));
        byte[]? got = receiver.DecryptUdp(outer);
        Checksum(packet, EspRig.LocalAddress, EspRig.RemoteAddress);
        Assert.Equal(packet, got);
    }

    private static CryptoSuite Suite(EspProtocol protocol) => protocol == EspProtocol.Ah ? AhPackets.Sha1 : EspPackets.AesSha1;

    private static SaRow Row(CryptoSuite suite, EspProtocol protocol)
    {
        SaRow row = EspRig.Sa(suite);
        row.Protocol = protocol;
        row.Mode = SaMode.Transport;
        return row;
    }

    private static byte[] Own(int length, ushort port = 2000) => EspPackets.Inner(
        length, source: EspRig.LocalAddress, destination: EspRig.RemoteAddress, destinationPort: port);

    private static byte[]? Decrypt(EspRig rig, EspProtocol protocol, byte[] outer) =>
        protocol == EspProtocol.Ah ? rig.DecryptAh(outer) : rig.Decrypt(outer);

    private static void Checksum(byte[] packet, uint source, uint destination)
    {
        byte[] pseudo = new byte[12 + packet.Length - 20];
        BinaryPrimitives.WriteUInt32BigEndian(pseudo, source);
        BinaryPrimitives.WriteUInt32BigEndian(pseudo.AsSpan(4), destination);
        pseudo[9] = 17;
        BinaryPrimitives.WriteUInt16BigEndian(pseudo.AsSpan(10), (ushort)(packet.Length - 20));
        packet[26] = packet[27] = 0;
        packet.AsSpan(20).CopyTo(pseudo.AsSpan(12));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(26), InternetChecksum.Compute(pseudo));
    }

    private (EspRig Sender, EspRig Receiver) Pair(CryptoSuite suite, EspProtocol protocol)
    {
        EspRig sender = Rig();
        Assert.Null(sender.Set("sa-out", "3/4096", Row(suite, protocol)));
        Assert.Null(sender.Set("protection", "3", EspRig.Protection()));
        EspRig receiver = Rig();
        Assert.Null(receiver.Set("protection", "3", EspRig.Protection(outboundSpi: 0, mirrored: true)));
        Assert.Null(receiver.Set("sa-in", "4096", Row(suite, protocol)));
        return (sender, receiver);
    }

    private EspRig Rig()
    {
        _rigs.Add(new EspRig(_engines));
        return _rigs[^1];
    }
}
