using System.Buffers.Binary;
using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto;
using RouterOS.Esp.Nodes;
using RouterOS.Packets;
using RouterOS.Proto.Esp.V1;
using EspProtocol = RouterOS.Proto.Esp.V1.Protocol;

namespace RouterOS.Unit.Esp;

/// <summary>ESP inside AH (RFC 2401 section 4.5): one header in front, an SA of each.</summary>
public sealed class BundleTests : IDisposable
{
    private const uint EspSpi = 0x1000;
    private const uint AhSpi = 0x2000;

    private readonly CryptoEngines _engines = CryptoEngines.Open();
    private readonly List<EspRig> _rigs = [];

    public static TheoryData<CipherAlgorithm, int, MacAlgorithm, MacAlgorithm, SaMode> Suites { get; } = new()
    {
        { CipherAlgorithm.AesCbc, 16, MacAlgorithm.None, MacAlgorithm.HmacSha1, SaMode.Tunnel },
        { CipherAlgorithm.AesCbc, 32, MacAlgorithm.HmacSha256, MacAlgorithm.HmacSha256, SaMode.Tunnel },
        { CipherAlgorithm.TripleDesCbc, 24, MacAlgorithm.HmacMd5, MacAlgorithm.HmacMd5, SaMode.Tunnel },
        { CipherAlgorithm.AesGcm, 20, MacAlgorithm.None, MacAlgorithm.HmacSha1, SaMode.Tunnel },
        { CipherAlgorithm.AesCbc, 16, MacAlgorithm.None, MacAlgorithm.HmacSha1, SaMode.Transport },
        { CipherAlgorithm.TripleDesCbc, 24, MacAlgorithm.HmacSha1, MacAlgorithm.HmacMd5, SaMode.Transport },
    };

