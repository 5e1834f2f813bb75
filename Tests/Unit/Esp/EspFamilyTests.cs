using System.Buffers.Binary;
using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto;
using RouterOS.Forwarding;
using RouterOS.Packets;
using RouterOS.Proto.Esp.V1;
using RouterOS.Unit.Crypto;

namespace RouterOS.Unit.Esp;

/// <summary>Both families inside and outside of a tunnel.</summary>
public sealed class EspFamilyTests : IDisposable
{
    private readonly CryptoEngines _engines = CryptoEngines.Open();
    private readonly List<EspRig> _rigs = [];

    public static TheoryData<bool, bool, CipherAlgorithm> Combinations
    {
        get
        {
            TheoryData<bool, bool, CipherAlgorithm> all = [];
            foreach (bool outer6 in (bool[])[false, true])
            {
                foreach (bool inner6 in (bool[])[false, true])
                {
                    foreach (CipherAlgorithm cipher in (CipherAlgorithm[])[CipherAlgorithm.Null, CipherAlgorithm.TripleDesCbc, CipherAlgorithm.AesCbc, CipherAlgorithm.AesGcm])
                    {
                        all.Add(outer6, inner6, cipher);
                    }
                }
            }

            return all;
        }
    }

    public void Dispose()
    {
        _rigs.ForEach(r => r.Dispose());
        _engines.Dispose();
    }

    [Theory]
    [MemberData(nameof(Combinations))]
    public void Packets_of_either_family_arrive_over_either(bool outer6, bool inner6, CipherAlgorithm cipher)
    {
        CryptoSuite suite = cipher switch
        {
            CipherAlgorithm.AesGcm => new(cipher, 20, MacAlgorithm.None),
            CipherAlgorithm.Null => new(cipher, 0, MacAlgorithm.HmacMd5),
            CipherAlgorithm.TripleDesCbc => new(cipher, 24, MacAlgorithm.HmacMd5),
            _ => new(cipher, 16, MacAlgorithm.HmacSha256),
        };
        EspRig sender = Sender(suite, outer6);
        EspRig receiver = Receiver(suite, outer6);
        for (int length = inner6 ? 40 : 20; length <= 1500; length += length < 80 ? 1 : 71)
        {
            byte[] inner = inner6 ? Inner6(length) : EspPackets.Inner(length);
            byte[] outer = Assert.Single(Seal(sender, inner, outer6));
            Assert.Equal(outer6 ? 6 : 4, outer[0] >> 4);
            Assert.Equal(outer6 ? outer.Length - 40 : outer.Length, BinaryPrimitives.ReadUInt16BigEndian(outer.AsSpan(outer6 ? 4 : 2)));
            Assert.Equal(inner, Open(receiver, outer, inner6));
        }

        Assert.Equal(0ul, sender.DroppedInAll() + receiver.DroppedInAll());
    }

    [Fact]
    public void The_traffic_class_is_that_of_the_inner_packet_and_the_next_header_says_ipv6()
    {
        byte[] inner = Inner6(100, trafficClass: 0xb9);
        byte[] over4 = Assert.Single(Seal(Sender(EspPackets.NullMd5, outer6: false), inner, outer6: false));
        Assert.Equal(0xb9, over4[1]);
        Assert.Equal(0, InternetChecksum.Compute(over4.AsSpan(0, 20)));
        Assert.Equal(41, over4[^13]);

        byte[] over6 = Assert.Single(Seal(Sender(EspPackets.NullMd5, outer6: true), inner, outer6: true));
        Assert.Equal([0x6b, 0x90, 0, 0], over6[..4]);
        Assert.Equal((50, 64), (over6[6], over6[7]));
        Assert.Equal(41, over6[^13]);
    }

    [Theory]
    [InlineData(DfBit.Clear, false)]
    [InlineData(DfBit.Copy, true)]
    [InlineData(DfBit.Set, true)]
    public void No_router_fragments_what_carries_ipv6_unless_it_is_told_to(DfBit df, bool expected)
    {
        EspRig sender = Rig().AsSender(EspPackets.NullMd5, df);
        Assert.Equal(expected, (Assert.Single(Seal(sender, Inner6(300), outer6: false))[6] & 0x40) != 0);
    }