    public void Dispose()
    {
        _rigs.ForEach(r => r.Dispose());
        _engines.Dispose();
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void Packets_of_all_lengths_arrive_as_they_were_sent(
        CipherAlgorithm cipher, int keyBytes, MacAlgorithm espMac, MacAlgorithm ahMac, SaMode mode)
    {
        CryptoSuite suite = new(cipher, keyBytes, espMac);
        (EspRig sender, EspRig receiver) = (Sender(suite, ahMac, mode), Receiver(suite, ahMac, mode));
        ulong count = 0;
        for (int length = 28; length <= 1400; length += length < 90 ? 1 : 71)
        {
            byte[] packet = mode == SaMode.Tunnel ? EspPackets.Inner(length)
                : EspPackets.Inner(length, source: EspRig.LocalAddress, destination: EspRig.RemoteAddress);
            byte[] outer = Assert.Single(sender.Encrypt(packet));
            Assert.True(Ipv4Header.TryParse(outer, out Ipv4Header header, out _));
            Assert.Equal((IpProtocol.Ah, EspRig.LocalAddress, EspRig.RemoteAddress), (header.Protocol, header.Source, header.Destination));
            Assert.Equal(outer.Length, BinaryPrimitives.ReadUInt16BigEndian(outer.AsSpan(2)));
            Assert.Equal(0, InternetChecksum.Compute(outer.AsSpan(0, 20)));
            // AH says what is in it: ESP, whose SPI follows.
            int ah = (outer[21] + 2) * 4;
            Assert.Equal((50, AhSpi, EspSpi),
                (outer[20], BinaryPrimitives.ReadUInt32BigEndian(outer.AsSpan(24)), BinaryPrimitives.ReadUInt32BigEndian(outer.AsSpan(20 + ah))));
            Assert.Equal(packet, receiver.DecryptAh(outer));
            count++;
        }

        foreach ((EspRig rig, string table, string[] keys) in ((EspRig, string, string[])[])
            [(sender, "sa-out", ["3/4096", "3/8192"]), (receiver, "sa-in", ["4096", "8192"])])
        {
            Assert.All(keys, k => Assert.Equal((count, count), (rig.Read<SaState>(table, k).Packets, rig.Read<SaState>(table, k).Sequence)));
        }
    }

    [Fact]
    public void Esp_of_a_bundle_is_refused_without_its_ah()
    {
        EspRig receiver = Receiver(EspPackets.AesSha1, MacAlgorithm.HmacSha1);
        EspRig alone = Rig().AsSender(EspPackets.AesSha1);
        Assert.Null(receiver.Decrypt(Assert.Single(alone.Encrypt(EspPackets.Inner(100)))));
        Assert.Equal(1ul, receiver.Dropped("not-bundled"));
        Assert.Equal(0ul, receiver.Read<SaState>("sa-in", "4096").Sequence);
    }

    [Theory]
    [InlineData("another association of ESP")]
    [InlineData("a tunnel of AH")]
    public void Ah_of_a_bundle_is_refused_around_anything_else(string what)
    {
        EspRig receiver = Receiver(EspPackets.AesSha1, MacAlgorithm.HmacSha1);
        EspRig other = Rig();
        if (what == "a tunnel of AH")
        {
            Assert.Null(other.Set("sa-out", "3/8192", Ah(MacAlgorithm.HmacSha1, partner: 0)));
            Assert.Null(other.Set("protection", "3", EspRig.Protection(outboundSpi: AhSpi)));
        }
        else
        {
            Assert.Null(other.Set("sa-out", "3/4097", Esp(EspPackets.AesSha1, SaMode.Tunnel, spi: 0x1001)));
            Assert.Null(other.Set("sa-out", "3/8192", Ah(MacAlgorithm.HmacSha1, partner: 0x1001)));
            Assert.Null(other.Set("protection", "3", EspRig.Protection(outboundSpi: 0x1001)));
        }

        Assert.Null(receiver.DecryptAh(Assert.Single(other.Encrypt(EspPackets.Inner(100)))));
        Assert.Equal(1ul, receiver.Dropped("not-bundled"));
        Assert.Equal(1ul, receiver.Read<SaState>("sa-in", "8192").BadTrailer);
    }

    [Fact]
    public void Changed_and_replayed_packets_end_at_ah()
    {
        CryptoSuite suite = new(CipherAlgorithm.AesCbc, 16, MacAlgorithm.None);
        (EspRig sender, EspRig receiver) = (Sender(suite, MacAlgorithm.HmacSha1), Receiver(suite, MacAlgorithm.HmacSha1));
        byte[] outer = Assert.Single(sender.Encrypt(EspPackets.Inner(100)));
        byte[] changed = [.. outer];
        changed[^1] ^= 1;
        Assert.Null(receiver.DecryptAh(changed));
        Assert.NotNull(receiver.DecryptAh(outer));
        Assert.Null(receiver.DecryptAh(outer));
        SaState ah = receiver.Read<SaState>("sa-in", "8192");
        Assert.Equal((1ul, 1ul, 1ul), (ah.AuthenticationFailed, ah.Replayed, ah.Packets));
        Assert.Equal(1ul, receiver.Read<SaState>("sa-in", "4096").Packets);
    }

    [Fact]
    public void Nothing_leaves_before_both_associations_are_there()
    {
        EspRig sender = Rig();
        Assert.Null(sender.Set("protection", "3", EspRig.Protection()));
        Assert.Null(sender.Set("sa-out", "3/4096", Esp(EspPackets.AesSha1, SaMode.Tunnel)));
        Assert.Empty(sender.Encrypt(EspPackets.Inner(100)));
        Assert.Null(sender.Set("sa-out", "3/8192", Ah(MacAlgorithm.HmacSha1)));
        Assert.Single(sender.Encrypt(EspPackets.Inner(100)));
        sender.Remove("sa-out", "3/8192");
        Assert.Empty(sender.Encrypt(EspPackets.Inner(100)));
    }

    [Fact]
    public void Ah_alone_is_not_what_a_protection_sends_by()
    {
        EspRig sender = Rig();
        Assert.Null(sender.Set("sa-out", "3/8192", Ah(MacAlgorithm.HmacSha1)));
        Assert.Null(sender.Set("protection", "3", EspRig.Protection(outboundSpi: AhSpi)));
        Assert.Empty(sender.Encrypt(EspPackets.Inner(100)));
    }

    [Theory]
    [InlineData(MacAlgorithm.HmacSha1)]
    [InlineData(MacAlgorithm.HmacSha256)]
    public void Both_headers_fit_the_path(MacAlgorithm ahMac)
    {
        EspRig sender = Sender(EspPackets.AesSha1, ahMac, df: DfBit.Copy);
        EspRig receiver = Receiver(EspPackets.AesSha1, ahMac);
        sender.SetLinkMtu(1400);
        int most = Enumerable.Range(1200, 200).Where(n => sender.Encrypt(EspPackets.Inner(n, dontFragment: true)).Count == 1).Max();
        Assert.InRange(Assert.Single(sender.Encrypt(EspPackets.Inner(most, dontFragment: true))).Length, 1400 - 15, 1400);
        // Without DF it is cut before.
        List<byte[]> fragments = sender.Encrypt(EspPackets.Inner(most + 1));
        Assert.Equal(2, fragments.Count);
        Assert.All(fragments, f => Assert.NotNull(receiver.DecryptAh(f)));
        Assert.All(fragments, f => Assert.InRange(f.Length, 60, 1400));
    }

    [Fact]
    public void Super_packets_leave_in_order()
    {
        EspRig sender = Sender(EspPackets.AesSha1, MacAlgorithm.HmacSha1);
        EspRig receiver = Receiver(EspPackets.AesSha1, MacAlgorithm.HmacSha1);
        byte[] packet = EspPackets.Inner(28 + (20 * 500));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(24), (ushort)(packet.Length - 20));
        List<byte[]> outer = sender.EncryptSuper(packet, 500);
        Assert.Equal(20, outer.Count);
        for (int i = 0; i < outer.Count; i++)
        {
            Assert.Equal((uint)(i + 1), BinaryPrimitives.ReadUInt32BigEndian(outer[i].AsSpan(28)));
            byte[]? inner = receiver.DecryptAh(outer[i]);
            Assert.NotNull(inner);
            Assert.Equal(packet.AsSpan(28 + (i * 500), 500), inner.AsSpan(28));
        }
    }

    [Fact]
    public void Packets_go_both_ways_without_garbage()
    {
        EspRig sender = Sender(EspPackets.AesSha1, MacAlgorithm.HmacSha1);
        byte[] inner = EspPackets.Inner(200);
        long Bytes(int rounds) => Allocation.Of(() =>
        {
            for (int i = 0; i < rounds; i++)
            {
                (nint packet, ushort edge) = sender.RunOne("esp-encrypt", sender.Rent(inner));
                Assert.Equal(4, edge);
                _ = sender.RunOne("ah-bundle", packet);
                sender.FreeEnqueued();
            }
        });

        Assert.Equal(Bytes(1) * 1000, Bytes(1000));
    }

    [Fact]
    public void Rows_that_are_their_own_partner_are_refused()
    {
        SaRow row = Ah(MacAlgorithm.HmacSha1, partner: AhSpi);
        Assert.Contains("its own partner", Rig().Set("sa-in", "8192", row));
        row.PartnerSpi = EspSpi;
        row.Protocol = EspProtocol.Bundle;
        Assert.Contains("does not know", Rig().Set("sa-in", "8192", row));
    }

    private static SaRow Esp(CryptoSuite suite, SaMode mode, uint spi = EspSpi)
    {
        SaRow row = EspRig.Sa(suite, spi: spi);
        row.Mode = mode;
        row.PartnerSpi = AhSpi;
        return row;
    }

    private static SaRow Ah(MacAlgorithm mac, uint partner = EspSpi, SaMode mode = SaMode.Tunnel)
    {
        SaRow row = EspRig.Sa(new CryptoSuite(CipherAlgorithm.Null, 0, mac), spi: AhSpi, fill: 9);
        row.Protocol = EspProtocol.Ah;
        row.PartnerSpi = partner;
        row.Mode = mode;
        // Of AH of a bundle it means nothing: between the gateways goes ESP.
        row.Selector = new Selector { SourceFirst = 1, SourceLast = 1, DestinationFirst = 2, DestinationLast = 2 };
        if (partner == 0)
        {
            row.Selector = null;
        }

        return row;
    }

    private EspRig Sender(CryptoSuite suite, MacAlgorithm ahMac, SaMode mode = SaMode.Tunnel, DfBit df = DfBit.Clear)
    {
        EspRig rig = Rig();
        Assert.Null(rig.Set("sa-out", "3/8192", Ah(ahMac, mode: mode)));
        Assert.Null(rig.Set("sa-out", "3/4096", Esp(suite, mode)));
        Assert.Null(rig.Set("protection", "3", EspRig.Protection(df: df)));
        return rig;
    }

    private EspRig Receiver(CryptoSuite suite, MacAlgorithm ahMac, SaMode mode = SaMode.Tunnel)
    {
        EspRig rig = Rig();
        Assert.Null(rig.Set("protection", "3", EspRig.Protection(outboundSpi: 0, mirrored: true)));
        Assert.Null(rig.Set("sa-in", "8192", Ah(ahMac, mode: mode)));
        Assert.Null(rig.Set("sa-in", "4096", Esp(suite, mode)));
        return rig;
    }

    private EspRig Rig()
    {
        EspRig rig = new(_engines);
        _rigs.Add(rig);
        return rig;
    }
}