    [Theory]
    [InlineData(DfBit.Clear)]
    [InlineData(DfBit.Copy)]
    [InlineData(DfBit.Set)]
    public void Ipv6_too_big_for_the_path_is_told_so_but_every_path_carries_1280_bytes(DfBit df)
    {
        EspRig sender = Rig().AsSender(EspPackets.NullMd5, df);
        sender.SetLinkMtu(1400);
        // 1400 less 20, 8 and 12 is 1360, of which 2 are the trailer's.
        Assert.Equal(1358, PathOf(sender, Inner6(1359)));
        Assert.Equal(1ul, sender.Dropped("too-big6"));
        Assert.Single(Seal(sender, Inner6(1358), outer6: false));

        sender.SetLinkMtu(1200);
        Assert.Equal(1158, PathOf(sender, Inner6(1281)));
        byte[] whole = Assert.Single(Seal(sender, Inner6(1280), outer6: false));
        Assert.True(whole.Length > 1200);
        // The outer packet is what is fragmented.
        Assert.Equal(0, whole[6] & 0x40);
    }

    [Fact]
    public void Alternating_families_keep_the_order_of_their_numbers()
    {
        EspRig sender = Rig().AsSender(EspPackets.NullMd5);
        for (int i = 0; i < 100; i++)
        {
            sender.Batch[i] = sender.Rent(i % 3 == 0 ? EspPackets.Inner(60 + i) : Inner6(60 + i));
        }

        sender.Run("esp-encrypt", 100);
        for (int i = 0; i < 100; i++)
        {
            Assert.Equal(0, sender.Edges[i]);
            byte[] outer = PacketBuffer.At(sender.Batch[i]).Data.ToArray();
            Assert.Equal((uint)i + 1, BinaryPrimitives.ReadUInt32BigEndian(outer.AsSpan(24)));
            Assert.Equal(i % 3 == 0 ? 4 : 41, outer[^13]);
            Assert.Equal(i % 3 == 0 ? 0x45 : 0x60, outer[28]);
            sender.Free(sender.Batch[i]);
        }
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 3)]
    [InlineData(3, 3)]
    [InlineData(0, 0)]
    public void A_mark_of_congestion_moves_to_ipv6_that_takes_part(byte before, byte after)
    {
        byte[] inner = Inner6(60, trafficClass: before);
        byte[] outer = EspPackets.Sealed(1, EspPackets.Text(inner, 41), tos: 3);
        byte[]? opened = Open(Receiver(EspPackets.NullMd5, outer6: false), outer, inner6: true);
        Assert.NotNull(opened);
        Assert.Equal(after, (opened[1] >> 4) & 3);
        Assert.Equal(inner[2..], opened[2..]);
    }

    [Fact]
    public void What_is_no_ipv6_packet_is_counted_as_such()
    {
        EspRig receiver = Receiver(EspPackets.NullMd5, outer6: false);
        byte[] tooLong = Inner6(60);
        tooLong[5]++;
        uint sequence = 0;
        foreach (byte[] text in (byte[][])[EspPackets.Text(EspPackets.Inner(60), 41), EspPackets.Text(tooLong, 41), EspPackets.Text(new byte[12], 41), EspPackets.Text(Inner6(60), 4)])
        {
            Assert.Null(Open(receiver, EspPackets.Sealed(++sequence, text), inner6: true));
        }

        Assert.Equal(4ul, receiver.Dropped("decryption-failed"));
        Assert.Equal(4ul, receiver.Read<SaState>("sa-in", "4096").DecryptionFailed);
        byte[] padded = EspPackets.Text([.. Inner6(60), .. new byte[40]], 41);
        Assert.Equal(60, Open(receiver, EspPackets.Sealed(++sequence, padded), inner6: true)!.Length);
    }

    [Fact]
    public void A_selector_of_one_family_carries_nothing_of_the_other()
    {
        EspRig sender = Rig();
        SaRow row = EspRig.Sa(EspPackets.NullMd5);
        row.Selector = Selector6("2001:db8:1::", "2001:db8:1::ff", "2001:db8:2::", "2001:db8:2::ffff");
        Assert.Null(sender.Set("sa-out", "3/4096", row));
        Assert.Null(sender.Set("protection", "3", EspRig.Protection()));
        Assert.Single(Seal(sender, Inner6(100), outer6: false));
        Assert.Empty(Seal(sender, EspPackets.Inner(100), outer6: false));
        Assert.Empty(Seal(sender, Inner6(100, destination: "2001:db8:3::1"), outer6: false));
        Assert.Equal(2ul, sender.Dropped("outbound-selector"));

        row.Selector = new Selector { SourceFirst = 0x0A000000, SourceLast = 0x0A0000FF, DestinationFirst = 0x0A010000, DestinationLast = 0x0A0100FF };
        Assert.Null(sender.Set("sa-out", "3/4096", row));
        Assert.Empty(Seal(sender, Inner6(100), outer6: false));
        Assert.Single(Seal(sender, EspPackets.Inner(100), outer6: false));

        EspRig receiver = Receiver(EspPackets.NullMd5, outer6: false);
        Assert.Null(receiver.Set("sa-in", "4096", row));
        Assert.Null(Open(receiver, EspPackets.Sealed(1, EspPackets.Text(Inner6(60), 41)), inner6: true));
        Assert.Equal(1ul, receiver.Dropped("inbound-selector"));
    }

    [Fact]
    public void Protocol_and_ports_of_ipv6_are_found_behind_extension_headers()
    {
        EspRig sender = Rig();
        SaRow row = EspRig.Sa(EspPackets.NullMd5);
        row.Selector = Selector6("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
        (row.Selector.Protocol, row.Selector.DestinationPort) = (17, 2000);
        Assert.Null(sender.Set("sa-out", "3/4096", row));
        Assert.Null(sender.Set("protection", "3", EspRig.Protection()));
        byte[] plain = Inner6(100);
        byte[] optioned = [.. plain[..40], 17, 0, 1, 4, 0, 0, 0, 0, .. plain[40..]];
        (optioned[5], optioned[6]) = ((byte)(optioned[5] + 8), 60);
        Assert.Single(Seal(sender, plain, outer6: false));
        Assert.Single(Seal(sender, optioned, outer6: false));
        Assert.Empty(Seal(sender, Inner6(100, port: 2001), outer6: false));
        plain[6] = 6;
        Assert.Empty(Seal(sender, plain, outer6: false));
    }

    [Fact]
    public void Of_two_selectors_of_everything_each_takes_its_family()
    {
        EspRig sender = Rig();
        foreach (uint id in (uint[])[3, 4])
        {
            Assert.Null(sender.Set("sa-out", $"{id}/{id}000", EspRig.Sa(EspPackets.NullMd5, id * 1000, id)));
            ProtectionRow row = EspRig.Protection(id, id * 1000);
            row.Name = $"vpn-{id}";
            row.Takes = id == 4 ? Selector6("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")
                : new Selector { SourceLast = uint.MaxValue, DestinationLast = uint.MaxValue };
            Assert.Null(sender.Set("protection", $"{id}", row));
        }

        Assert.Equal(3000u, BinaryPrimitives.ReadUInt32BigEndian(Assert.Single(Seal(sender, EspPackets.Inner(100), outer6: false)).AsSpan(20)));
        Assert.Equal(4000u, BinaryPrimitives.ReadUInt32BigEndian(Assert.Single(Seal(sender, Inner6(100), outer6: false)).AsSpan(20)));
    }

    [Fact]
    public void A_selector_of_ipv6_holds_what_lies_between_its_addresses()
    {
        Arbitrary<byte> near = ArbMap.Default.ArbFor<byte>();
        Prop.ForAll(near, near, near, (low, high, address) =>
        {
            EspRig sender = Rig();
            SaRow row = EspRig.Sa(EspPackets.NullMd5);
            row.Selector = Selector6("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", $"2001:db8:0:{low:x}::", $"2001:db8:0:{high:x}::");
            Assert.Null(sender.Set("sa-out", "3/4096", row));
            Assert.Null(sender.Set("protection", "3", EspRig.Protection()));
            return Seal(sender, Inner6(80, destination: $"2001:db8:0:{address:x}::"), outer6: false).Count == (address >= low && address <= high ? 1 : 0);
        }).Check(Seeded.Config);
    }

    [Fact]
    public void A_selector_with_half_its_addresses_is_refused()
    {
        EspRig sender = Rig();
        SaRow row = EspRig.Sa(EspPackets.NullMd5);
        row.Selector = new Selector { SourceFirst6 = ByteString.CopyFrom(new byte[16]), SourceLast6 = ByteString.CopyFrom(new byte[15]) };
        Assert.NotNull(sender.Set("sa-out", "3/4096", row));
    }

    internal static byte[] Inner6(
        int length, byte trafficClass = 0, string source = "2001:db8:1::64", string destination = "2001:db8:2::64", ushort port = 2000)
    {
        byte[] packet = new FixedRandom((ulong)length).Bytes(length);
        Ipv6Header.Write(packet, length - 40, (byte)IpProtocol.Udp, Address(source), Address(destination), 63, trafficClass);
        if (length >= 44)
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(42), port);
        }

        return packet;
    }

    private static UInt128 Address(string text) => Ipv6Address.Read(IPAddress.Parse(text).GetAddressBytes());

    private static Selector Selector6(string sourceFirst, string sourceLast, string destinationFirst, string destinationLast) => new()
    {
        SourceFirst6 = ByteString.CopyFrom(IPAddress.Parse(sourceFirst).GetAddressBytes()),
        SourceLast6 = ByteString.CopyFrom(IPAddress.Parse(sourceLast).GetAddressBytes()),
        DestinationFirst6 = ByteString.CopyFrom(IPAddress.Parse(destinationFirst).GetAddressBytes()),
        DestinationLast6 = ByteString.CopyFrom(IPAddress.Parse(destinationLast).GetAddressBytes()),
    };

    private static List<byte[]> Seal(EspRig sender, byte[] inner, bool outer6) =>
        sender.Take("esp-encrypt", sender.Rent(inner), outer6 ? "ip6-local-out" : "ip4-local-out");

    private static byte[]? Open(EspRig receiver, byte[] outer, bool inner6) => receiver.Take(
        outer[0] >> 4 == 6 ? "esp-input6" : "esp-decrypt", receiver.Rent(outer), inner6 ? "ip6-input" : "ip4-input").SingleOrDefault();

    // The MTU of the answer to a packet.
    private static int PathOf(EspRig sender, byte[] inner)
    {
        (nint packet, ushort edge) = sender.RunOne("esp-encrypt", sender.Rent(inner));
        Assert.Equal(GraphEdge.IcmpError, edge);
        int mtu = PacketBuffer.At(packet).IcmpMtu;
        sender.Free(packet);
        return mtu;
    }

    private EspRig Sender(CryptoSuite suite, bool outer6)
    {
        EspRig rig = Rig();
        Assert.Null(rig.Set("sa-out", "3/4096", EspRig.Sa(suite)));
        Assert.Null(rig.Set("protection", "3", outer6 ? EspRig.Protection6() : EspRig.Protection()));
        return rig;
    }

    private EspRig Receiver(CryptoSuite suite, bool outer6)
    {
        EspRig rig = Rig();
        Assert.Null(rig.Set("protection", "3", outer6 ? EspRig.Protection6(outboundSpi: 0, mirrored: true) : EspRig.Protection(outboundSpi: 0, mirrored: true)));
        Assert.Null(rig.Set("sa-in", "4096", EspRig.Sa(suite)));
        return rig;
    }

    private EspRig Rig()
    {
        EspRig rig = new(_engines);
        _rigs.Add(rig);
        return rig;
    }
}
